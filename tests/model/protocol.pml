/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol between keeper and store, with everything between them in the attacker's hands.
 *
 * One device, BATCHES batches, any number of transmissions. Gate, courier and network are one
 * hostile carrier. It keeps whatever it has seen and uses it when it likes, or never: that is loss,
 * delay, repetition and another order. It pairs any nonce with any envelope. It cannot make an
 * envelope or an answer: sealing is taken as perfect. A copy of the device (a resumed snapshot) has
 * sealed other content under the identity of batch 0.
 * Besides: the device loses power, with it what RAM held and perhaps marks not yet synced; the store
 * dies before a commit (after it: an answer never used); a backup is drawn and put back.
 *
 * A nonce is modelled as the number of its flight. It is fresh: when a flight ends nothing that
 * was said for it counts any more, so it is forgotten. That keeps the states few.
 *
 * Claims, asserted in every reachable state:
 *   acknowledged_not_stored    what the device counts as acknowledged is in the store, that very
 *                              content, while the store that it knows is the one that runs
 *   stored_twice               no content has two rows
 *   counted_of_replaced        no answer counts that a store gave which had been replaced when the
 *                              transmission began
 *   set_aside_without_clone    a device's own batches never conflict with each other
 *
 * Each step is one function of the product: SEAL and TRANSMIT outbox_take() and outbox_next(),
 * ANSWERED outbox_answer(), RESTART outbox_init(), COMMIT write_down() of cloud/store/ingest.c.
 * DEFECT plants one error. REACH makes a rare state an error, which must be found: else the claims
 * say nothing. script/model runs all of them.
 * Not here: bytes, cryptography, time, and that something is delivered at last (tests/sim).
 */
#ifndef DEFECT
#define DEFECT 0
#endif
#ifndef REACH
#define REACH 0
#endif
#define NONCE_NOT_FRESH       1
#define DIGEST_NOT_COMPARED   2 /* epoch and sequence suffice for the device */
#define ACK_BEFORE_COMMIT     3
#define STORE_ID_KEPT         4 /* a restored store answers under its old id */
#define OFFER_AGAIN_NOT_KEPT  5 /* RAM alone knows what is to be offered again */
#define CHECK_BEFORE_COMMIT   6 /* whether it is there is looked up outside of the transaction */
#define EPOCH_KEPT            7 /* the same epoch after a restart, its count from 0 */
#define IDENTITY_NOT_COMPARED 8 /* any answer with the right nonce counts */
#define REFUSED_IS_FORGOTTEN  9 /* what a restored store refuses counts by its old mark after a start */

#define REACH_HEALED   1 /* restored, power lost, and all is acknowledged and there again */
#define REACH_CONFLICT 2 /* the copy was first */
#define REACH_ALREADY  3
#define REACH_STALE    4 /* an answer of the old store comes after one of the new, and counts */
#define REACH_OTHER    5 /* an answer about another batch is refused */

#ifndef BATCHES
#define BATCHES 2
#endif
#ifndef FLIGHTS
#define FLIGHTS 1
#endif
#ifndef CUTS
#define CUTS 1 /* losses of power of the device */
#endif
#ifndef RESTORES
#define RESTORES 1
#endif
#ifndef COMING
#define COMING 1 /* that the store works on at once */
#endif
#define IDS     ((CUTS + 1) * BATCHES) /* epoch and sequence as one number */
#define CLONE   (BATCHES + 1)          /* contents: 1 to BATCHES, and this; 0 is none */
#define STORES  (RESTORES + 1)
#define UNKNOWN STORES
#define NOBODY  FLIGHTS /* a nonce that no flight waits for */

#define HELD  0
#define DONE  1
#define ASIDE 2

/* ---- the device: what flash keeps ---- */
byte sealed;           /* batches so far */
byte ident[BATCHES];   /* of each */
byte mark[BATCHES];    /* synced: HELD, DONE, ASIDE */
byte known = UNKNOWN;  /* store id */
bit offer_again;       /* the marked batches below, for their marks are of an earlier store */
byte below;
/* ---- and RAM ---- */
byte mark_now[BATCHES]; /* perhaps not synced */
byte row[BATCHES];
bit again[BATCHES];
bit aside[BATCHES]; /* refused in this run: row is ASIDE */
byte epoch, seq;
byte flight[FLIGHTS];   /* content under way; 0: none */
byte began[FLIGHTS];    /* ghost: the store that ran then */
byte cuts;

/* ---- the carrier: what it has seen. Answers by flight, content, store ---- */
#define ANSWER(f, e, s) (((f) * (CLONE + 1) + (e)) * STORES + (s))
bit seen[CLONE + 1];
bit says_stored[FLIGHTS * (CLONE + 1) * STORES];
bit says_already[FLIGHTS * (CLONE + 1) * STORES];
bit says_conflict[FLIGHTS * (CLONE + 1) * STORES];

/* ---- the store ---- */
#define COME(f, e) ((f) * (CLONE + 1) + (e))
byte store, restores;
byte there[IDS];      /* content under each identity; 0: none */
byte rows[CLONE + 1]; /* rows of each content */
byte backup[IDS];
bit backed_up;
bit comes[(FLIGHTS + 1) * (CLONE + 1)];
bit comes_new[(FLIGHTS + 1) * (CLONE + 1)]; /* it was not there when it came */
byte coming;
bit clone_came;

bit acknowledged_not_stored, stored_twice, counted_of_replaced, set_aside_without_clone;

#define IDENT(e) ident[((e) == CLONE -> 0 : (e) - 1)]

inline check()
{
    for (i : 0 .. BATCHES - 1) {
        if
        :: row[i] == DONE && known == store && there[ident[i]] != i + 1 ->
            acknowledged_not_stored = 1
        :: else
        fi
    }
    i = 0;
    assert(!acknowledged_not_stored)
}

/* The nonce is used up, or keeper has forgotten it. */
inline end_flight(g)
{
    flight[g] = 0;
    began[g] = 0;
    if
    :: DEFECT != NONCE_NOT_FRESH ->
        for (i : 1 .. CLONE) {
            for (j : 0 .. STORES - 1) {
                says_stored[ANSWER(g, i, j)] = 0;
                says_already[ANSWER(g, i, j)] = 0;
                says_conflict[ANSWER(g, i, j)] = 0
            }
            if
            :: comes[COME(g, i)] && comes[COME(NOBODY, i)] ->
                comes[COME(g, i)] = 0; comes_new[COME(g, i)] = 0; coming--
            :: comes[COME(g, i)] && !comes[COME(NOBODY, i)] ->
                comes[COME(g, i)] = 0; comes[COME(NOBODY, i)] = 1;
                comes_new[COME(NOBODY, i)] = comes_new[COME(g, i)]; comes_new[COME(g, i)] = 0
            :: else
            fi
        }
    :: else
    fi;
    i = 0; j = 0
}

inline all_come_to_nothing()
{
    for (i : 0 .. (FLIGHTS + 1) * (CLONE + 1) - 1) { comes[i] = 0; comes_new[i] = 0 }
    coming = 0; i = 0
}

proctype Device()
{
    byte i, j, f, b, e, s;
    bit conflict, already;

end:
    do
    :: atomic { /* SEAL */ sealed < BATCHES ->
        ident[sealed] = epoch * BATCHES + seq;
        seq++;
        sealed++;
        seen[CLONE] = 1;
        for (i : 0 .. BATCHES - 1) { mark[i] = mark_now[i] } /* an append syncs */
        i = 0 }

    :: atomic { /* TRANSMIT */
        select (f : 0 .. FLIGHTS - 1);
        select (b : 0 .. BATCHES - 1);
        if
        :: flight[f] == 0 && b < sealed && row[b] == HELD && flight[0] != b + 1 &&
                flight[FLIGHTS - 1] != b + 1 ->
            flight[f] = b + 1;
            began[f] = store;
            seen[b + 1] = 1
        :: else
        fi;
        f = 0; b = 0 }

    :: atomic { /* GIVE UP */
        select (f : 0 .. FLIGHTS - 1);
        if
        :: flight[f] != 0 -> end_flight(f)
        :: else
        fi;
        f = 0 }

    :: atomic { /* ANSWERED: whatever answer the carrier likes */
        select (f : 0 .. FLIGHTS - 1);
        flight[f] != 0 ->
        b = flight[f] - 1;
        select (e : 1 .. CLONE);
        select (s : 0 .. STORES - 1);
        if
        :: says_stored[ANSWER(f, e, s)]
        :: says_already[ANSWER(f, e, s)] -> already = 1
        :: says_conflict[ANSWER(f, e, s)] -> conflict = 1
        :: else -> e = 0
        fi;
        assert(!(REACH == REACH_OTHER && e != 0 && e != b + 1));
        if
        :: e != 0 && (DEFECT == IDENTITY_NOT_COMPARED || (IDENT(e) == ident[b] &&
                (DEFECT == DIGEST_NOT_COMPARED || e == b + 1))) ->
            assert(!(REACH == REACH_STALE && known != UNKNOWN && s < known));
            assert(!(REACH == REACH_CONFLICT && conflict));
            assert(!(REACH == REACH_ALREADY && already));
            if
            :: known != UNKNOWN && known != s ->
                for (i : 0 .. BATCHES - 1) {
                    if
                    :: row[i] != HELD -> row[i] = HELD; again[i] = 1; aside[i] = 0
                    :: else
                    fi
                }
                i = 0;
                offer_again = 1;
                below = sealed
            :: else
            fi;
            known = s;
            row[b] = (conflict -> ASIDE : DONE);
            again[b] = 0;
            aside[b] = conflict && DEFECT != REFUSED_IS_FORGOTTEN;
            if
            :: mark_now[b] != DONE -> mark_now[b] = row[b] /* what is acknowledged on flash stays so */
            :: else
            fi;
            if
            :: !again[0] && !again[BATCHES - 1] && !aside[0] && !aside[BATCHES - 1] ->
                offer_again = 0; below = 0
            :: else
            fi;
            counted_of_replaced = s < began[f];
            assert(!counted_of_replaced);
            set_aside_without_clone = conflict && !clone_came;
            assert(!set_aside_without_clone);
            end_flight(f);
            assert(!(REACH == REACH_HEALED && restores == RESTORES && known == store && cuts == CUTS &&
                sealed == BATCHES && row[0] == DONE && row[BATCHES - 1] == DONE && rows[1] == 1 &&
                rows[BATCHES] == 1))
        :: else
        fi;
        f = 0; b = 0; e = 0; s = 0; conflict = 0; already = 0;
        check() }

    :: atomic { /* RESTART */ cuts < CUTS ->
        cuts++;
        for (b : 0 .. BATCHES - 1) {
            if
            :: mark[b] = mark_now[b] /* it had come to the flash all the same */
            :: mark_now[b] = mark[b]
            fi;
            row[b] = mark[b];
            again[b] = 0;
            aside[b] = 0;
            if
            :: DEFECT != OFFER_AGAIN_NOT_KEPT && offer_again && b < below && mark[b] != HELD ->
                row[b] = HELD; again[b] = 1
            :: else
            fi
        }
        for (f : 0 .. FLIGHTS - 1) { end_flight(f) }
        epoch = (DEFECT == EPOCH_KEPT -> epoch : epoch + 1);
        seq = 0;
        b = 0; f = 0;
        check() }
    od
}

proctype Store()
{
    byte i, f, e;

end:
    do
    :: atomic { /* COMES: any nonce with any envelope, as often as the carrier likes */ coming < COMING ->
        select (f : 0 .. FLIGHTS);
        select (e : 1 .. CLONE);
        if
        :: seen[e] && !comes[COME(f, e)] && (f == NOBODY || flight[f] != 0) ->
            comes[COME(f, e)] = 1;
            coming++;
            comes_new[COME(f, e)] = (DEFECT == CHECK_BEFORE_COMMIT -> there[IDENT(e)] == 0 : 0);
            clone_came = clone_came || e == CLONE;
            if
            :: DEFECT == ACK_BEFORE_COMMIT && f != NOBODY -> says_stored[ANSWER(f, e, store)] = 1
            :: else
            fi
        :: else
        fi;
        f = 0; e = 0 }

    :: atomic { /* COMMIT */ coming > 0 ->
        select (f : 0 .. FLIGHTS);
        select (e : 1 .. CLONE);
        if
        :: comes[COME(f, e)] ->
            if
            :: (DEFECT == CHECK_BEFORE_COMMIT -> comes_new[COME(f, e)] : there[IDENT(e)] == 0) ->
                there[IDENT(e)] = e;
                rows[e]++;
                stored_twice = rows[e] > 1;
                assert(!stored_twice);
                if
                :: f != NOBODY -> says_stored[ANSWER(f, e, store)] = 1
                :: else
                fi
            :: else ->
                if
                :: f != NOBODY && there[IDENT(e)] == e -> says_already[ANSWER(f, e, store)] = 1
                :: f != NOBODY && there[IDENT(e)] != e -> says_conflict[ANSWER(f, e, store)] = 1
                :: else
                fi
            fi;
            comes[COME(f, e)] = 0;
            comes_new[COME(f, e)] = 0;
            coming--
        :: else
        fi;
        f = 0; e = 0 }

    :: atomic { /* DIES before the commit */ coming > 0 -> all_come_to_nothing() }

    :: atomic { /* BACKUP */ !backed_up ->
        backed_up = 1;
        for (i : 0 .. IDS - 1) { backup[i] = there[i] }
        i = 0 }

    :: atomic { /* RESTORE, of the empty store too */ restores < RESTORES ->
        restores++;
        for (i : 0 .. CLONE) { rows[i] = 0 }
        for (i : 0 .. IDS - 1) {
            there[i] = backup[i];
            rows[there[i]] = (there[i] == 0 -> 0 : 1)
        }
        i = 0;
        all_come_to_nothing();
        store = (DEFECT == STORE_ID_KEPT -> store : store + 1);
        check() }
    od
}

init { atomic { run Device(); run Store() } }
