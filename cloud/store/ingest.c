/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/ingest.h"

#include "cloud/store/device_state.h"
#include "cloud/store/events.h"
#include "cloud/store/generation_rule.h"
#include "cloud/store/peer_rule.h"
#include "cloud/store/releases.h"
#include "cloud/store/seq_parse.h"
#include "cloud/store/tickets.h"
#include "cloud/store/trust_rule.h"
#include "core/base/hex.h"
#include "core/seal/seal.h"
#include "wire/event.h"
#include "wire/message.h"
#include "wire/receipt.h"

#include <assert.h>
#include <string.h>

enum {
    QUOTA_BURST_S = 4, /* what a device that was away may catch up with at once */
    MILLI = 1000,
    AHEAD_MS = 10000, /* as the page has it (web/age.js) */
};

struct interned {
    uint64_t id;
    struct epoch epoch;
    uint64_t lost;
};

struct device_row {
    uint64_t id;
    enum device_state state;
    uint32_t generation;
    bool clone;
    enum device_trust trust; /* as it said last */
    uint64_t copies, copy_bytes;
    bool has_newest;
    uint64_t newest_ms;
    struct config config; /* version 0: none set */
    struct interned last; /* the epoch that began last */
    uint64_t last_seq;    /* the highest of that epoch */
    uint64_t keys_ms;     /* its certificate is not older */
    uint32_t wanted;      /* generation; above its own: a renewal is under way */
    bool has_m1;
    struct digest m1;
    uint16_t m2_len;
    uint8_t m2[ENROL_M2_MAX];
    bool ends; /* it was told to give up its keys */
    struct end_order order;
};

/* One ingest under way. */
struct job {
    struct store *s;
    const struct door_ingest *head;
    struct bytes envelope;
    struct envelope parsed;
    struct ingested *out;
    struct device_row row;
    struct cached_device *cached;
    struct bytes plain;
    bool log; /* not a batch */
    bool receipt;
    struct digest digest;
    bool stops; /* a clone is suspected, and the policy is to stop it */
    bool above; /* its sequence is above all that its epoch, the last, has stored */
    char request[33];
};

static enum ingest_next refuse(struct job *j, uint16_t http_status, enum reason reason)
{
    j->out->http_status = http_status;
    j->out->reason = reason;
    enum status s = event_add(j->s, LOG_REFUSE, reason, &j->head->peer, j->request);
    return s == OK ? INGEST_DONE : INGEST_BROKEN;
}

static enum status load_row(struct job *j)
{
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE);
    struct device_row *r = &j->row;

    db_bind_blob(q, 1, j->parsed.kid.device.b, DEVICE_ID_LEN);
    TRY(db_row(q));
    r->id = db_u64(q, 0);
    r->state = (enum device_state)db_u64(q, 1);
    r->generation = (uint32_t)db_u64(q, 2);
    r->clone = db_u64(q, 3) != 0;
    r->copies = db_u64(q, 4);
    r->copy_bytes = db_u64(q, 5);
    r->has_newest = sqlite3_column_type(q, 6) != SQLITE_NULL;
    r->newest_ms = db_u64(q, 6);
    r->config.version = (uint32_t)db_u64(q, 7);
    r->config.batch_s = (uint8_t)db_u64(q, 8);
    db_text(q, 9, r->config.ward, sizeof r->config.ward);
    db_text(q, 10, r->config.time_zone, sizeof r->config.time_zone);
    r->last_seq = db_u64(q, 11);
    r->last = (struct interned){.id = db_u64(q, 12), .lost = db_u64(q, 14)};
    r->trust = (enum device_trust)db_u64(q, 19);
    if (r->last.id && !db_blob(q, 13, r->last.epoch.b, EPOCH_LEN))
        return BROKEN;
    r->keys_ms = db_u64(q, 15);
    r->wanted = (uint32_t)db_u64(q, 16);
    r->has_m1 = db_blob(q, 17, r->m1.b, sizeof r->m1.b);
    size_t m2_len = (size_t)sqlite3_column_bytes(q, 18);
    if (m2_len > sizeof r->m2)
        return BROKEN;
    if (m2_len > 0)
        memcpy(r->m2, sqlite3_column_blob(q, 18), m2_len);
    r->m2_len = (uint16_t)m2_len;
    r->ends = db_blob(q, 20, r->order.b, sizeof r->order.b);
    ticket_offer(j->s,
        (struct bytes){sqlite3_column_blob(q, 21), (size_t)sqlite3_column_bytes(q, 21)},
        db_u64(q, 22), &j->out->answer);
    db_done(q);
    return OK;
}

/* Only envelopes that opened are charged: nobody else can use up a device's share. */
static bool within_quota(const struct store *s, struct cached_device *d)
{
    uint64_t now = store_mono_ms(s);
    uint32_t most = s->device_rate * QUOTA_BURST_S * MILLI;
    if (d->quota_at_ms == 0)
        d->quota_milli = most;
    uint64_t gained =
        now > d->quota_at_ms ? (now - d->quota_at_ms) * s->device_rate : 0;
    uint64_t left = d->quota_milli + gained;
    d->quota_milli = left > most ? most : (uint32_t)left;
    d->quota_at_ms = now ? now : 1;
    if (d->quota_milli < MILLI)
        return false;
    d->quota_milli -= MILLI;
    return true;
}

/* INGEST_DONE: opened, cached, and the down key is at hand. */
static enum ingest_next open_it(struct job *j, const struct key *trial, bool *opened)
{
    struct key_cache *cache = j->s->cache;
    struct cached_device *d = key_cache_find(cache, &j->parsed.kid);
    const struct key *key = d ? key_cache_epoch(cache, d, &j->parsed.epoch) : NULL;
    size_t len = 0;

    *opened = false;
    if (!key)
        key = trial;
    if (!key)
        return INGEST_ASK_EPOCH;
    enum status s =
        open_batch(j->s->crypto, &j->parsed, key, ROOM_OF(j->s->plain), &len);
    j->log = s != OK;
    if (j->log)
        s = open_log(j->s->crypto, &j->parsed, key, ROOM_OF(j->s->plain), &len);
    if (s != OK && j->row.ends) {
        s = open_receipt(j->s->crypto, &j->parsed, key, ROOM_OF(j->s->plain), &len);
        j->receipt = s == OK;
    }
    if (s != OK)
        return refuse(j, 401, REASON_ENVELOPE_REFUSED);
    j->plain = (struct bytes){j->s->plain, len};
    j->cached = key_cache_claim(cache, &j->parsed.kid);
    key_cache_keep_epoch(cache, j->cached, &j->parsed.epoch, key);
    if (!j->cached->has_down)
        return INGEST_ASK_DOWN;
    *opened = true;
    return INGEST_DONE;
}

static enum ingest_next verdict(struct job *j, uint32_t seq, enum outcome outcome)
{
    /* clang-format off */
    static const struct { uint16_t http_status; enum reason reason, of_log; } rows[] = {
        [OUTCOME_STORED]   = {200, REASON_BATCH_STORED,   REASON_SERVICE_LOG_STORED},
        [OUTCOME_ALREADY]  = {200, REASON_BATCH_ALREADY,  REASON_BATCH_ALREADY},
        [OUTCOME_CONFLICT] = {409, REASON_BATCH_CONFLICT, REASON_BATCH_CONFLICT},
        [OUTCOME_SCHEMA]   = {422, REASON_SCHEMA,         REASON_SERVICE_LOG_SCHEMA},
        [OUTCOME_NOT_NOW]  = {200, REASON_ATTEST_VERSION, REASON_ATTEST_VERSION},
    };
    /* clang-format on */
    struct answer *a = &j->out->answer;

    j->out->http_status = rows[outcome].http_status;
    j->out->reason = j->log ? rows[outcome].of_log : rows[outcome].reason;
    j->out->sealed = true;
    j->out->down = j->cached->down;
    a->nonce = j->head->nonce;
    a->store = j->s->db.store;
    a->verdict_count = 1;
    a->verdicts[0] = (struct verdict){
        .epoch = j->parsed.epoch, .seq = seq, .digest = j->digest, .outcome = outcome};
    if (outcome != OUTCOME_CONFLICT && outcome != OUTCOME_SCHEMA)
        return INGEST_DONE;
    return event_add(j->s, LOG_REFUSE, j->out->reason, &j->head->peer, j->request) == OK
        ? INGEST_DONE
        : INGEST_BROKEN;
}

static enum status note_answer(struct job *j)
{
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_ANSWER);
    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, store_utc_ms(j->s));
    return db_run(q);
}

static enum ingest_next schema(struct job *j)
{
    uint32_t seq = 0;
    if (seq_parse(j->plain, &seq) != OK)
        return refuse(j, 422, /* no identity to name: nothing is sealed */
            j->log ? REASON_SERVICE_LOG_SCHEMA : REASON_SCHEMA);
    if (note_answer(j) != OK)
        return INGEST_BROKEN;
    return verdict(j, seq, OUTCOME_SCHEMA);
}

/* The epoch of this envelope; one that is new becomes the device's last. */
static enum status intern_epoch(struct job *j, struct interned *out)
{
    struct device_row *r = &j->row;

    if (r->last.id && memcmp(&r->last.epoch, &j->parsed.epoch, EPOCH_LEN) == 0) {
        *out = r->last;
        j->above = j->s->batch.seq > r->last_seq;
        return OK;
    }
    sqlite3_stmt *q = db_use(&j->s->db, DB_EPOCH);
    db_bind_u64(q, 1, r->id);
    db_bind_blob(q, 2, j->parsed.epoch.b, EPOCH_LEN);
    enum status s = db_row(q);
    if (s == OK) {
        *out = (struct interned){db_u64(q, 0), j->parsed.epoch, db_u64(q, 1)};
        db_done(q);
    }
    if (s != AGAIN)
        return s;
    q = db_use(&j->s->db, DB_EPOCH_ADD);
    db_bind_u64(q, 1, r->id);
    db_bind_blob(q, 2, j->parsed.epoch.b, EPOCH_LEN);
    TRY(db_run(q));
    uint64_t id = (uint64_t)sqlite3_last_insert_rowid(j->s->db.handle);
    *out = r->last = (struct interned){id, j->parsed.epoch, 0};
    j->above = true;
    return OK;
}

/* OK: the batch of this identity stands as a row of *found; AGAIN: there is none. Most are above
 * all that is there, and need no look into the index. */
static enum status look_up(struct job *j, uint64_t epoch, sqlite3_stmt **found)
{
    if (j->above)
        return AGAIN;
    TRY(db_settle(&j->s->db));
    *found = db_use(&j->s->db, DB_BATCH);
    db_bind_u64(*found, 1, epoch);
    db_bind_u64(*found, 2, j->s->batch.seq);
    return db_row(*found);
}

struct summary {
    uint64_t last_ms; /* UTC of the last record */
    struct maybe_u16 spo2_min, spo2_max, pulse_min, pulse_max;
};

static void widen(struct maybe_u16 v, struct maybe_u16 *min, struct maybe_u16 *max)
{
    if (!v.set)
        return;
    if (!min->set || v.v < min->v)
        *min = v;
    if (!max->set || v.v > max->v)
        *max = v;
}

static struct summary summarise(const struct batch *b)
{
    struct summary s = {.last_ms = b->utc_ms};
    for (size_t i = 0; i < b->record_count; i++) {
        const struct record *r = &b->records[i];
        s.last_ms += r->dt_ms;
        widen(r->spo2, &s.spo2_min, &s.spo2_max);
        widen(r->pulse, &s.pulse_min, &s.pulse_max);
    }
    return s;
}

static void bind_maybe(sqlite3_stmt *q, int at, struct maybe_u16 v)
{
    if (v.set)
        db_bind_u64(q, at, v.v);
}

static enum status insert(struct job *j, uint64_t epoch, const struct summary *sum)
{
    const struct batch *b = &j->s->batch;
    sqlite3_stmt *q = db_use(&j->s->db, DB_BATCH_ADD);

    db_bind_u64(q, 1, epoch);
    db_bind_u64(q, 2, b->seq);
    db_bind_blob(q, 3, j->digest.b, sizeof j->digest.b);
    db_bind_u64(q, 4, store_utc_ms(j->s));
    if (b->has_utc) {
        db_bind_u64(q, 5, b->utc_ms);
        db_bind_u64(q, 6, sum->last_ms);
    }
    db_bind_u64(q, 7, b->mono_ms);
    db_bind_u64(q, 8, b->record_count);
    db_bind_u64(q, 9, b->merged);
    db_bind_u64(q, 10, b->lost_count);
    db_bind_u64(q, 11, b->clock);
    db_bind_u64(q, 12, b->test_data);
    bind_maybe(q, 13, sum->spo2_min);
    bind_maybe(q, 14, sum->spo2_max);
    bind_maybe(q, 15, sum->pulse_min);
    bind_maybe(q, 16, sum->pulse_max);
    db_bind_blob(q, 17, j->plain.at, j->plain.len);
    TRY(db_run(q));
    return db_appended(&j->s->db);
}

static enum status count(struct job *j, uint64_t lost_more, const struct summary *sum)
{
    const struct batch *b = &j->s->batch;
    const struct record *last = &b->records[b->record_count - 1];
    /* Without UTC there is no measured time to compare: then the latest to come is the newest.
     * A time that is still to come is none either: it would hide all that is measured until then,
     * and look like a reading of now when the hour comes. */
    bool ahead = j->row.has_newest && j->row.newest_ms > store_utc_ms(j->s) + AHEAD_MS;
    bool newest =
        !j->row.has_newest || ahead || (b->has_utc && sum->last_ms >= j->row.newest_ms);
    sqlite3_stmt *q = db_use(&j->s->db, newest ? DB_DEVICE_NEWEST : DB_DEVICE_COUNT);

    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, DEVICE_ACTIVE);
    db_bind_u64(q, 3, store_utc_ms(j->s));
    db_bind_u64(q, 4, b->record_count);
    db_bind_u64(q, 5, lost_more);
    if (j->row.last.id) {
        db_bind_u64(q, 6, j->row.last.id);
        db_bind_u64(q, 7, j->above ? b->seq : j->row.last_seq);
    }
    if (newest) {
        if (b->has_utc)
            db_bind_u64(q, 8, sum->last_ms);
        bind_maybe(q, 9, last->spo2);
        bind_maybe(q, 10, last->pulse);
        db_bind_u64(q, 11, last->quality);
        db_bind_u64(q, 12, last->status);
        db_bind_u64(q, 13, b->clock);
        db_bind_u64(q, 14, b->test_data);
        db_bind_u64(q, 15, b->pins_version);
    }
    return db_run(q);
}

static enum status note_lost(struct job *j, uint64_t epoch, uint64_t lost)
{
    sqlite3_stmt *q = db_use(&j->s->db, DB_EPOCH_COUNT);
    db_bind_u64(q, 1, epoch);
    db_bind_u64(q, 2, lost);
    return db_run(q);
}

static enum status quarantine(struct job *j, uint64_t epoch)
{
    struct store *s = j->s;
    if (j->row.copies >= LIMIT_QUARANTINE_COPIES
        || j->row.copy_bytes + j->plain.len > LIMIT_QUARANTINE_BYTES)
        return OK; /* bounded: the event is still written */
    sqlite3_stmt *q = db_use(&s->db, DB_QUARANTINE_ADD);
    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, epoch);
    db_bind_u64(q, 3, s->batch.seq);
    db_bind_blob(q, 4, j->digest.b, sizeof j->digest.b);
    db_bind_u64(q, 5, store_utc_ms(s));
    db_bind_blob(q, 6, j->plain.at, j->plain.len);
    TRY(db_run(q));
    if (sqlite3_changes(s->db.handle) == 0)
        return OK; /* this very copy is there already */
    q = db_use(&s->db, DB_DEVICE_QUARANTINE);
    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, j->plain.len);
    return db_run(q);
}

/* Said once for a device: it stands until a person looked into it. */
static enum status flag_clone(struct job *j, enum reason why)
{
    if (j->row.clone)
        return OK;
    j->row.clone = true;
    j->stops = j->s->stop_clones;
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_CLONE);
    db_bind_u64(q, 1, j->row.id);
    TRY(db_run(q));
    return event_add(j->s, LOG_REFUSE, why, &j->parsed.kid.device, j->request);
}

static enum status look_for_copy(struct job *j, const struct summary *sum)
{
    const struct batch *b = &j->s->batch;

    if (!b->has_utc
        || !clone_rule_sees(
            &j->cached->front, &j->parsed.epoch, sum->last_ms, store_utc_ms(j->s)))
        return OK;
    return flag_clone(j, REASON_CLONE_INTERLEAVED);
}

/* Req: HF-CLN-002 "shall not be served from the batch after the one that showed it".
 * After all else that writes the state: what is on its way in now is stored and answered. */
static enum status stop_clone(struct job *j)
{
    sqlite3_stmt *q;

    if (!j->stops)
        return OK;
    q = db_use(&j->s->db, DB_DEVICE_STATE);
    db_bind_blob(q, 1, j->parsed.kid.device.b, DEVICE_ID_LEN);
    db_bind_u64(q, 2, DEVICE_SUSPENDED);
    return db_run(q);
}

/* What a device says of itself, its service tickets and its pins stands beside what this cloud saw. */
static enum status note_told(struct job *j)
{
    /* clang-format off */
    static const struct { uint8_t code; enum log_level level; enum reason reason; } rows[] = {
        {EVENT_PINS_REFUSED,    LOG_REFUSE, REASON_PINS_REFUSED},
        {EVENT_SERVICE_BEGUN,   LOG_WARN,   REASON_SERVICE_BEGUN},
        {EVENT_SERVICE_ENDED,   LOG_INFO,   REASON_SERVICE_ENDED},
        {EVENT_SERVICE_REFUSED, LOG_REFUSE, REASON_SERVICE_REFUSED},
        {EVENT_WATCHDOG,        LOG_WARN,   REASON_DEVICE_WATCHDOG},
        {EVENT_FLASH_FAULT,     LOG_WARN,   REASON_FLASH_FAULT},
    };
    /* clang-format on */
    const struct batch *b = &j->s->batch;

    for (size_t i = 0; i < b->event_count; i++)
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
            if (b->events[i].code == rows[k].code)
                TRY(event_add(j->s, rows[k].level, rows[k].reason,
                    &j->parsed.kid.device, j->request));
    return OK;
}

/* What became of a release on a device, and why one was refused there. */
static enum status note_updates(struct job *j)
{
    const struct batch *b = &j->s->batch;

    for (size_t i = 0; i < b->event_count; i++) {
        enum reason reason;
        uint8_t code = b->events[i].code;
        bool well = code == EVENT_UPDATE_TRIAL || code == EVENT_UPDATE_CONFIRMED;
        enum log_level bad = code == EVENT_UPDATE_RECORD ? LOG_FAULT : LOG_REFUSE;
        if (!event_of_update(code, &reason))
            continue;
        TRY(event_add(
            j->s, well ? LOG_INFO : bad, reason, &j->parsed.kid.device, j->request));
        TRY(release_note(j->s, j->row.id, &b->events[i]));
    }
    return OK;
}

/* The identity is taken: by these very bytes, or by others? */
static enum ingest_next taken(struct job *j, uint64_t epoch, sqlite3_stmt *q)
{
    struct digest stored;

    if (!db_blob(q, 0, stored.b, sizeof stored.b))
        return INGEST_BROKEN;
    size_t len = (size_t)sqlite3_column_bytes(q, 1);
    bool other =
        len != j->plain.len || memcmp(sqlite3_column_blob(q, 1), j->plain.at, len) != 0;
    db_done(q);
    if (note_answer(j) != OK)
        return INGEST_BROKEN;
    if (memcmp(stored.b, j->digest.b, sizeof stored.b) == 0)
        return verdict(j, j->s->batch.seq, OUTCOME_ALREADY);
    /* A clone needs two sealed contents of one identity; another sealing of the same is none. */
    if (quarantine(j, epoch) != OK
        || (other && flag_clone(j, REASON_BATCH_CLONE) != OK))
        return INGEST_BROKEN;
    return verdict(j, j->s->batch.seq, OUTCOME_CONFLICT);
}

/* Req: HF-STORE-001 "Each identity (device, epoch, sequence) shall be stored at most once." */
static enum ingest_next write_down(struct job *j)
{
    const struct batch *b = &j->s->batch;
    struct summary sum = summarise(b);
    struct interned epoch;
    sqlite3_stmt *found = NULL;

    if (intern_epoch(j, &epoch) != OK)
        return INGEST_BROKEN;
    enum status s = look_up(j, epoch.id, &found);
    if (s == OK)
        return taken(j, epoch.id, found);
    if (s != AGAIN || insert(j, epoch.id, &sum) != OK)
        return INGEST_BROKEN;
    uint64_t more = b->lost_count > epoch.lost ? b->lost_count - epoch.lost : 0;
    if (more && note_lost(j, epoch.id, b->lost_count) != OK)
        return INGEST_BROKEN;
    if (count(j, more, &sum) != OK || note_told(j) != OK || note_updates(j) != OK
        || look_for_copy(j, &sum) != OK)
        return INGEST_BROKEN;
    j->out->first = j->out->first || j->row.state == DEVICE_INVITED;
    return verdict(j, b->seq, OUTCOME_STORED);
}

/* ---- logs of a service ticket ---- */

/* One row for a ticket, with its serial where a batch's request stands. */
static enum status note_first_log(struct job *j)
{
    const struct service_log *g = &j->s->service_log;
    char serial[2 * SERIAL_LEN + 1];
    sqlite3_stmt *q = db_use(&j->s->db, DB_LOG_OF);

    db_bind_u64(q, 1, j->row.id);
    db_bind_blob(q, 2, g->serial.b, sizeof g->serial.b);
    TRY(db_row(q) == OK ? OK : BROKEN);
    uint64_t before = db_u64(q, 0);
    db_done(q);
    if (before > 0)
        return OK;
    TRY(ticket_used(j->s, j->row.id, g->serial.b));
    hex_of(BYTES_OF(g->serial.b), (struct room){(uint8_t *)serial, sizeof serial});
    return event_add(
        j->s, LOG_WARN, REASON_SERVICE_LOGS, &j->parsed.kid.device, serial);
}

static enum status insert_log(struct job *j, uint64_t epoch)
{
    const struct service_log *g = &j->s->service_log;
    sqlite3_stmt *q = db_use(&j->s->db, DB_LOG_ADD);

    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, epoch);
    db_bind_u64(q, 3, g->seq);
    db_bind_blob(q, 4, j->digest.b, sizeof j->digest.b);
    db_bind_u64(q, 5, store_utc_ms(j->s));
    db_bind_blob(q, 6, g->serial.b, sizeof g->serial.b);
    db_bind_blob(q, 7, j->plain.at, j->plain.len);
    TRY(db_run(q));
    q = db_use(&j->s->db, DB_LOG_TRIM);
    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, LIMIT_DEVICE_LOGS);
    return db_run(q);
}

/* There is a log of this identity. What differs is kept nowhere: a log is no reading. */
static enum ingest_next log_taken(struct job *j, sqlite3_stmt *q)
{
    struct digest stored;

    if (!db_blob(q, 0, stored.b, sizeof stored.b))
        return INGEST_BROKEN;
    size_t len = (size_t)sqlite3_column_bytes(q, 1);
    bool other =
        len != j->plain.len || memcmp(sqlite3_column_blob(q, 1), j->plain.at, len) != 0;
    db_done(q);
    if (memcmp(stored.b, j->digest.b, sizeof stored.b) == 0)
        return verdict(j, j->s->service_log.seq, OUTCOME_ALREADY);
    if (other && flag_clone(j, REASON_BATCH_CLONE) != OK)
        return INGEST_BROKEN;
    return verdict(j, j->s->service_log.seq, OUTCOME_CONFLICT);
}

/* Req: HF-SVC-005 "Each log of a service ticket shall be stored at most once" */
static enum ingest_next write_log(struct job *j)
{
    struct interned epoch;

    if (intern_epoch(j, &epoch) != OK || note_answer(j) != OK)
        return INGEST_BROKEN;
    sqlite3_stmt *q = db_use(&j->s->db, DB_LOG);
    db_bind_u64(q, 1, epoch.id);
    db_bind_u64(q, 2, j->s->service_log.seq);
    enum status s = db_row(q);
    if (s == OK)
        return log_taken(j, q);
    if (s != AGAIN || note_first_log(j) != OK || insert_log(j, epoch.id) != OK)
        return INGEST_BROKEN;
    return verdict(j, j->s->service_log.seq, OUTCOME_STORED);
}

/* ---- renewal ---- */

/* Req: HF-KEYS-004 "the first batch under new keys closes those before" */
static enum status move_on(struct job *j)
{
    struct device_row *r = &j->row;

    if (j->parsed.kid.generation == r->generation)
        return OK;
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_GENERATION);
    db_bind_u64(q, 1, r->id);
    db_bind_u64(q, 2, j->parsed.kid.generation);
    db_bind_u64(q, 3, store_utc_ms(j->s));
    TRY(db_run(q));
    r->generation = j->parsed.kid.generation;
    r->wanted = 0;
    r->keys_ms = store_utc_ms(j->s);
    j->out->first = true;
    return event_add(
        j->s, LOG_INFO, REASON_RENEW_USED, &j->parsed.kid.device, j->request);
}

static enum status want_renewal(struct job *j)
{
    static const uint64_t old_ms = UINT64_C(86400000) * LIMIT_RENEW_DAYS;
    struct device_row *r = &j->row;

    if (r->wanted > r->generation || store_utc_ms(j->s) < r->keys_ms + old_ms)
        return OK;
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_WANT);
    db_bind_blob(q, 1, j->parsed.kid.device.b, DEVICE_ID_LEN);
    TRY(db_run(q));
    r->wanted = r->generation + 1;
    return event_add(
        j->s, LOG_INFO, REASON_RENEW_ASKED, &j->parsed.kid.device, j->request);
}

static bool is_of_next(const struct job *j)
{
    struct enrol_head head;
    uint8_t tag[TAG_LEN];

    return enrol_m1_parse(BYTES_OF(j->s->batch.m1), &head, tag) == OK
        && memcmp(&head.kid.device, &j->parsed.kid.device, DEVICE_ID_LEN) == 0
        && head.kid.generation == j->row.generation + 1;
}

/* The first M1 is the device's: another one, sealed under the same keys, is a second holder's. */
static enum status take_m1(struct job *j)
{
    struct device_row *r = &j->row;
    struct digest digest;

    if (!is_of_next(j))
        return event_add(
            j->s, LOG_REFUSE, REASON_RENEW_REFUSED, &j->parsed.kid.device, j->request);
    TRY(j->s->crypto->sha256(j->s->crypto->board, BYTES_OF(j->s->batch.m1), &digest));
    if (r->has_m1 && memcmp(&r->m1, &digest, sizeof digest) != 0)
        return flag_clone(j, REASON_CLONE_RENEWAL);
    if (!r->has_m1) {
        sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_M1);
        db_bind_u64(q, 1, r->id);
        db_bind_blob(q, 2, digest.b, sizeof digest.b);
        TRY(db_run(q));
    }
    if (r->m2_len == 0) {
        j->out->renews = true;
        memcpy(j->out->m1.b, j->s->batch.m1, sizeof j->out->m1.b);
    }
    return OK;
}

static enum status renewal(struct job *j)
{
    struct device_row *r = &j->row;
    struct answer *a = &j->out->answer;

    TRY(want_renewal(j));
    if (r->wanted <= r->generation)
        return OK;
    if (j->s->batch.renews)
        TRY(take_m1(j));
    a->renew_to = r->wanted;
    a->m2_len = r->m2_len;
    memcpy(a->m2, r->m2, r->m2_len);
    return OK;
}

/* What the batch says, onto the row: also where the policy then refuses it, so that people see why. */
static enum status note_trust(struct job *j)
{
    enum device_trust said = j->s->batch.tpm ? TRUST_TPM : TRUST_SOFTWARE;

    if (said == j->row.trust)
        return OK;
    j->row.trust = said;
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_TRUST);
    db_bind_u64(q, 1, j->row.id);
    db_bind_u64(q, 2, said);
    return db_run(q);
}

/* Req: HF-END-002 "The device ends for ever with its receipt, and only for the order it was given." */
static enum ingest_next end_it(struct job *j)
{
    struct receipt r;

    if (receipt_parse(j->plain, &r) != OK
        || memcmp(&r.order, &j->row.order, sizeof r.order) != 0)
        return refuse(j, 422, REASON_RECEIPT_REFUSED);
    sqlite3_stmt *q = db_use(&j->s->db, DB_DEVICE_ENDED);
    db_bind_u64(q, 1, j->row.id);
    db_bind_blob(q, 2, j->envelope.at, j->envelope.len);
    db_bind_u64(q, 3, store_utc_ms(j->s));
    db_bind_u64(q, 4, r.readings);
    if (db_run(q) != OK)
        return INGEST_BROKEN;
    j->out->http_status = 200; /* unsealed: the device has no key left to open it */
    j->out->reason = REASON_DEVICE_ENDED;
    j->out->ended = true;
    return event_add(
               j->s, LOG_INFO, REASON_DEVICE_ENDED, &j->parsed.kid.device, j->request)
            == OK
        ? INGEST_DONE
        : INGEST_BROKEN;
}

static enum trust_verdict trust_of(const struct job *j)
{
    const struct attest_place at = {j->head->gate, j->head->connection, j->head->peer};

    return trust_rule(j->s->require_tpm, j->row.trust,
        j->s->require_tpm ? attested_state(j->s->attested, &at) : ATTEST_NONE);
}

/* Req: HF-TPM-012 "store none of its readings, and acknowledge none, and shall give it what it may update by" */
static enum ingest_next not_now(struct job *j)
{
    uint32_t seq = 0;

    if (seq_parse(j->plain, &seq) != OK || note_answer(j) != OK)
        return INGEST_BROKEN;
    return verdict(j, seq, OUTCOME_NOT_NOW);
}

static enum ingest_next opened(struct job *j)
{
    const struct crypto *c = j->s->crypto;

    if (!within_quota(j->s, j->cached)) {
        j->out->retry_after_s = 2;
        return refuse(j, 429, REASON_RATE_DEVICE);
    }
    if (c->sha256(c->board, j->envelope, &j->digest) != OK)
        return INGEST_BROKEN;
    if (move_on(j) != OK)
        return INGEST_BROKEN;
    if (j->receipt)
        return end_it(j);
    j->out->answer.ends = j->row.ends;
    j->out->answer.order = j->row.order;
    if (!j->log && batch_parse(j->plain, &j->s->batch) != OK)
        return schema(j);
    if (!j->log && note_trust(j) != OK)
        return INGEST_BROKEN;
    enum trust_verdict trust = trust_of(j);
    if (trust == TRUST_REFUSE)
        return refuse(j, 403, REASON_AUTHZ_TRUST);
    if (trust == TRUST_ATTEST_FIRST)
        return refuse(j, 401, REASON_ATTEST_NEEDED);
    if (j->log && service_log_parse(j->plain, &j->s->service_log) != OK)
        return schema(j);
    if (j->log)
        return trust == TRUST_UPDATE_ONLY ? not_now(j) : write_log(j);
    if (renewal(j) != OK)
        return INGEST_BROKEN;
    if (j->s->pins_version > j->s->batch.pins_version) {
        j->out->answer.pins_len = (uint16_t)j->s->pins_len;
        memcpy(j->out->answer.pins, j->s->pins, j->s->pins_len);
    }
    if (j->row.config.version > j->s->batch.config_version) {
        j->out->answer.has_config = true;
        j->out->answer.config = j->row.config;
    }
    /* Of one that may only update too: it is to be offered what fits. */
    if (release_note_class(j->s, j->row.id, &j->s->batch) != OK)
        return INGEST_BROKEN;
    enum ingest_next next = trust == TRUST_UPDATE_ONLY ? not_now(j) : write_down(j);
    /* After what this batch says of it. */
    if (next == INGEST_DONE && j->out->http_status == 200
        && release_offer(j->s, j->row.id, &j->parsed.kid.device, &j->out->answer) != OK)
        return INGEST_BROKEN;
    return next;
}

static void begin(struct job *j)
{
    hex_of(BYTES_OF(j->head->nonce.b),
        (struct room){(uint8_t *)j->request, sizeof j->request});
    memset(j->out, 0, sizeof *j->out);
}

enum ingest_next ingest(struct store *s, const struct door_ingest *head,
    struct bytes envelope, const struct key *trial, struct ingested *out)
{
    struct job j = {.s = s, .head = head, .envelope = envelope, .out = out};
    enum reason why;
    bool is_open = false;

    assert(s->db.open_txn);
    begin(&j);
    if (envelope_parse(ENVELOPE_BATCH, envelope, &j.parsed) != OK)
        return refuse(&j, 400, REASON_ENVELOPE_MALFORMED);
    out->kid = j.parsed.kid;
    out->epoch = j.parsed.epoch;
    if (peer_rule(&j.parsed.kid.device, &head->peer, &head->path, &why) != OK)
        return refuse(&j, 403, why);
    enum status known = load_row(&j);
    if (known == BROKEN)
        return INGEST_BROKEN;
    if (known != OK || !device_may_send(j.row.state))
        return refuse(&j, 403, REASON_AUTHZ_STATE);
    if (!generation_open(j.row.generation, j.parsed.kid.generation))
        return refuse(&j, 403, REASON_KEY_CLOSED);
    enum ingest_next next = open_it(&j, trial, &is_open);
    if (!is_open)
        return next;
    next = opened(&j);
    return next == INGEST_DONE && stop_clone(&j) != OK ? INGEST_BROKEN : next;
}

enum ingest_next ingest_no_key(
    struct store *s, const struct door_ingest *head, struct ingested *out)
{
    struct job j = {.s = s, .head = head, .out = out};
    begin(&j);
    return refuse(&j, 401, REASON_ENVELOPE_REFUSED);
}

enum status ingest_seal(
    struct store *s, struct ingested *in, struct room envelope, size_t *len)
{
    uint8_t plain[LIMIT_ANSWER];
    size_t plain_len = 0;

    in->answer.server_utc_ms = store_utc_ms(s);
    TRY(answer_build(&in->answer, ROOM_OF(plain), &plain_len));
    return seal_answer(s->crypto, s->entropy, &in->kid, &in->down,
        (struct bytes){plain, plain_len}, envelope, len);
}
