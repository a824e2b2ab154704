/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/releases.h"

#include "cloud/store/db.h"
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

enum status release_offer(struct store *s, uint64_t row, const struct device_id *device,
    struct answer *answer)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_NEWEST);
    struct digest digest;
    unsigned place = 0;

    db_bind_u64(q, 1, row);
    enum status got = db_row(q);
    if (got != OK)
        return got == AGAIN ? OK : got;
    uint64_t id = db_u64(q, 0), percent = db_u64(q, 3), code = db_u64(q, 5);
    bool stopped = db_u64(q, 4) != 0, known = sqlite3_column_type(q, 6) != SQLITE_NULL;
    size_t len = (size_t)sqlite3_column_bytes(q, 2);
    bool good = db_blob(q, 1, digest.b, sizeof digest.b) && len <= LIMIT_RELEASE;
    if (good)
        memcpy(answer->release, sqlite3_column_blob(q, 2), len);
    db_done(q);
    if (!good)
        return BROKEN;
    TRY(release_place(s, &digest, device, &place));
    if (stopped || place >= percent || settled(code))
        return OK;
    answer->release_len = (uint16_t)len;
    return known ? OK : remember(s, row, id);
}

enum status release_note(struct store *s, uint64_t row, uint8_t code)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFER_NOTE);

    db_bind_u64(q, 1, row);
    db_bind_u64(q, 2, code);
    db_bind_u64(q, 3, store_utc_ms(s));
    return db_run(q);
}
