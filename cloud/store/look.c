/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/look.h"

#include "cloud/store/device_state.h"
#include "cloud/store/releases.h"
#include "cloud/store/trust_rule.h"
#include "core/base/hex.h"
#include "core/base/json.h"
#include "wire/event.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

enum {
    SPAN_BATCHES = 20000,  /* most batches that one trend or gap list looks at */
    BODY_SPAN_MS = 120000, /* a point narrower than this is made from single readings */
    BATCH_MOST_MS = 39400000, /* 600 records of 65,535 ms */
    GAP_MS = 5000,    /* between batches: at least this, or declared loss, is a gap */
    LINE_MAX_ = 9216, /* a log of a service ticket, full */
};

static void read_device(sqlite3_stmt *q, struct door_device *d)
{
    memset(d, 0, sizeof *d);
    (void)!db_blob(q, 1, d->device.b, sizeof d->device.b);
    db_text(q, 2, d->label, sizeof d->label);
    d->state = (uint8_t)db_u64(q, 3);
    d->has_spo2 = sqlite3_column_type(q, 4) != SQLITE_NULL;
    d->spo2_permille = (uint16_t)db_u64(q, 4);
    d->has_pulse = sqlite3_column_type(q, 5) != SQLITE_NULL;
    d->pulse_decibpm = (uint16_t)db_u64(q, 5);
    d->quality = (uint8_t)db_u64(q, 6);
    d->status = (uint16_t)db_u64(q, 7);
    d->has_utc = sqlite3_column_type(q, 8) != SQLITE_NULL;
    d->measured_utc_ms = db_u64(q, 8);
    d->clock = (uint8_t)db_u64(q, 9);
    d->last_answer_utc_ms = db_u64(q, 10);
    d->readings = db_u64(q, 11);
    d->lost = db_u64(q, 12);
    d->test_data = db_u64(q, 13) != 0;
    d->clone_suspected = db_u64(q, 14) != 0;
    d->keys_in_software = db_u64(q, 20) == TRUST_SOFTWARE;
}

static sqlite3_stmt *device_page(struct store *s, uint64_t after, size_t count)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_PAGE);
    db_bind_u64(q, 1, after);
    db_bind_u64(q, 2, count);
    return q;
}

enum status look_devices(struct store *s, uint32_t from, struct door_device_list *out)
{
    sqlite3_stmt *q = device_page(s, 0, (uint64_t)from + DOOR_PAGE + 1);
    enum status st;
    uint32_t at = 0;

    memset(out, 0, sizeof *out);
    out->now_utc_ms = store_utc_ms(s);
    while ((st = db_row(q)) == OK) {
        if (at++ < from)
            continue;
        if (out->count == DOOR_PAGE) {
            out->more = true;
            break;
        }
        read_device(q, &out->devices[out->count++]);
    }
    db_done(q);
    return st == BROKEN ? BROKEN : OK;
}

/* ---- trend ---- */

struct trend {
    struct door_trend_points *out;
    uint64_t from, to;
    uint16_t points;
};

static size_t slot_of(const struct trend *t, uint64_t utc_ms)
{
    uint64_t width = t->to - t->from + 1;
    /* (utc - from) * points / width without overflow: spans are below 2^53 / 600 in practice */
    return (size_t)((double)(utc_ms - t->from) * t->points / (double)width);
}

static void widen(bool *has, uint16_t *min, uint16_t *max, uint16_t low, uint16_t high)
{
    if (!*has || low < *min)
        *min = low;
    if (!*has || high > *max)
        *max = high;
    *has = true;
}

static struct door_point *point_at(struct trend *t, uint64_t utc_ms)
{
    if (utc_ms < t->from || utc_ms > t->to)
        return NULL;
    size_t i = slot_of(t, utc_ms);
    struct door_point *p = &t->out->points[i < t->points ? i : t->points - 1u];
    if (p->utc_ms == 0)
        p->utc_ms = utc_ms;
    return p;
}

static void add_records(struct trend *t, const struct batch *b)
{
    uint64_t utc_ms = b->utc_ms;
    for (size_t i = 0; i < b->record_count; i++) {
        const struct record *r = &b->records[i];
        utc_ms += r->dt_ms;
        struct door_point *p = point_at(t, utc_ms);
        if (!p)
            continue;
        if (r->spo2.set)
            widen(&p->has_spo2, &p->spo2_min, &p->spo2_max, r->spo2.v, r->spo2.v);
        if (r->pulse.set)
            widen(&p->has_pulse, &p->pulse_min, &p->pulse_max, r->pulse.v, r->pulse.v);
    }
}

static void add_summary(struct trend *t, sqlite3_stmt *q)
{
    uint64_t first = db_u64(q, 2);
    struct door_point *p = point_at(t, first < t->from ? t->from : first);
    if (!p)
        return;
    if (sqlite3_column_type(q, 6) != SQLITE_NULL)
        widen(&p->has_spo2, &p->spo2_min, &p->spo2_max, (uint16_t)db_u64(q, 6),
            (uint16_t)db_u64(q, 7));
    if (sqlite3_column_type(q, 8) != SQLITE_NULL)
        widen(&p->has_pulse, &p->pulse_min, &p->pulse_max, (uint16_t)db_u64(q, 8),
            (uint16_t)db_u64(q, 9));
}

static struct bytes blob(sqlite3_stmt *q, int column)
{
    return (struct bytes){
        sqlite3_column_blob(q, column), (size_t)sqlite3_column_bytes(q, column)};
}

static sqlite3_stmt *span(struct store *s, const struct door_span *ask)
{
    sqlite3_stmt *q = db_use(&s->db, DB_BATCH_SPAN);
    uint64_t before =
        ask->from_utc_ms > BATCH_MOST_MS ? ask->from_utc_ms - BATCH_MOST_MS : 0;
    db_bind_blob(q, 1, ask->device.b, sizeof ask->device.b);
    db_bind_u64(q, 2, before);
    db_bind_u64(q, 3, ask->to_utc_ms);
    db_bind_u64(q, 4, ask->from_utc_ms);
    db_bind_u64(q, 5, SPAN_BATCHES);
    return q;
}

/* Between two batches in order of measured time. */
struct neighbours {
    bool any;
    uint64_t epoch, seq, last_ms, lost;
};

static bool gap_between(struct neighbours *n, sqlite3_stmt *q, struct door_gap *gap)
{
    struct neighbours now = {
        true, db_u64(q, 0), db_u64(q, 1), db_u64(q, 3), db_u64(q, 4)};
    uint64_t first = db_u64(q, 2);
    bool same = n->any && n->epoch == now.epoch;
    uint64_t lost = same && now.lost > n->lost ? now.lost - n->lost
        : same                                 ? 0
                                               : now.lost;
    bool is_gap = n->any
        && (lost > 0 || (same && now.seq > n->seq + 1) || first > n->last_ms + GAP_MS);

    if (is_gap)
        *gap = (struct door_gap){.from_ms = n->last_ms,
            .to_ms = first > n->last_ms ? first : n->last_ms,
            .lost = lost > UINT32_MAX ? UINT32_MAX : (uint32_t)lost};
    if (n->any && n->last_ms > now.last_ms)
        now.last_ms = n->last_ms;
    *n = now;
    return is_gap;
}

static void squeeze(struct door_trend_points *out, uint16_t points)
{
    for (size_t i = 0; i < points; i++)
        if (out->points[i].utc_ms)
            out->points[out->count++] = out->points[i];
}

enum status look_trend(
    struct store *s, const struct door_span *ask, struct door_trend_points *out)
{
    struct trend t = {out, ask->from_utc_ms, ask->to_utc_ms, ask->points};
    bool single = (t.to - t.from) / t.points < BODY_SPAN_MS;
    struct neighbours n = {0};
    enum status st;

    memset(out, 0, sizeof *out);
    TRY(db_settle(&s->db));
    sqlite3_stmt *q = span(s, ask);
    while ((st = db_row(q)) == OK) {
        struct door_gap gap;
        bool after_gap = gap_between(&n, q, &gap);
        if (single && batch_parse(blob(q, 10), &s->batch) == OK)
            add_records(&t, &s->batch);
        else if (!single)
            add_summary(&t, q);
        struct door_point *p = after_gap ? point_at(&t, db_u64(q, 2)) : NULL;
        if (p)
            p->gap_before = true;
    }
    db_done(q);
    squeeze(out, t.points);
    return st == BROKEN ? BROKEN : OK;
}

enum status look_gaps(
    struct store *s, const struct door_span *ask, struct door_gap_list *out)
{
    struct neighbours n = {0};
    enum status st = OK;

    memset(out, 0, sizeof *out);
    TRY(db_settle(&s->db));
    sqlite3_stmt *q = span(s, ask);
    while (out->count < DOOR_GAP_COUNT && (st = db_row(q)) == OK)
        if (gap_between(&n, q, &out->gaps[out->count]))
            out->count++;
    db_done(q);
    return st == BROKEN ? BROKEN : OK;
}

/* ---- JSON lines ---- */

struct lines {
    struct room text;
    size_t len;
};

/* false: it does not fit any more. */
static bool add_line(struct lines *l, const struct json *j)
{
    struct bytes line = written(&j->w);
    if (!json_done(j) || line.len + 1 > l->text.cap - l->len)
        return false;
    memcpy(l->text.at + l->len, line.at, line.len);
    l->len += line.len;
    l->text.at[l->len++] = '\n';
    return true;
}

static void key_u64(struct json *j, const char *key, uint64_t v)
{
    json_key(j, key);
    json_u64(j, v);
}

static void key_bool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

static void key_str(struct json *j, const char *key, const char *v)
{
    json_key(j, key);
    json_str(j, v);
}

static void key_hex(struct json *j, const char *key, struct bytes v)
{
    json_key(j, key);
    json_hex(j, v);
}

static void key_column(struct json *j, const char *key, sqlite3_stmt *q, int column)
{
    json_key(j, key);
    if (sqlite3_column_type(q, column) == SQLITE_NULL)
        json_null(j);
    else
        json_u64(j, db_u64(q, column));
}

static void key_device(struct json *j, sqlite3_stmt *q, int column)
{
    uint8_t id[DEVICE_ID_LEN];
    char text[UUID_TEXT];
    json_key(j, "device");
    if (!db_blob(q, column, id, sizeof id)) {
        json_null(j);
        return;
    }
    uuid_of(id, text);
    json_str(j, text);
}

static void key_trust(struct json *j, enum device_trust trust)
{
    const char *name = device_trust_name(trust);

    json_key(j, "trust");
    if (name == NULL)
        json_null(j);
    else
        json_str(j, name);
}

static void key_word(struct json *j, const char *key, sqlite3_stmt *q, int column)
{
    char word[32];

    json_key(j, key);
    db_text(q, column, word, sizeof word);
    if (word[0] == 0)
        json_null(j);
    else
        json_str(j, word);
}

/* null: it says none, or one that no release here is for. */
static void key_class(struct json *j, struct store *s, sqlite3_stmt *q, int column)
{
    uint8_t mark[EVENT_ABOUT_LEN];
    const char *name = NULL;

    if (db_blob(q, column, mark, sizeof mark))
        name = releases_class(s, mark);
    json_key(j, "product");
    if (name == NULL)
        json_null(j);
    else
        json_str(j, name);
}

static void device_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    struct door_device d;
    read_device(q, &d);
    json_object(j);
    key_device(j, q, 1);
    key_str(j, "label", d.label);
    key_str(j, "state", device_state_name((enum device_state)d.state));
    key_u64(j, "generation", db_u64(q, 16));
    key_u64(j, "certificate_until_utc_ms",
        db_u64(q, 18) + UINT64_C(86400000) * LIMIT_DEVICE_CERT_DAYS);
    key_bool(j, "renewal_wanted", db_u64(q, 19) > db_u64(q, 16));
    key_column(j, "ending_since_utc_ms", q, 21);
    key_column(j, "erased_utc_ms", q, 22);
    key_u64(j, "batches", db_u64(q, 15));
    key_u64(j, "readings", d.readings);
    key_u64(j, "lost", d.lost);
    key_u64(j, "quarantined", db_u64(q, 17));
    key_column(j, "measured_utc_ms", q, 8);
    key_column(j, "spo2_permille", q, 4);
    key_column(j, "pulse_decibpm", q, 5);
    key_u64(j, "last_answer_utc_ms", d.last_answer_utc_ms);
    key_bool(j, "test_data", d.test_data);
    key_bool(j, "clone_suspected", d.clone_suspected);
    key_trust(j, (enum device_trust)db_u64(q, 20));
    key_word(j, "attest", q, 23);
    key_column(j, "attest_security_version", q, 24);
    key_column(j, "attest_utc_ms", q, 25);
    key_column(j, "pins", q, 26); /* of the set in force there; 0: its invitation's */
    key_class(j, s, q, 27);
    json_object_end(j);
}

static void batch_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    (void)s;
    json_object(j);
    key_device(j, q, 1);
    key_hex(j, "epoch", blob(q, 2));
    key_u64(j, "seq", db_u64(q, 3));
    key_hex(j, "digest", blob(q, 4));
    key_u64(j, "received_utc_ms", db_u64(q, 5));
    key_column(j, "first_utc_ms", q, 6);
    key_column(j, "last_utc_ms", q, 7);
    key_u64(j, "readings", db_u64(q, 8));
    key_u64(j, "merged", db_u64(q, 9));
    key_u64(j, "lost", db_u64(q, 10));
    key_bool(j, "test_data", db_u64(q, 11) != 0);
    json_object_end(j);
}

static void event_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    (void)s;
    json_object(j);
    key_u64(j, "id", db_u64(q, 0));
    key_u64(j, "first_utc_ms", db_u64(q, 1));
    key_u64(j, "last_utc_ms", db_u64(q, 2));
    key_str(j, "code", (const char *)sqlite3_column_text(q, 3));
    key_device(j, q, 4);
    json_key(j, "request");
    if (sqlite3_column_type(q, 5) == SQLITE_NULL)
        json_null(j);
    else
        json_str(j, (const char *)sqlite3_column_text(q, 5));
    key_u64(j, "n", db_u64(q, 6));
    json_object_end(j);
}

/* Why devices did not keep it: each cause once, the most frequent first, with the device that told it last. */
static void key_causes(struct json *j, struct store *s, uint64_t release)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_CAUSES);
    enum reason reason;

    json_key(j, "causes");
    json_array(j);
    db_bind_u64(q, 1, release);
    while (db_row(q) == OK) {
        bool known = event_of_update((uint8_t)db_u64(q, 0), &reason);
        json_object(j);
        key_str(j, "reason", known ? reason_code(reason) : "unknown");
        key_u64(j, "devices", db_u64(q, 1));
        key_u64(j, "last_utc_ms", db_u64(q, 2));
        key_device(j, q, 3);
        json_object_end(j);
    }
    db_done(q);
    json_array_end(j);
}

/* Req: HF-UPD-020 "shall say of each release" */
static void release_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    static const char *const counts[] = {
        "offered", "on_trial", "confirmed", "reverted", "refused"};

    json_object(j);
    key_u64(j, "release", db_u64(q, 0));
    key_str(j, "product", (const char *)sqlite3_column_text(q, 1));
    key_str(j, "version", (const char *)sqlite3_column_text(q, 2));
    key_u64(j, "security", db_u64(q, 3));
    key_u64(j, "percent", db_u64(q, 4));
    key_bool(j, "stopped", db_u64(q, 5) != 0);
    key_bool(
        j, "newest", db_u64(q, 11) != 0); /* of its class: else it is offered no more */
    key_column(j, "ended_utc_ms", q, 12); /* when its class was ended; then likewise */
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        key_u64(j, counts[i], db_u64(q, 6 + (int)i));
    key_column(j, "set_utc_ms", q, 13); /* its share, or its stop: when, and by whom */
    key_column(j, "set_uid", q, 14);
    key_causes(j, s, db_u64(q, 0));
    json_object_end(j);
}

static void offer_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    (void)s;
    bool told = sqlite3_column_type(q, 5) != SQLITE_NULL;
    uint64_t code = db_u64(q, 5);

    json_object(j);
    key_device(j, q, 1);
    key_u64(j, "release", db_u64(q, 2));
    key_str(j, "version", (const char *)sqlite3_column_text(q, 3));
    key_u64(j, "offered_utc_ms", db_u64(q, 4));
    key_str(j, "state",
        !told                         ? "offered"
            : code == OFFER_WITHDRAWN ? "withdrawn"
                                      : event_name((uint8_t)code));
    key_column(j, "told_utc_ms", q, 6);
    json_object_end(j);
}

static void log_lists(struct json *j, const struct service_log *g)
{
    static const char *const levels[] = {"info", "warn", "refuse", "fault"};

    json_key(j, "lines");
    json_array(j);
    for (size_t i = 0; i < g->line_count; i++) {
        const struct log_line *l = &g->lines[i];
        json_object(j);
        key_str(j, "level", levels[l->level]);
        key_str(j, "code", l->code);
        if (l->detail[0])
            key_str(j, "detail", l->detail);
        if (l->has_number)
            key_u64(j, "number", l->number);
        key_u64(j, "n", l->count);
        key_u64(j, "first_ms", l->first_ms);
        key_u64(j, "last_ms", l->last_ms);
        json_object_end(j);
    }
    json_array_end(j);
    json_key(j, "checks");
    json_object(j);
    for (size_t i = 0; i < g->check_count; i++)
        key_bool(j, g->checks[i].name, g->checks[i].passed);
    json_object_end(j);
    json_key(j, "figures");
    json_object(j);
    for (size_t i = 0; i < g->figure_count; i++)
        key_u64(j, g->figures[i].name, g->figures[i].value);
    json_object_end(j);
}

/* Parsed again: what lies on the disk is bytes from outside too. */
static void log_row(struct json *j, sqlite3_stmt *q, struct store *s)
{
    (void)s;
    struct service_log g = {0};
    bool good = service_log_parse(blob(q, 3), &g) == OK;

    json_object(j);
    key_u64(j, "id", db_u64(q, 0));
    key_device(j, q, 1);
    key_u64(j, "received_utc_ms", db_u64(q, 2));
    key_bool(j, "readable", good);
    if (good) {
        key_hex(j, "serial", BYTES_OF(g.serial.b));
        key_str(j, "holder", g.holder);
        key_u64(j, "part", g.part);
        key_u64(j, "mono_ms", g.mono_ms);
        json_key(j, "utc_ms");
        if (g.has_utc)
            json_u64(j, g.utc_ms);
        else
            json_null(j);
        log_lists(j, &g);
    }
    json_object_end(j);
}

static enum status list(struct store *s, sqlite3_stmt *q,
    void (*line)(struct json *, sqlite3_stmt *, struct store *), struct room text,
    size_t *len, uint64_t *next)
{
    struct lines l = {.text = text};
    uint64_t last = 0;
    enum status st;

    *next = 0;
    while ((st = db_row(q)) == OK) {
        uint8_t mem[LINE_MAX_];
        struct json j = json_over(ROOM_OF(mem));
        line(&j, q, s);
        if (!add_line(&l, &j)) {
            *next = last;
            break;
        }
        last = db_u64(q, 0);
    }
    db_done(q);
    *len = l.len;
    return st == BROKEN ? BROKEN : OK;
}

enum { ROWS_ASKED = 4096 }; /* the room ends a page long before */

enum status look_list_devices(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next)
{
    TRY(releases_newest(s));
    return list(s, device_page(s, cursor, ROWS_ASKED), device_line, text, len, next);
}

static bool nobody(const struct device_id *d)
{
    static const struct device_id zero;
    return memcmp(d, &zero, sizeof zero) == 0;
}

enum status look_list_batches(struct store *s, const struct door_list *ask,
    struct room text, size_t *len, uint64_t *next)
{
    sqlite3_stmt *q = db_use(&s->db, DB_BATCH_PAGE);
    db_bind_u64(q, 1, ask->cursor);
    if (!nobody(&ask->device))
        db_bind_blob(q, 2, ask->device.b, sizeof ask->device.b);
    db_bind_u64(q, 3, ROWS_ASKED);
    return list(s, q, batch_line, text, len, next);
}

enum status look_list_logs(struct store *s, const struct door_list *ask,
    struct room text, size_t *len, uint64_t *next)
{
    sqlite3_stmt *q = db_use(&s->db, DB_LOG_PAGE);
    db_bind_u64(q, 1, ask->cursor);
    if (!nobody(&ask->device))
        db_bind_blob(q, 2, ask->device.b, sizeof ask->device.b);
    db_bind_u64(q, 3, ROWS_ASKED);
    return list(s, q, log_row, text, len, next);
}

static enum status page(struct store *s, enum db_stmt which,
    void (*line)(struct json *, sqlite3_stmt *, struct store *), uint64_t cursor,
    struct room text, size_t *len, uint64_t *next)
{
    sqlite3_stmt *q = db_use(&s->db, which);
    db_bind_u64(q, 1, cursor);
    db_bind_u64(q, 2, ROWS_ASKED);
    return list(s, q, line, text, len, next);
}

enum status look_list_releases(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next)
{
    return page(s, DB_RELEASE_PAGE, release_line, cursor, text, len, next);
}

enum status look_list_offers(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next)
{
    return page(s, DB_OFFER_PAGE, offer_line, cursor, text, len, next);
}

enum status look_list_events(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next)
{
    return page(s, DB_EVENT_PAGE, event_line, cursor, text, len, next);
}

static void user_line(struct json *j, sqlite3_stmt *q, struct store *s)
{
    (void)s;
    json_object(j);
    key_str(j, "name", (const char *)sqlite3_column_text(q, 1));
    key_u64(j, "added_utc_ms", db_u64(q, 2));
    key_u64(j, "sessions", db_u64(q, 3));
    json_object_end(j);
}

enum status look_list_users(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next)
{
    return page(s, DB_USER_PAGE, user_line, cursor, text, len, next);
}

enum status look_status(struct store *s, struct room text, size_t *len)
{
    static const char *const names[] = {"devices", "batches", "readings", "lost",
        "quarantined", "clones", "events", "people"};
    sqlite3_stmt *q = db_use(&s->db, DB_TOTALS);
    struct json j = json_over(text);

    if (db_row(q) != OK)
        return BROKEN;
    json_object(&j);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        key_u64(&j, names[i], db_u64(q, (int)i));
    db_done(q);
    key_hex(&j, "store_id", BYTES_OF(s->db.store.b));
    key_u64(&j, "now_utc_ms", store_utc_ms(s));
    key_str(&j, "separation", s->reduced ? "reduced" : "full");
    json_object_end(&j);
    *len = j.w.len;
    return json_done(&j) ? OK : FULL;
}

enum status look_receipt(
    struct store *s, const struct device_id *device, struct room text, size_t *len)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_RECEIPT);
    struct json j = json_over(text);

    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    enum status st = db_row(q);
    if (st != OK)
        return st == AGAIN ? REFUSED : st;
    json_object(&j);
    key_device(&j, q, 0);
    key_hex(&j, "order", blob(q, 1));
    key_u64(&j, "ordered_utc_ms", db_u64(q, 2));
    key_column(&j, "received_utc_ms", q, 4);
    key_column(&j, "readings_gone", q, 5);
    key_hex(&j, "envelope", blob(q, 3));
    json_object_end(&j);
    db_done(q);
    *len = j.w.len;
    return json_done(&j) ? OK : FULL;
}

/* ---- content ---- */

struct entry {
    uint64_t utc_ms;
    uint32_t order; /* as read: by device, epoch, seq, index */
    uint8_t content[CONTENT_LEN];
};

struct entries {
    struct entry *at;
    size_t count, cap;
};

static enum status add_entry(struct entries *e, const struct batch *b, uint16_t index)
{
    if (e->count == LOOK_CONTENT_MAX)
        return FULL;
    if (e->count == e->cap) {
        size_t cap = e->cap ? e->cap * 2 : 1024;
        struct entry *more = realloc(e->at, cap * sizeof *more);
        if (!more)
            return BROKEN;
        e->at = more;
        e->cap = cap;
    }
    struct entry *x = &e->at[e->count];
    content_of(b, index, x->content);
    x->utc_ms = 0;
    for (int i = 0; i < 8; i++)
        x->utc_ms = x->utc_ms << 8 | x->content[i];
    x->order = (uint32_t)e->count++;
    return OK;
}

static int by_time(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->utc_ms != y->utc_ms)
        return x->utc_ms < y->utc_ms ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static enum status read_entries(
    struct store *s, const struct device_id *device, struct entries *e)
{
    enum status st;

    TRY(db_settle(&s->db));
    sqlite3_stmt *q = db_use(&s->db, DB_BATCH_BODIES);
    if (!nobody(device))
        db_bind_blob(q, 1, device->b, sizeof device->b);
    while ((st = db_row(q)) == OK) {
        if (batch_parse(blob(q, 0), &s->batch) != OK) {
            db_done(q);
            return DAMAGED;
        }
        for (uint16_t i = 0; st == OK && i < s->batch.record_count; i++)
            st = add_entry(e, &s->batch, i);
        if (st != OK)
            break;
    }
    db_done(q);
    return st == AGAIN ? OK : st;
}

enum status look_content(
    struct store *s, const struct device_id *device, struct room text, size_t *len)
{
    struct entries e = {0};
    struct digest digest = {0};
    struct json j = json_over(text);

    enum status st = read_entries(s, device, &e);
    if (st == OK) {
        if (e.count)
            qsort(e.at, e.count, sizeof *e.at, by_time);
        uint8_t *flat =
            (uint8_t *)e.at; /* packed over itself: content is at the end of each */
        for (size_t i = 0; i < e.count; i++) {
            uint8_t one[CONTENT_LEN];
            memcpy(one, e.at[i].content, sizeof one);
            memcpy(flat + i * CONTENT_LEN, one, sizeof one);
        }
        st = s->crypto->sha256(
            s->crypto->board, (struct bytes){flat, e.count * CONTENT_LEN}, &digest);
    }
    free(e.at);
    if (st != OK)
        return st;
    json_object(&j);
    key_u64(&j, "readings", e.count);
    key_hex(&j, "content", BYTES_OF(digest.b));
    json_object_end(&j);
    *len = j.w.len;
    return json_done(&j) ? OK : FULL;
}
