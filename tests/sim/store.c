/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/store.h"

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

static enum status key_of(
    struct store *s, uint8_t device, const struct epoch *epoch, struct key *out)
{
    const struct station *st = s->device[device];

    for (uint32_t i = 0; i < STORE_KEYS; i++) {
        const struct store_key *k = &s->keys[device][i];
        if (memcmp(&k->epoch, epoch, sizeof *epoch) == 0) {
            *out = k->key;
            return OK;
        }
    }
    return epoch_key(st->crypto, &st->store_private, &st->kid, &st->k_up, epoch, out);
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
    struct batch *batch, struct outbox_sent *is)
{
    const struct station *st = s->device[device];
    uint8_t plain[LIMIT_ENVELOPE];
    struct envelope e;
    struct key key;
    size_t len;

    TRY(envelope_parse(ENVELOPE_BATCH, envelope, &e));
    if (memcmp(&e.kid.device, &st->kid.device, sizeof e.kid.device) != 0)
        return REFUSED;
    TRY(key_of(s, device, &e.epoch, &key));
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
        .start_count = b->start_count};

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
    enum status st = open_it(s, device, envelope, &batch, &r.about);
    if (st != OK) {
        r.http = st == REFUSED ? 401 : 400; /* and no sealed answer */
        s->ear.answer(s->ear.ctx, &r);
        return OK;
    }
    struct store_row row = row_of(device, &batch, &r.about);
    s->ear.opened(s->ear.ctx, &row);
    r.http = 200;
    r.outcome = judge(s, &row);
    if (r.outcome == OUTCOME_NOT_NOW)
        r.http = 503;
    reply(s, &r);
    return OK;
}

void store_commit(struct store *s)
{
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
    index_anew(s);
}

void store_backup(struct store *s)
{
    s->backup = s->durable;
}

void store_restore(struct store *s, struct draw *d)
{
    s->durable = s->backup;
    for (size_t i = 0; i < sizeof s->id.b; i++)
        s->id.b[i] = (uint8_t)draw_u64(d);
    store_crash(s);
}
