/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/releases.h"

#include "cloud/store/db.h"
#include "cloud/store/piece_rule.h"
#include "wire/event.h"
#include "wire/release.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* One row in the table changed, or the ask was about nothing. */
static enum status changed(struct store *s, sqlite3_stmt *q)
{
    TRY(db_run(q));
    return sqlite3_changes(s->db.handle) == 1 ? OK : REFUSED;
}

enum status release_add(struct store *s, struct bytes statement)
{
    struct signed_release r;
    struct digest digest;
    char version[32];

    if (release_parse(statement, &r) != OK)
        return REFUSED;
    TRY(s->crypto->sha256(s->crypto->board, statement, &digest));
    (void)snprintf(version, sizeof version, "%u.%u.%u", r.release.version.major,
        r.release.version.minor, r.release.version.patch);
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_ADD);
    db_bind_blob(q, 1, digest.b, sizeof digest.b);
    db_bind_blob(q, 2, statement.at, statement.len);
    db_bind_text(q, 3, r.release.product);
    db_bind_text(q, 4, version);
    db_bind_u64(q, 5, r.release.security_version);
    db_bind_u64(q, 6, store_utc_ms(s));
    return changed(s, q);
}

enum status release_roll(struct store *s, const struct door_release_roll *ask)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_ROLL);

    db_bind_u64(q, 1, ask->release);
    db_bind_u64(q, 2, ask->percent);
    db_bind_u64(q, 3, ask->stopped);
    return changed(s, q);
}

enum status release_place(struct store *s, const struct digest *release,
    const struct device_id *device, unsigned *place)
{
    uint8_t both[sizeof release->b + sizeof device->b];
    struct digest d;

    memcpy(both, release->b, sizeof release->b);
    memcpy(both + sizeof release->b, device->b, sizeof device->b);
    TRY(s->crypto->sha256(s->crypto->board, BYTES_OF(both), &d));
    *place = ((unsigned)d.b[0] << 8 | d.b[1]) % 100;
    return OK;
}

/* What a device has settled for itself is not asked again. */
static bool settled(uint64_t code)
{
    return code == EVENT_UPDATE_CONFIRMED || code == EVENT_UPDATE_CLASS
        || code == EVENT_UPDATE_OLDER || code == EVENT_UPDATE_ROLLBACK
        || code == EVENT_UPDATE_TRIED;
}

static enum status remember(struct store *s, uint64_t row, uint64_t release)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFER_ADD);

    db_bind_u64(q, 1, row);
    db_bind_u64(q, 2, release);
    db_bind_u64(q, 3, store_utc_ms(s));
    return db_run(q);
}

struct newest {
    uint64_t id, percent, code; /* code: what this device told of it last */
    bool stopped, known;        /* known: it was offered before */
    struct digest digest;
    size_t len;
    uint8_t statement[LIMIT_RELEASE];
};

/* AGAIN: there is none. row: of the device. */
static enum status load_newest(struct store *s, uint64_t row, struct newest *out)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_NEWEST);

    db_bind_u64(q, 1, row);
    TRY(db_row(q));
    out->id = db_u64(q, 0);
    out->percent = db_u64(q, 3);
    out->stopped = db_u64(q, 4) != 0;
    out->code = db_u64(q, 5);
    out->known = sqlite3_column_type(q, 6) != SQLITE_NULL;
    out->len = (size_t)sqlite3_column_bytes(q, 2);
    bool good = db_blob(q, 1, out->digest.b, sizeof out->digest.b)
        && out->len <= sizeof out->statement;
    if (good)
        memcpy(out->statement, sqlite3_column_blob(q, 2), out->len);
    db_done(q);
    return good ? OK : BROKEN;
}

static enum status offered(
    struct store *s, const struct newest *n, const struct device_id *device, bool *yes)
{
    unsigned place = 0;

    TRY(release_place(s, &n->digest, device, &place));
    *yes = !n->stopped && place < n->percent && !settled(n->code);
    return OK;
}

enum status release_offer(struct store *s, uint64_t row, const struct device_id *device,
    struct answer *answer)
{
    struct newest n;
    bool yes = false;

    enum status got = load_newest(s, row, &n);
    if (got != OK)
        return got == AGAIN ? OK : got;
    TRY(offered(s, &n, device, &yes));
    if (!yes)
        return OK;
    memcpy(answer->release, n.statement, n.len);
    answer->release_len = (uint16_t)n.len;
    return n.known ? OK : remember(s, row, n.id);
}

static enum status load_state(struct store *s, const struct device_id *device,
    uint64_t *row, enum device_state *state)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE);

    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    TRY(db_row(q));
    *row = db_u64(q, 0);
    *state = (enum device_state)db_u64(q, 1);
    db_done(q);
    return OK;
}

enum status release_gives(
    struct store *s, const struct device_id *device, const struct digest *bundle)
{
    struct newest n;
    struct signed_release r;
    struct piece_case c = {.asked = bundle};
    uint64_t row = 0;

    enum status got = load_state(s, device, &row, &c.state);
    if (got == OK)
        got = load_newest(s, row, &n);
    if (got != OK)
        return got == AGAIN ? REFUSED : got;
    TRY(offered(s, &n, device, &c.offered));
    if (release_parse((struct bytes){n.statement, n.len}, &r) != OK)
        return BROKEN;
    c.stated = &r.release.bundle_digest;
    return piece_rule(&c) ? OK : REFUSED;
}

enum status release_is_newest(struct store *s, struct bytes statement)
{
    struct newest n;

    enum status got = load_newest(s, 0, &n);
    if (got != OK)
        return got == AGAIN ? REFUSED : got;
    return n.len == statement.len && memcmp(n.statement, statement.at, n.len) == 0
        ? OK
        : REFUSED;
}

enum status release_note(struct store *s, uint64_t row, uint8_t code)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFER_NOTE);

    db_bind_u64(q, 1, row);
    db_bind_u64(q, 2, code);
    db_bind_u64(q, 3, store_utc_ms(s));
    return db_run(q);
}
