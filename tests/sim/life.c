/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/life.h"

#include "host/keyfile.h"
#include "tests/sim/world.h"
#include "wire/receipt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 600000 }; /* keeper's, before it ends with what it still holds */

static const uint8_t m1[RENEWAL_ASK_LEN] = {2, 7};

void life_keys(
    const struct actor *a, uint32_t generation, struct key *up, struct key *down)
{
    *up = a->life.first_up;
    *down = a->life.first_down;
    up->b[0] ^= (uint8_t)(generation - 1);
    down->b[0] ^= (uint8_t)(generation - 1);
    up->b[1] ^= (uint8_t)a->life.identity;
    down->b[1] ^= (uint8_t)a->life.identity;
}

void life_init(struct actor *a)
{
    struct life *l = &a->life;
    static const uint8_t secret[] = "a secret of the device";

    *l = (struct life){
        .first_up = a->st.k_up, .first_down = a->st.k_down, .generation = 1};
    a->st.kid.device.b[1] = 0; /* of the first identity */
    (void)snprintf(l->folder, sizeof l->folder, "/tmp/holdfast-sim-XXXXXX");
    char *made = mkdtemp(l->folder);
    assert(made != NULL);
    (void)snprintf(l->receipt_path, sizeof l->receipt_path, "%s/receipt", l->folder);
    for (int i = 0; i < ENDING_FILES; i++) {
        (void)snprintf(l->secrets[i], sizeof l->secrets[i], "%s/%d", l->folder, i);
        enum status s =
            keyfile_write(l->secrets[i], geteuid(), getegid(), BYTES_OF(secret), false);
        assert(s == OK);
    }
}

void life_free(struct actor *a)
{
    (void)unlink(a->life.receipt_path);
    for (int i = 0; i < ENDING_FILES; i++)
        (void)unlink(a->life.secrets[i]);
    (void)rmdir(a->life.folder);
}

/* ---- renewal ---- */

static void use_keys(struct actor *a)
{
    a->st.kid.generation = a->life.generation;
    life_keys(a, a->life.generation, &a->st.k_up, &a->st.k_down);
}

void life_before_boot(struct actor *a)
{
    a->life.asked = 0;
    a->life.answered = a->life.ending = false;
    use_keys(a);
}

bool life_settles(struct actor *a, bool cut)
{
    struct world *w = a->world;
    struct life *l = &a->life;

    if (!l->unsettled)
        return true;
    if (cut && draw_below(&w->fault_draw, 2) == 0) {
        l->generation = l->generation_before;
        l->begun = l->begun_before;
        w->reached[REACHED_TAKEN_BACK]++;
    } else if (!w->healed && draw_below(&w->fault_draw, 3) == 0) {
        return false;
    } else {
        w->reached[REACHED_SETTLED] += !cut;
    }
    l->unsettled = false;
    return true;
}

void life_booted(struct actor *a)
{
    a->generation_of[a->run - 1] = a->life.generation;
    if (a->life.begun)
        outbox_renew(&a->st.outbox, m1);
}

void life_told(struct actor *a, const struct outbox_told *t)
{
    struct life *l = &a->life;

    if (t->note == OUTBOX_RENEWAL) {
        l->asked = t->count;
        l->answered = t->m2.len > 0;
    }
    if (t->note == OUTBOX_ENDING && !l->ending) {
        l->ending = true;
        l->ending_since_ms = a->world->now_ms;
        memcpy(l->order.b, t->m2.at, sizeof l->order.b);
    }
}

bool life_power_goes(struct actor *a)
{
    struct world *w = a->world;

    if (w->healed || !draw_one_in(&w->draw, 4))
        return false;
    a->st.off = true;
    world_power(a);
    w->reached[REACHED_CUT_IN_LIFE]++;
    return true;
}

/* Drawn: the write just made is seen, and its folder was not synced. */
static bool sync_fails(struct actor *a, uint32_t generation, bool begun)
{
    struct world *w = a->world;
    struct life *l = &a->life;

    if (w->healed || w->h.fault == 0 || draw_below(&w->fault_draw, 3) != 0)
        return false;
    l->unsettled = true;
    l->generation_before = generation;
    l->begun_before = begun;
    return true;
}

/* Nobody else may have waited for an answer under the keys that close. */
static void watch_rest(struct actor *a)
{
    const struct ledger *l = &a->world->ledger;

    for (uint32_t i = 0; i < l->count; i++) {
        const struct promise *p = &l->at[i];
        if (p->device == a->number && p->sealed && !p->acknowledged && !p->aside
            && !p->lost)
            world_violated(
                a->world, "keys changed while a batch waited", a->number, p->is.seq);
    }
}

static bool line_is_free(const struct actor *a)
{
    return !a->holding && !a->flight.open && a->up.state != UPLINK_BUSY;
}

static void change_keys(struct actor *a)
{
    struct life *l = &a->life;
    struct station *st = &a->st;

    if (!line_is_free(a))
        return;
    enum status s = outbox_rest(&st->outbox);
    world_power(a);
    if (!a->alive || s != OK)
        return;
    watch_rest(a);
    if (life_power_goes(a))
        return;
    bool fails = sync_fails(a, l->generation, l->begun);
    l->generation++; /* one file takes the place of another */
    l->begun = l->answered = false;
    if (fails) {
        world_starts_anew(a);
        return;
    }
    if (life_power_goes(a))
        return;
    use_keys(a);
    struct outbox_identity to = {.kid = st->kid,
        .k_up = st->k_up,
        .k_down = st->k_down,
        .cloud = st->store_public};
    s = outbox_change_keys(&st->outbox, &to);
    world_power(a);
    if (!a->alive)
        return;
    if (s != OK) {
        world_violated(a->world, "keys could not be changed", a->number, 0);
        return;
    }
    a->world->reached[REACHED_KEYS_CHANGED]++;
    watch_changed(a);
}

static void renew(struct actor *a)
{
    struct life *l = &a->life;

    if (l->asked != l->generation + 1)
        return;
    if (!l->begun) {
        if (life_power_goes(a))
            return;
        l->begun = true;
        outbox_renew(&a->st.outbox, m1);
    } else if (l->answered) {
        change_keys(a);
    }
}

/* ---- the end ---- */

static struct ending_place place_of_end(struct actor *a)
{
    struct life *l = &a->life;
    struct ending_place p = {.receipt = l->receipt_path,
        .flash = &a->st.flash_port,
        .owner = geteuid(),
        .group = getegid()};

    for (int i = 0; i < ENDING_FILES; i++)
        p.secrets[i] = l->secrets[i];
    return p;
}

/* What the receipt says goes with the keys is what no answer has spoken for. */
static void watch_receipt(struct actor *a, uint64_t held)
{
    struct receipt r;
    struct envelope e;
    struct key key;
    uint8_t plain[RECEIPT_MAX];
    struct bytes sealed = {a->life.receipt, a->life.receipt_len};
    size_t len = 0;

    enum status s = envelope_parse(ENVELOPE_BATCH, sealed, &e);
    if (s == OK)
        s = epoch_key(a->st.crypto, &a->st.store_private, &a->st.kid, &a->st.k_up,
            &e.epoch, &key);
    if (s == OK)
        s = open_receipt(a->st.crypto, &e, &key, ROOM_OF(plain), &len);
    if (s == OK)
        s = receipt_parse((struct bytes){plain, len}, &r);
    if (s != OK || r.readings != held
        || memcmp(&r.order, &a->life.order, sizeof r.order) != 0)
        world_violated(a->world, "a receipt that says something else", a->number, 0);
}

static void end(struct actor *a)
{
    struct life *l = &a->life;
    struct ending_place p = place_of_end(a);
    struct outbox_state st;
    bool late = a->world->now_ms - l->ending_since_ms > PATIENCE_MS;

    enum status rest = outbox_rest(&a->st.outbox);
    world_power(a);
    if (!a->alive || (rest != OK && !late))
        return;
    outbox_state(&a->st.outbox, &st);
    enum status s =
        outbox_receipt(&a->st.outbox, &l->order, ROOM_OF(l->receipt), &l->receipt_len);
    if (s != OK || life_power_goes(a))
        return;
    watch_receipt(a, st.readings_held);
    s = ending_begin(&p, (struct bytes){l->receipt, l->receipt_len});
    assert(s == OK);
    l->ended = true;
    a->world->reached[rest == OK ? REACHED_ENDED : REACHED_ENDED_LATE]++;
    a->alive = false;
    courier_reset(a);
    if (!a->world->healed && draw_one_in(&a->world->draw, 2))
        flash_sim_cut_at(&a->st.flash, (long)draw_below(&a->world->draw, 40));
    life_end_on(a);
}

/* No byte of the journal and no file is left. */
static bool is_bare(struct actor *a)
{
    uint8_t page[64];
    const struct flash *f = &a->st.flash_port;

    for (int i = 0; i < ENDING_FILES; i++)
        if (access(a->life.secrets[i], F_OK) == 0)
            return false;
    for (uint32_t at = 0; at < f->sector_count * f->sector_len; at += sizeof page) {
        if (f->read(f->board, at, ROOM_OF(page)) != OK)
            return false;
        for (size_t i = 0; i < sizeof page; i++)
            if (page[i] != 0xff)
                return false;
    }
    return true;
}

void life_end_on(struct actor *a)
{
    struct life *l = &a->life;
    struct world *w = a->world;
    struct ending_place p = place_of_end(a);
    uint8_t kept[LIMIT_ENVELOPE];
    size_t len = 0;

    if (a->st.off) { /* a new start: it finds the receipt */
        station_power_cycle(&a->st, draw_u64(&w->draw));
        w->reached[REACHED_CUT_IN_END]++;
    }
    if (l->erased && l->heard)
        return; /* nothing is left to be done */
    if (ending_begun(&p, ROOM_OF(kept), &len) != OK || len != l->receipt_len) {
        world_violated(w, "the receipt is gone", a->number, 0);
        return;
    }
    if (!l->erased) {
        station_reopen(&a->st); /* as a new start does */
        if (ending_erase(&p) != OK)
            return;
        l->erased = true;
        station_hold_faults(&a->st, true);
        if (!is_bare(a))
            world_violated(w, "something is left after the receipt", a->number, 0);
        station_hold_faults(&a->st, false);
    }
    if (l->heard || w->partition || !w->store_up
        || (!w->healed && draw_one_in(&w->draw, w->h.loss)))
        return;
    l->heard = store_receipt(&w->store, a->number, (struct bytes){kept, len});
    if (!l->heard)
        world_violated(w, "a true receipt is refused", a->number, 0);
}

void life_go_on(struct actor *a)
{
    if (a->life.ending)
        end(a);
    else
        renew(a);
}

/* ---- a copied disk ---- */

static void begin_copy(struct world *w, struct actor *a)
{
    struct copy *c = &w->copy[a->number];
    struct key up, down;

    life_keys(a, a->life.generation, &up, &down);
    c->on = true;
    c->kid = a->st.kid;
    c->kid.generation = a->life.generation;
    enum status s = sealer_init(
        &c->sealer, a->st.crypto, &a->st.entropy, &a->st.store_public, &c->kid, &up);
    assert(s == OK);
    w->reached[REACHED_COPIED]++;
}

/* Its device was revoked: it is refused as the device was. */
static bool is_of_another(const struct copy *c, const struct actor *a)
{
    return memcmp(&c->kid.device, &a->st.kid.device, sizeof c->kid.device) != 0;
}

/* It measures as its device does, and sends once a minute. */
static void copy_sends(struct world *w, struct actor *a)
{
    static struct batch batch;
    static uint8_t plain[LIMIT_BATCH], envelope[LIMIT_ENVELOPE];
    struct copy *c = &w->copy[a->number];
    struct nonce nobody = {{0xcc}};
    struct digest digest;
    size_t len = 0;

    if (w->partition || !w->store_up || a->life.ended || is_of_another(c, a))
        return;
    memset(&batch, 0, sizeof batch);
    batch.seq = c->seq++;
    batch.mono_ms = w->now_ms;
    batch.has_utc = true;
    batch.utc_ms = world_utc_ms(w);
    batch.clock = CLOCK_SYNCHRONISED;
    batch.record_count = 1;
    batch.records[0] = (struct record){.quality = 50};
    enum status s = batch_build(&batch, ROOM_OF(plain), &len);
    if (s == OK)
        s = seal_batch(&c->sealer, a->st.crypto, (struct bytes){plain, len},
            ROOM_OF(envelope), &len, &digest);
    assert(s == OK);
    w->store.utc_ms = world_utc_ms(w);
    (void)!store_receive(
        &w->store, a->number, &nobody, UINT32_MAX, (struct bytes){envelope, len});
    network_commit_due(w);
    c->ran_while_well |= w->healed;
}

static void begin_revoked(struct world *w, struct actor *a)
{
    if (w->store.revoked[a->number] || w->store.safe[a->number].ends || a->life.ending
        || a->life.ended)
        return;
    w->store.revoked[a->number] = true;
    world_later(
        w, 60000 + draw_below(&w->anew_draw, 3600000), AT_ANEW, a->number, 0, NULL);
}

/* Its identity is one file that takes the place of another; journal and slots stay. */
void life_anew(struct actor *a)
{
    struct life *l = &a->life;

    if (l->ending || l->ended)
        return;
    l->identity++;
    if (!l->fresh) {
        l->first_run_before = l->first_run;
        l->first_run = a->run;
        l->looked = false;
    }
    l->generation = 1;
    l->fresh = true;
    l->begun = l->unsettled = false;
    a->st.kid.device.b[1] = (uint8_t)l->identity;
    a->config_version = 0;
    store_anew(&a->world->store, a->number);
    a->world->reached[REACHED_ANEW]++;
}

void life_minute(struct world *w)
{
    for (uint8_t d = 0; d < DEVICES; d++) {
        struct actor *a = w->actor[d];
        struct copy *c = &w->copy[d];
        if (!w->healed && draw_one_in(&w->draw, w->h.renew))
            store_want(&w->store, d);
        if (!w->healed && d == 1 && draw_one_in(&w->draw, w->h.end))
            store_end(&w->store, d, &w->draw);
        if (!w->healed && draw_one_in(&w->anew_draw, w->h.anew))
            begin_revoked(w, a);
        if (!w->healed && !c->on && draw_one_in(&w->draw, w->h.copy) && a->alive)
            begin_copy(w, a);
        if (c->on)
            copy_sends(w, a);
    }
}

void life_watch_end(struct world *w)
{
    for (uint8_t d = 0; d < DEVICES; d++) {
        const struct copy *c = &w->copy[d];
        const struct actor *a = w->actor[d];
        bool closed = is_of_another(c, a) || c->kid.generation < w->store.keys_low[d];
        if (c->ran_while_well && !closed && !a->life.ended && !w->store.suspected[d])
            world_violated(w, "a copy ran for hours and nobody noticed", d, c->seq);
        if (w->store.suspected[d])
            w->reached[REACHED_COPY_SEEN]++;
        if (c->on && closed)
            w->reached[REACHED_COPY_SHUT_OUT]++;
        if (a->life.ended && !a->life.heard)
            world_violated(w, "a receipt that nobody has heard", d, 0);
    }
}
