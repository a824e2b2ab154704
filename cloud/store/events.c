/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/events.h"

#include <assert.h>

struct row {
    uint64_t now_ms, minute;
    const char *code;
    const struct device_id *device;
};

static void bind_key(sqlite3_stmt *q, const struct row *r)
{
    db_bind_u64(q, 1, r->minute);
    db_bind_text(q, 2, r->code);
    if (r->device)
        db_bind_blob(q, 3, r->device->b, sizeof r->device->b);
}

static enum status add(
    struct store *s, const struct row *r, const char *request, bool folded)
{
    sqlite3_stmt *q = db_use(&s->db, DB_EVENT_ADD);
    db_bind_u64(q, 1, r->now_ms);
    db_bind_u64(q, 2, r->minute);
    db_bind_text(q, 3, r->code);
    if (r->device)
        db_bind_blob(q, 4, r->device->b, sizeof r->device->b);
    if (request && !folded)
        db_bind_text(q, 5, request);
    db_bind_u64(q, 6, folded);
    return db_run(q);
}

static enum status fold(struct store *s, const struct row *r)
{
    sqlite3_stmt *q = db_use(&s->db, DB_EVENT_FOLD);
    bind_key(q, r);
    db_bind_u64(q, 4, r->now_ms);
    TRY(db_run(q));
    return sqlite3_changes(s->db.handle) > 0 ? OK : add(s, r, NULL, true);
}

enum status event_add(struct store *s, enum log_level level, enum reason reason,
    const struct device_id *device, const char *request)
{
    uint64_t now = store_utc_ms(s);
    struct row r = {now, now / 60000, reason_code(reason), device};
    sqlite3_stmt *q = db_use(&s->db, DB_EVENT_COUNT_OF);

    if (device)
        LOG(s->log, level, reason, F_DEV(device));
    else
        LOG(s->log, level, reason, F_NUM("n", 1));
    assert(s->db.open_txn);
    bind_key(q, &r);
    TRY(db_row(q) == OK ? OK : BROKEN);
    uint64_t all = db_u64(q, 0), each = db_u64(q, 1);
    db_done(q);
    if (each < EVENTS_EACH && all < EVENTS_MINUTE)
        return add(s, &r, request, false);
    if (all >= 2 * EVENTS_MINUTE)
        r.device = NULL; /* many devices: then one row for all of them */
    return fold(s, &r);
}

enum status events_trim(struct store *s)
{
    sqlite3_stmt *q = db_use(&s->db, DB_EVENT_TRIM);
    db_bind_u64(q, 1, EVENTS_KEPT);
    return db_run(q);
}
