/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rig: a store on a database of its own for tests: devices that seal, keys that answer in process,
 * answers that are kept. Not part of the product.
 */
#pragma once

#include "cloud/store/devices.h"
#include "cloud/store/group.h"
#include "core/seal/seal.h"
#include "host/crypto.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RIG_DEVICES = 4, RIG_ANSWERS = 4096, RIG_ASKS = 512, RIG_GATE = 1 };

struct rig_device {
    struct kid kid;
    struct key up, down;
    struct sealer sealer;
};

struct rig_answer {
    uint32_t ticket;
    uint16_t http_status, retry_after_s;
    size_t len;
    uint8_t sealed[LIMIT_ANSWER];
};

struct rig {
    char path[64];
    struct host_crypto *crypto;
    struct log log;
    int log_fds[2];
    struct store store;
    struct group *group;
    uint64_t utc_ms, mono_ms;
    struct x25519_private s;
    struct x25519_public s_public;
    struct rig_device devices[RIG_DEVICES];
    struct rig_answer answers[RIG_ANSWERS];
    size_t answer_count;
    struct {
        enum door door;
        struct kid kid;
        struct epoch epoch;
    } asks[RIG_ASKS];
    size_t ask_count;
    bool keys_away;
    size_t firsts, renewals, ended;
    struct door_m1 m1; /* of the last renewal */
    uint32_t tickets;
    uint64_t connection; /* by which what follows comes */
};

static inline uint64_t rig_utc(void *board)
{
    return ((struct rig *)board)->utc_ms;
}

static inline uint64_t rig_mono(void *board)
{
    return ((struct rig *)board)->mono_ms;
}

static inline void rig_answered(
    void *ctx, uint64_t peer, const struct door_ingested *head, struct bytes sealed)
{
    struct rig *r = ctx;
    (void)peer;
    if (r->answer_count == RIG_ANSWERS || sealed.len > sizeof r->answers[0].sealed)
        abort();
    struct rig_answer *a = &r->answers[r->answer_count++];
    *a = (struct rig_answer){
        head->ticket, head->http_status, head->retry_after_s, sealed.len, {0}};
    if (sealed.len)
        memcpy(a->sealed, sealed.at, sealed.len);
}

static inline bool rig_asked(
    void *ctx, enum door door, const struct kid *kid, const struct epoch *epoch)
{
    struct rig *r = ctx;
    if (r->keys_away || r->ask_count == RIG_ASKS)
        return false;
    r->asks[r->ask_count].door = door;
    r->asks[r->ask_count].kid = *kid;
    r->asks[r->ask_count++].epoch = *epoch;
    return true;
}

static inline void rig_first(void *ctx, const struct kid *kid)
{
    (void)kid;
    ((struct rig *)ctx)->firsts++;
}

static inline void rig_ended(void *ctx, const struct device_id *device)
{
    (void)device;
    ((struct rig *)ctx)->ended++;
}

static inline void rig_renew(void *ctx, const struct kid *kid, const struct door_m1 *m1)
{
    struct rig *r = ctx;
    (void)kid;
    r->renewals++;
    r->m1 = *m1;
}

static inline void rig_must(enum status s)
{
    if (s != OK) {
        printf("# rig: %s\n", status_name(s));
        abort();
    }
}

static inline const struct crypto *rig_crypto(const struct rig *r)
{
    return host_crypto_port(r->crypto);
}

static inline void rig_open(struct rig *r)
{
    const char *why = "";
    const struct group_ports ports = {
        r, rig_answered, rig_asked, rig_first, rig_ended, rig_renew};
    if (db_open(&r->store.db, r->path, &why) != OK) {
        printf("# rig: %s\n", why);
        abort();
    }
    r->store.crypto = rig_crypto(r);
    r->store.entropy = host_entropy_port();
    r->store.clock = (struct store_clock){r, rig_utc, rig_mono};
    r->store.log = &r->log;
    r->store.device_rate = LIMIT_DEVICE_RATE;
    rig_must(key_cache_new(&r->store.cache));
    rig_must(attested_new(&r->store.attested));
    rig_must(group_new(&r->group, &r->store, &ports));
}

static inline void rig_close(struct rig *r)
{
    group_free(r->group);
    key_cache_free(r->store.cache);
    attested_free(r->store.attested);
    db_close(&r->store.db);
}

static inline void rig_new_epoch(struct rig *r, struct rig_device *d)
{
    rig_must(sealer_init(
        &d->sealer, rig_crypto(r), host_entropy_port(), &r->s_public, &d->kid, &d->up));
}

static inline void rig_add_device(struct rig *r, struct rig_device *d)
{
    const struct entropy *e = host_entropy_port();
    rig_must(db_begin(&r->store.db));
    rig_must(device_new(&r->store, "rig", &d->kid));
    rig_must(db_commit(&r->store.db));
    rig_must(e->fill(e->board, ROOM_OF(d->up.b)));
    rig_must(e->fill(e->board, ROOM_OF(d->down.b)));
    rig_new_epoch(r, d);
}

static inline struct rig *rig_new(void)
{
    struct rig *r = calloc(1, sizeof *r);
    const struct entropy *e = host_entropy_port();
    if (!r)
        abort();
    snprintf(r->path, sizeof r->path, "/tmp/holdfast-store-XXXXXX");
    if (!mkdtemp(r->path) || pipe(r->log_fds) != 0)
        abort();
    strcat(r->path, "/data.db");
    log_open(&r->log, r->log_fds[1], "store", true);
    r->utc_ms = 1700000000000;
    r->mono_ms = 1000;
    rig_must(host_crypto_new(&r->crypto));
    rig_must(db_create(r->path, e));
    rig_must(e->fill(e->board, ROOM_OF(r->s.b)));
    rig_must(rig_crypto(r)->x25519_public(rig_crypto(r)->board, &r->s, &r->s_public));
    rig_open(r);
    for (size_t i = 0; i < RIG_DEVICES; i++)
        rig_add_device(r, &r->devices[i]);
    return r;
}

static inline void rig_free(struct rig *r)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[80];
    rig_close(r);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s%s", r->path, ends[i]);
        unlink(path);
    }
    *strrchr(r->path, '/') = 0;
    rmdir(r->path);
    close(r->log_fds[0]);
    close(r->log_fds[1]);
    host_crypto_free(r->crypto);
    free(r);
}

/* keys in process: every ask is answered, as keys would. */
static inline void rig_pump(struct rig *r)
{
    while (r->ask_count) {
        enum door door = r->asks[0].door;
        struct kid kid = r->asks[0].kid;
        struct epoch epoch = r->asks[0].epoch;
        struct door_key key = {0};
        memmove(&r->asks[0], &r->asks[1], --r->ask_count * sizeof r->asks[0]);
        for (size_t i = 0; i < RIG_DEVICES; i++) {
            const struct rig_device *d = &r->devices[i];
            if (memcmp(&d->kid.device, &kid.device, sizeof kid.device) != 0
                || d->kid.generation != kid.generation)
                continue;
            if (door == DOOR_DOWN_KEY) {
                key.found = true;
                key.key = d->down;
            } else {
                key.found =
                    epoch_key(rig_crypto(r), &r->s, &kid, &d->up, &epoch, &key.key)
                    == OK;
            }
        }
        group_key(r->group, door, &kid, &epoch, &key);
    }
}

static inline struct batch *rig_batch(uint32_t seq, uint16_t records, uint64_t utc_ms)
{
    static struct batch b;
    memset(&b, 0, sizeof b);
    b.seq = seq;
    b.mono_ms = 5000 + seq * 1000u;
    b.has_utc = utc_ms != 0;
    b.utc_ms = utc_ms;
    b.clock = utc_ms ? 1 : 0;
    b.record_count = records;
    for (uint16_t i = 0; i < records; i++)
        b.records[i] = (struct record){.dt_ms = i ? 1000 : 0,
            .spo2 = {true, (uint16_t)(900 + (seq * 7 + i) % 100)},
            .pulse = {true, (uint16_t)(600 + (seq * 13 + i) % 300)},
            .pi = {true, 150},
            .quality = 90};
    return &b;
}

struct rig_sealed {
    size_t len;
    uint8_t bytes[LIMIT_ENVELOPE];
    struct digest digest;
};

static inline void rig_seal_plain(
    struct rig *r, struct rig_device *d, struct bytes plain, struct rig_sealed *out)
{
    rig_must(seal_batch(&d->sealer, rig_crypto(r), plain, ROOM_OF(out->bytes),
        &out->len, &out->digest));
}

static inline void rig_seal(
    struct rig *r, struct rig_device *d, const struct batch *b, struct rig_sealed *out)
{
    static uint8_t plain[LIMIT_BATCH];
    size_t len = 0;
    rig_must(batch_build(b, ROOM_OF(plain), &len));
    rig_seal_plain(r, d, (struct bytes){plain, len}, out);
}

static inline struct nonce rig_nonce(uint32_t ticket)
{
    struct nonce n = {{(uint8_t)(ticket >> 24), (uint8_t)(ticket >> 16),
        (uint8_t)(ticket >> 8), (uint8_t)ticket, 7}};
    return n;
}

/* As gate would send it; no commit. */
static inline uint32_t rig_offer(struct rig *r, const struct device_id *peer,
    const struct device_id *path, const struct rig_sealed *e)
{
    struct door_ingest head = {
        ++r->tickets, *peer, *path, rig_nonce(r->tickets), r->connection, RIG_GATE};
    group_ingest(r->group, RIG_GATE, &head, (struct bytes){e->bytes, e->len});
    return head.ticket;
}

static inline const struct rig_answer *rig_answer_to(
    const struct rig *r, uint32_t ticket)
{
    for (size_t i = 0; i < r->answer_count; i++)
        if (r->answers[i].ticket == ticket)
            return &r->answers[i];
    return NULL;
}

/* Offer, keys, commit: what came back. */
static inline const struct rig_answer *rig_send(
    struct rig *r, const struct rig_device *d, const struct rig_sealed *e)
{
    uint32_t ticket = rig_offer(r, &d->kid.device, &d->kid.device, e);
    rig_pump(r);
    (void)!group_commit(r->group);
    return rig_answer_to(r, ticket);
}

/* The verdict of a sealed answer, opened as keeper would; -1: none. */
static inline int rig_verdict(struct rig *r, const struct rig_device *d,
    const struct rig_answer *a, struct answer *out)
{
    uint8_t plain[LIMIT_ANSWER];
    size_t len = 0;
    struct nonce nonce;
    if (!a || a->len == 0
        || open_answer(rig_crypto(r), (struct bytes){a->sealed, a->len}, &d->kid,
               &d->down, ROOM_OF(plain), &len)
            != OK
        || answer_parse((struct bytes){plain, len}, out) != OK)
        return -1;
    nonce = rig_nonce(a->ticket);
    if (memcmp(&out->nonce, &nonce, sizeof nonce) != 0)
        return -1;
    return (int)out->verdicts[0].outcome;
}

static inline uint64_t rig_count(struct rig *r, const char *sql)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(r->store.db.handle, sql, -1, &q, NULL) != SQLITE_OK
        || sqlite3_step(q) != SQLITE_ROW)
        abort();
    uint64_t n = db_u64(q, 0);
    sqlite3_finalize(q);
    return n;
}
