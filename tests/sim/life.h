/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life: the keys of a simulated device from one generation to the next, its end, and a copy of it.
 *
 * Renewal is the product's from where keys are agreed: M1 in batches, M2 in answers, outbox_rest(),
 * outbox_change_keys(); what keeper keeps in files is kept here, and power may go before and after
 * each write of it. The sync of the folder after such a write may fail: then what is seen is settled by
 * the next start, or is taken back by a cut of power before that. The end is the product's too (device/keeper/ending.h), on the simulated flash.
 * A device that is revoked refuses to go; a person enrols it anew, and its flash holds what it held.
 * Not here: HPKE between device and keys, TLS keys (device/keeper/renewal_test.c); pin sets (rotation.h).
 */
#pragma once

#include "device/keeper/ending.h"
#include "tests/support/station.h"

struct actor;
struct world;

struct life {
    struct key first_up, first_down; /* of generation 1; the others follow from them */
    uint32_t generation;             /* flash: of the keys in use */
    uint32_t identity;               /* flash: which enrolment */
    /* The owner's memory: start counts of this identity, and of the one before, are above; under which
     * one it was last started; it is enrolled, and not yet started. */
    uint32_t first_run, first_run_before, started;
    bool fresh, looked; /* ... and what the one before left was looked at */
    bool begun;         /* flash: M1, and the keys to come */
    bool unsettled;     /* what is seen of these two may be taken back, to: */
    uint32_t generation_before;
    bool begun_before;
    uint32_t asked; /* memory: of the last answer; 0: nothing */
    bool answered;  /* memory: M2 came with it */

    bool ending, ended; /* memory: told; flash: the receipt is kept */
    bool erased, heard; /* flash: all is erased; the store has the receipt */
    uint64_t ending_since_ms;
    struct end_order order;
    size_t receipt_len;
    uint8_t receipt[LIMIT_ENVELOPE];
    char folder[64], receipt_path[96], secrets[ENDING_FILES][96];
};

struct copy { /* a copied disk that runs beside its device */
    bool on, ran_while_well;
    struct kid kid;
    struct sealer sealer;
    uint32_t seq;
};

void life_init(struct actor *a);
void life_free(struct actor *a);
/* Keys of a generation, as device and `keys` have agreed. */
void life_keys(
    const struct actor *a, uint32_t generation, struct key *up, struct key *down);
void life_before_boot(struct actor *a);
/* The start syncs the folder: false: that failed, and it is tried again. cut: power was lost since. */
bool life_settles(struct actor *a, bool cut);
void life_booted(struct actor *a);
void life_told(struct actor *a, const struct outbox_told *told);
void life_go_on(struct actor *a); /* at each poll */
/* The receipt is on flash: erase, and offer it. */
void life_end_on(struct actor *a);
/* Drawn: power goes here, between two writes of what is kept in files. */
bool life_power_goes(struct actor *a);
/* A person has come to a device that was revoked. */
void life_anew(struct actor *a);
void life_minute(struct world *w); /* what people ask for, and copies */
void life_watch_end(struct world *w);
