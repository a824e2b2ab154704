/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/station.h"

#include "host/crypto.h"

#include <assert.h>
#include <string.h>

enum { KEPT_SECTORS = 2 };

static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static enum status fill(void *board, struct room into)
{
    struct station *st = board;

    if (st->entropy_broken)
        return BROKEN;
    for (size_t i = 0; i < into.cap; i++)
        into.at[i] = (uint8_t)(draw(&st->entropy_state) >> 32);
    return OK;
}

static uint64_t mono_ms(void *board)
{
    return ((const struct station *)board)->mono_ms;
}

static uint64_t real_ms(void *board)
{
    return ((const struct station *)board)->real_ms;
}

/* One supply for both flashes. */
static enum status after(struct station *st, enum status s)
{
    st->off = st->off || st->flash.off || st->kept.off;
    st->poisoned = st->poisoned || (st->poisons && s == BROKEN);
    return st->off ? BROKEN : s;
}

static bool dead(const struct station *st)
{
    return st->off || st->poisoned;
}

static const struct flash *of(const struct station *st, bool kept)
{
    return kept ? &st->kept.port : &st->flash.port;
}

#define PORT(name, is_kept)                                                    \
    static enum status name##_read(void *b, uint32_t at, struct room into)     \
    {                                                                          \
        struct station *st = b;                                                \
        const struct flash *f = of(st, is_kept);                               \
        return dead(st) ? BROKEN : after(st, f->read(f->board, at, into));     \
    }                                                                          \
    static enum status name##_program(void *b, uint32_t at, struct bytes from) \
    {                                                                          \
        struct station *st = b;                                                \
        const struct flash *f = of(st, is_kept);                               \
        return dead(st) ? BROKEN : after(st, f->program(f->board, at, from));  \
    }                                                                          \
    static enum status name##_erase(void *b, uint32_t sector)                  \
    {                                                                          \
        struct station *st = b;                                                \
        const struct flash *f = of(st, is_kept);                               \
        return dead(st) ? BROKEN : after(st, f->erase(f->board, sector));      \
    }                                                                          \
    static enum status name##_sync(void *b)                                    \
    {                                                                          \
        struct station *st = b;                                                \
        const struct flash *f = of(st, is_kept);                               \
        return dead(st) ? BROKEN : after(st, f->sync(f->board));               \
    }

PORT(flash, false)
PORT(kept, true)

const struct crypto *station_crypto(void)
{
    static struct host_crypto *c;

    if (c == NULL && host_crypto_new(&c) != OK)
        return NULL;
    return host_crypto_port(c);
}

static void make_keys(struct station *st)
{
    enum status s = fill(st, ROOM_OF(st->k_up.b));
    assert(s == OK);
    s = fill(st, ROOM_OF(st->k_down.b));
    assert(s == OK);
    s = fill(st, ROOM_OF(st->store_private.b));
    assert(s == OK);
    s = st->crypto->x25519_public(
        st->crypto->board, &st->store_private, &st->store_public);
    assert(s == OK);
}

void station_init(struct station *st, uint32_t sectors, uint8_t device, uint64_t seed)
{
    memset(st, 0, sizeof *st);
    st->utc_base_ms = UINT64_C(1795000000000);
    st->entropy_state = seed * 31 + device;
    st->crypto = station_crypto();
    assert(st->crypto != NULL);
    st->clock = (struct clock_port){st, mono_ms, real_ms};
    st->entropy = (struct entropy){st, fill};
    flash_sim_init(&st->flash, sectors, seed);
    flash_sim_init(&st->kept, KEPT_SECTORS, seed ^ 77);
    st->flash_port = st->flash.port;
    st->flash_port.board = st;
    st->flash_port.read = flash_read;
    st->flash_port.program = flash_program;
    st->flash_port.erase = flash_erase;
    st->flash_port.sync = flash_sync;
    st->kept_port = st->kept.port;
    st->kept_port.board = st;
    st->kept_port.read = kept_read;
    st->kept_port.program = kept_program;
    st->kept_port.erase = kept_erase;
    st->kept_port.sync = kept_sync;
    memset(st->kid.device.b, 0x40 + device, sizeof st->kid.device.b);
    st->kid.generation = 1;
    make_keys(st);
}

static void hear(void *ctx, const struct outbox_told *told)
{
    struct station *st = ctx;

    if (!st->off && st->ear.tell != NULL)
        st->ear.tell(st->ear.ctx, told);
}

enum status station_boot(struct station *st)
{
    struct outbox_ports ports = {.clock = &st->clock,
        .run = st->run,
        .crypto = st->crypto,
        .entropy = &st->entropy,
        .journal = &st->journal,
        .slots = &st->slots,
        .algorithm = "station"};
    struct outbox_identity identity = {.kid = st->kid,
        .k_up = st->k_up,
        .k_down = st->k_down,
        .cloud = st->store_public};

    station_reopen(st);
    st->opened = false;
    TRY(journal_open(&st->journal, &st->flash_port));
    TRY(slots_open(&st->slots, &st->kept_port, 0));
    st->opened = true;
    return outbox_init(&st->outbox, &ports, &identity, (struct outbox_ear){st, hear});
}

void station_cut_at(struct station *st, long n)
{
    flash_sim_cut_at(&st->flash, n);
    flash_sim_cut_at(&st->kept, n < 0 ? n : n / 4); /* it has fewer calls */
}

void station_fail_at(struct station *st, bool kept, long n, long run, unsigned kinds)
{
    struct flash_sim *f = kept ? &st->kept : &st->flash;
    flash_sim_fail_at(f, n, run, kinds, draw(&st->entropy_state));
}

void station_hold_faults(struct station *st, bool held)
{
    struct flash_sim *const sims[] = {&st->flash, &st->kept};

    for (size_t i = 0; i < 2; i++) {
        if (held)
            st->held_back[i] = sims[i]->fail_in;
        sims[i]->fail_in = held ? -1 : st->held_back[i];
    }
}

long station_failed(const struct station *st)
{
    return st->flash.failed + st->kept.failed;
}

void station_reopen(struct station *st)
{
    st->poisoned = false;
    flash_sim_reopen(&st->flash);
    flash_sim_reopen(&st->kept);
}

void station_power_cycle(struct station *st, uint64_t seed)
{
    flash_sim_power_cycle(&st->flash, seed);
    flash_sim_power_cycle(&st->kept, seed ^ 99);
    st->off = st->poisoned = false;
}

struct reading station_reading(const struct station *st, uint32_t k)
{
    return (struct reading){.mono_ms = st->mono_ms,
        .spo2 = {k % 7 != 3, (uint16_t)(880 + k * 13 % 120)},
        .pulse = {k % 11 != 5, (uint16_t)(400 + k * 17 % 1500)},
        .pi = {k % 5 != 1, (uint16_t)(k * 7 % 2000)},
        .status = (uint16_t)(1u << k % 16),
        .quality = (uint8_t)(k * 3 % 101)};
}

enum status station_open(const struct station *st, struct bytes envelope,
    struct batch *batch, struct outbox_sent *sent)
{
    uint8_t plain[LIMIT_ENVELOPE];
    struct envelope e;
    struct key k;
    size_t len;

    TRY(envelope_parse(ENVELOPE_BATCH, envelope, &e));
    if (memcmp(&e.kid.device, &st->kid.device, sizeof e.kid.device) != 0
        || e.kid.generation != st->kid.generation)
        return REFUSED;
    TRY(epoch_key(st->crypto, &st->store_private, &st->kid, &st->k_up, &e.epoch, &k));
    TRY(open_batch(st->crypto, &e, &k, ROOM_OF(plain), &len));
    TRY(batch_parse((struct bytes){plain, len}, batch));
    sent->epoch = e.epoch;
    sent->seq = batch->seq;
    return st->crypto->sha256(st->crypto->board, envelope, &sent->digest);
}

struct answer station_answer(const struct station *st, const struct nonce *nonce,
    const struct outbox_sent *sent, enum outcome outcome)
{
    return (struct answer){.nonce = *nonce,
        .verdict_count = 1,
        .verdicts = {{.epoch = sent->epoch,
            .seq = sent->seq,
            .digest = sent->digest,
            .outcome = outcome}},
        .server_utc_ms = st->utc_base_ms + st->real_ms,
        .store = {{1}}};
}

enum status station_seal(
    struct station *st, const struct answer *answer, struct room out, size_t *len)
{
    uint8_t plain[LIMIT_ANSWER];
    size_t plain_len;

    TRY(answer_build(answer, ROOM_OF(plain), &plain_len));
    return seal_answer(st->crypto, &st->entropy, &st->kid, &st->k_down,
        (struct bytes){plain, plain_len}, out, len);
}
