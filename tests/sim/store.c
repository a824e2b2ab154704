/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/store.h"

#include "wire/receipt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = STORE_ROWS * 2 };

void store_init(struct store *s, struct store_ear ear)
{
    *s = (struct store){.ear = ear, .id = {{1}}};
    s->rows = calloc(STORE_ROWS, sizeof *s->rows);
    s->slots = calloc(SLOTS, sizeof *s->slots);
    assert(s->rows != NULL && s->slots != NULL);
    for (uint8_t d = 0; d < STORE_DEVICES; d++) {
        s->keys_low[d] = s->keys_high[d] = 1;
        s->now[d] = s->safe[d] = s->kept[d] = (struct store_life){.generation = 1};
    }
}

void store_free(struct store *s)
{
    free(s->rows);
    free(s->slots);
}

static bool same_identity(
    const struct store_row *row, uint8_t device, const struct outbox_sent *is)
{
    return row->device == device && row->is.seq == is->seq
        && memcmp(&row->is.epoch, &is->epoch, sizeof is->epoch) == 0;
}

static uint32_t *slot_of(
    const struct store *s, uint8_t device, const struct outbox_sent *is)
{
    uint32_t h;

    memcpy(&h, is->epoch.b, sizeof h);
    for (h = (h ^ is->seq * 2654435761u) % SLOTS;; h = (h + 1) % SLOTS)
        if (s->slots[h] == 0 || same_identity(&s->rows[s->slots[h] - 1], device, is))
            return &s->slots[h];
}

static void index_anew(struct store *s)
{
    memset(s->slots, 0, SLOTS * sizeof *s->slots);
    for (uint32_t i = 0; i < s->count; i++)
        *slot_of(s, s->rows[i].device, &s->rows[i].is) = i + 1;
}

static enum status key_of(struct store *s, uint8_t device, const struct kid *kid,
    const struct epoch *epoch, struct key *out)
{
    struct key up;

    const struct station *st = s->device[device];

    for (uint32_t i = 0; i < STORE_KEYS; i++) {
        const struct store_key *k = &s->keys[device][i];
        if (memcmp(&k->epoch, epoch, sizeof *epoch) == 0) {
            *out = k->key;
            return OK;
        }
    }
    if (s->ended[device] || kid->generation < s->keys_low[device]
        || kid->generation > s->keys_high[device])
        return REFUSED;
    s->ear.keys(s->ear.ctx, device, kid->generation, &up);
    return epoch_key(st->crypto, &st->store_private, kid, &up, epoch, out);
}

static void keep_key(
    struct store *s, uint8_t device, const struct epoch *epoch, const struct key *key)
{
    struct store_key *k = &s->keys[device][s->key_next[device] % STORE_KEYS];

    for (uint32_t i = 0; i < STORE_KEYS; i++)
        if (memcmp(&s->keys[device][i].epoch, epoch, sizeof *epoch) == 0)
            return;
    *k = (struct store_key){*epoch, *key};
    s->key_next[device]++;
}

static enum status open_it(struct store *s, uint8_t device, struct bytes envelope,
    struct batch *batch, struct outbox_sent *is, uint32_t *generation)
{
    const struct station *st = s->device[device];
    uint8_t plain[LIMIT_ENVELOPE];
    struct envelope e;
    struct key key;
    size_t len;

    TRY(envelope_parse(ENVELOPE_BATCH, envelope, &e));
    if (memcmp(&e.kid.device, &st->kid.device, sizeof e.kid.device) != 0)
        return REFUSED;
    if (s->revoked[device])
        return REFUSED;
    if (e.kid.generation < s->now[device].generation || s->ended[device])
        return REFUSED; /* closed */
    *generation = e.kid.generation;
    TRY(key_of(s, device, &e.kid, &e.epoch, &key));
    TRY(open_batch(st->crypto, &e, &key, ROOM_OF(plain), &len));
    keep_key(s, device, &e.epoch, &key);
    TRY(batch_parse((struct bytes){plain, len}, batch));
    is->epoch = e.epoch;
    is->seq = batch->seq;
    return st->crypto->sha256(st->crypto->board, envelope, &is->digest);
}

static struct store_row row_of(
    uint8_t device, const struct batch *b, const struct outbox_sent *is)
{
    struct sha256 h;
    struct store_row row = {.device = device,
        .is = *is,
        .readings = b->record_count * (b->merged ? b->merged : 1u),
        .lost_count = b->lost_count,
        .start_count = b->start_count,
        .pins_version = b->pins_version};

    sha256_start(&h);
    for (uint16_t i = 0; i < b->record_count; i++) {
        uint8_t c[CONTENT_LEN];
        content_of(b, i, c);
        sha256_more(&h, BYTES_OF(c));
    }
    sha256_peek(&h, &row.content);
    return row;
}

static enum outcome judge(struct store *s, const struct store_row *new)
{
    uint32_t *slot = slot_of(s, new->device, &new->is);

    if (s->not_now)
        return OUTCOME_NOT_NOW;
    if (*slot != 0) {
        const struct store_row *row = &s->rows[*slot - 1];
        bool same =
            memcmp(&row->is.digest, &new->is.digest, sizeof row->is.digest) == 0;
        return same ? OUTCOME_ALREADY : OUTCOME_CONFLICT;
    }
    if (s->schema_left > 0) {
        s->schema_left--;
        return OUTCOME_SCHEMA;
    }
    assert(s->count < STORE_ROWS);
    s->rows[s->count] = *new;
    *slot = ++s->count;
    return OUTCOME_STORED;
}

/* The first batch under new keys closes those before; what it says of the next ones. */
static void move_on(
    struct store *s, uint8_t device, uint32_t generation, const struct batch *b)
{
    struct store_life *l = &s->now[device];

    if (generation > l->generation) {
        *l = (struct store_life){
            .generation = generation, .ends = l->ends, .order = l->order};
        s->front[device] = (struct clone_front){0};
    }
    if (b->renews && l->wanted > l->generation)
        l->m1 = true;
}

static void look_for_copy(
    struct store *s, uint8_t device, const struct batch *b, const struct epoch *epoch)
{
    uint64_t last_ms = b->utc_ms;

    for (uint16_t i = 0; i < b->record_count; i++)
        last_ms += b->records[i].dt_ms;
    if (!b->has_utc || !clone_rule_sees(&s->front[device], epoch, last_ms, s->utc_ms))
        return;
    s->suspected[device] = true;
    s->ear.suspected(s->ear.ctx, device);
}

static void reply(struct store *s, const struct store_reply *r)
{
    assert(s->reply_count < STORE_PENDING);
    s->replies[s->reply_count++] = *r;
}

enum status store_receive(struct store *s, uint8_t device, const struct nonce *nonce,
    uint32_t connection, struct bytes envelope)
{
    static struct batch batch;
    struct store_reply r = {
        .device = device, .nonce = *nonce, .connection = connection};

    if (s->reply_count == STORE_PENDING)
        return FULL;
    enum status st = open_it(s, device, envelope, &batch, &r.about, &r.generation);
    if (st != OK) {
        r.http = st == REFUSED ? 401 : 400; /* and no sealed answer */
        s->ear.answer(s->ear.ctx, &r);
        return OK;
    }
    struct store_row row = row_of(device, &batch, &r.about);
    row.generation = r.generation;
    if (!s->not_now)
        move_on(s, device, r.generation, &batch);
    s->ear.opened(s->ear.ctx, &row);
    r.http = 200;
    r.outcome = judge(s, &row);
    if (r.outcome == OUTCOME_NOT_NOW)
        r.http = 503;
    if (r.outcome == OUTCOME_STORED)
        look_for_copy(s, device, &batch, &r.about.epoch);
    reply(s, &r);
    return OK;
}

void store_want(struct store *s, uint8_t device)
{
    struct store_life *l = &s->safe[device];

    if (l->wanted > l->generation)
        return;
    l->wanted = l->generation + 1;
    if (s->now[device].generation == l->generation)
        s->now[device].wanted = l->wanted;
}

void store_end(struct store *s, uint8_t device, struct draw *d)
{
    struct store_life *l = &s->safe[device];

    if (l->ends)
        return;
    l->ends = true;
    for (size_t i = 0; i < sizeof l->order.b; i++)
        l->order.b[i] = (uint8_t)draw_u64(d);
    s->now[device].ends = true;
    s->now[device].order = l->order;
}

void store_anew(struct store *s, uint8_t device)
{
    s->now[device] = s->safe[device] = s->kept[device] =
        (struct store_life){.generation = 1};
    s->keys_low[device] = s->keys_high[device] = 1;
    s->front[device] = (struct clone_front){0};
    s->revoked[device] = false;
    memset(s->keys[device], 0, sizeof s->keys[device]);
}

bool store_receipt(struct store *s, uint8_t device, struct bytes receipt)
{
    const struct station *st = s->device[device];
    uint8_t plain[RECEIPT_MAX];
    struct envelope e;
    struct receipt r;
    struct key key;
    size_t len = 0;

    if (envelope_parse(ENVELOPE_BATCH, receipt, &e) != OK
        || key_of(s, device, &e.kid, &e.epoch, &key) != OK
        || open_receipt(st->crypto, &e, &key, ROOM_OF(plain), &len) != OK
        || receipt_parse((struct bytes){plain, len}, &r) != OK)
        return false;
    s->ended[device] = true;
    memset(s->keys[device], 0, sizeof s->keys[device]);
    return true;
}

/* What keys hears once it is committed: M1, and which keys are in use. */
static void tell_keys(struct store *s, uint8_t device)
{
    struct store_life *l = &s->now[device];

    if (l->generation > s->keys_low[device])
        s->keys_low[device] = l->generation;
    if (l->m1 && !l->m2 && s->keys_high[device] <= l->generation + 1) {
        s->keys_high[device] = l->generation + 1;
        l->m2 = true;
    }
    s->safe[device] = *l;
}

void store_commit(struct store *s)
{
    for (uint8_t d = 0; d < STORE_DEVICES; d++)
        tell_keys(s, d);
    for (; s->durable < s->count; s->durable++)
        s->ear.committed(s->ear.ctx, &s->rows[s->durable]);
    for (uint32_t i = 0; i < s->reply_count; i++)
        s->ear.answer(s->ear.ctx, &s->replies[i]);
    s->reply_count = 0;
}

void store_crash(struct store *s)
{
    s->count = s->durable;
    s->reply_count = 0;
    memcpy(s->now, s->safe, sizeof s->now);
    memset(s->front, 0, sizeof s->front);
    memset(s->keys, 0, sizeof s->keys);
    index_anew(s);
}

void store_backup(struct store *s)
{
    s->backup = s->durable;
    memcpy(s->kept, s->safe, sizeof s->kept);
}

void store_restore(struct store *s, struct draw *d)
{
    s->durable = s->backup;
    memcpy(s->safe, s->kept, sizeof s->safe);
    for (size_t i = 0; i < sizeof s->id.b; i++)
        s->id.b[i] = (uint8_t)draw_u64(d);
    store_crash(s);
}
