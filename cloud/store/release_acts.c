/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/release_acts.h"

#include "cloud/store/db.h"
#include "cloud/store/events.h"
#include "cloud/store/releases.h"
#include "core/base/hex.h"
#include "wire/service_log.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { ACT_TEXT = 128 };

/* Words and numbers, as an administrator reads them in the list of events. */
static void say(const struct release_act *a, char out[ACT_TEXT])
{
    char bundle[2 * EVENT_ABOUT_LEN + 1] = "";
    char release[32] = "", percent[16] = "", class[WORD_MAX + 8] = "";

    if (a->release != 0)
        (void)snprintf(
            release, sizeof release, "release %llu ", (unsigned long long)a->release);
    if (a->has_bundle)
        hex_of(BYTES_OF(a->bundle), (struct room){(uint8_t *)bundle, sizeof bundle});
    if (a->has_percent)
        (void)snprintf(percent, sizeof percent, "percent %u ", a->percent);
    if (a->product[0] != 0)
        (void)snprintf(class, sizeof class, "class %s ", a->product);
    (void)snprintf(out, ACT_TEXT, "%s%s%s%s%s%suid %llu", release,
        a->has_bundle ? "bundle " : "", bundle, a->has_bundle ? " " : "", percent,
        class, (unsigned long long)a->uid);
}

static enum status told(
    struct store *s, const struct release_act *a, enum log_level level)
{
    char text[ACT_TEXT];

    say(a, text);
    return event_add(s, level, a->reason, NULL, text);
}

static enum status done(struct store *s, struct release_act *a, enum reason reason)
{
    a->reason = reason;
    return told(s, a, LOG_INFO);
}

static enum status refuse(struct release_act *a, enum reason reason)
{
    a->reason = reason;
    return REFUSED;
}

/* Req: HF-UPD-018 "one that is refused with its cause" */
enum status release_refused(struct store *s, const struct release_act *a)
{
    return told(s, a, LOG_REFUSE);
}

static enum status read_statement(
    struct bytes statement, struct signed_release *r, struct release_act *a)
{
    if (release_parse(statement, r) != OK)
        return refuse(a, REASON_RELEASE_MALFORMED);
    memcpy(a->bundle, r->release.bundle_digest.b, sizeof a->bundle);
    a->has_bundle = true;
    return OK;
}

/* As a device judges it: the security version first. */
static bool is_newer(const struct release *a, const struct release *b)
{
    if (a->security_version != b->security_version)
        return a->security_version > b->security_version;
    return release_version_order(a->version, b->version) > 0;
}

/* OK: newer than all of its class, or (*again, its number) the newest one of a class that was ended. REFUSED: it
 * would end the roll-out of one that devices prefer, and that one cannot be added again. */
static enum status newest_of_class(struct store *s, struct bytes statement,
    const struct release *release, uint64_t *again)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_OF_CLASS);
    struct signed_release other;
    enum status row = OK;
    bool newer = true;

    *again = 0;
    db_bind_text(q, 1, release->product);
    while (newer && *again == 0 && (row = db_row(q)) == OK) {
        struct bytes text = {
            sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0)};
        bool ended = db_u64(q, 2) != 0;
        if (ended && text.len == statement.len
            && memcmp(text.at, statement.at, text.len) == 0)
            *again = db_u64(q, 1);
        else if (release_parse(text, &other) == OK)
            newer = is_newer(release, &other.release);
    }
    db_done(q);
    return !newer ? REFUSED : row == AGAIN ? OK : row;
}

static enum status insert(
    struct store *s, struct bytes statement, const struct release *r, uint64_t *id)
{
    struct digest digest;
    char version[32];

    TRY(s->crypto->sha256(s->crypto->board, statement, &digest));
    (void)snprintf(version, sizeof version, "%u.%u.%u", r->version.major,
        r->version.minor, r->version.patch);
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_ADD);
    db_bind_blob(q, 1, digest.b, sizeof digest.b);
    db_bind_blob(q, 2, statement.at, statement.len);
    db_bind_text(q, 3, r->product);
    db_bind_text(q, 4, version);
    db_bind_u64(q, 5, r->security_version);
    db_bind_u64(q, 6, store_utc_ms(s));
    TRY(db_run(q));
    if (sqlite3_changes(s->db.handle) != 1)
        return BROKEN;
    *id = (uint64_t)sqlite3_last_insert_rowid(s->db.handle);
    return OK;
}

/* An administrator who ended a class in error, or has it again, need not sign anew. */
static enum status take_again(struct store *s, uint64_t release)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_AGAIN);

    db_bind_u64(q, 1, release);
    return db_run(q);
}

/* Req: HF-UPD-015 "no newer than one of its class" */
/* Req: HF-UPD-018 "Each act of an administrator on a release" */
enum status release_add(
    struct store *s, struct bytes statement, struct release_act *act)
{
    struct signed_release r;
    uint64_t again = 0;

    TRY(read_statement(statement, &r, act));
    enum status newest = newest_of_class(s, statement, &r.release, &again);
    if (newest != OK)
        return newest == REFUSED ? refuse(act, REASON_RELEASE_OLDER) : newest;
    TRY(releases_newest(s));
    if (!releases_have_room(s, r.release.product)) {
        act->reason = REASON_RELEASE_CLASSES;
        return FULL;
    }
    releases_changed(s);
    act->release = again;
    TRY(again != 0 ? take_again(s, again)
                   : insert(s, statement, &r.release, &act->release));
    return done(s, act, REASON_RELEASE_ADDED);
}

enum status release_carried(struct store *s, struct release_act *act)
{
    return done(s, act, REASON_RELEASE_CARRIED);
}

/* REFUSED: no such release, not the newest of its class, or its class was ended. */
static enum status find_newest(struct store *s, struct release_act *act)
{
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE);
    struct signed_release r;

    db_bind_u64(q, 1, act->release);
    enum status row = db_row(q);
    if (row != OK)
        return row == AGAIN ? refuse(act, REASON_RELEASE_UNKNOWN) : row;
    struct bytes text = {sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0)};
    bool newest = db_u64(q, 1) != 0, ended = db_u64(q, 2) != 0;
    enum status good = read_statement(text, &r, act);
    db_done(q);
    if (good != OK)
        return DAMAGED;
    if (ended)
        return refuse(act, REASON_RELEASE_CLASS);
    return newest ? OK : refuse(act, REASON_RELEASE_SUPERSEDED);
}

enum status release_roll(
    struct store *s, const struct door_release_roll *ask, struct release_act *act)
{
    act->release = ask->release;
    act->percent = ask->percent;
    act->has_percent = !ask->stopped;
    TRY(find_newest(s, act));
    releases_changed(s);
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_ROLL);
    db_bind_u64(q, 1, ask->release);
    db_bind_u64(q, 2, ask->percent);
    db_bind_u64(q, 3, ask->stopped);
    db_bind_u64(q, 4, store_utc_ms(s));
    db_bind_u64(q, 5, act->uid);
    TRY(db_run(q));
    return done(
        s, act, ask->stopped ? REASON_RELEASE_STOPPED : REASON_RELEASE_ROLLED_OUT);
}

static enum status may_end(struct store *s, const char *product,
    struct release_act *act, struct door_class_ended *out)
{
    const struct newest_release *n = releases_of(s, product);

    if (!n)
        return refuse(act, REASON_RELEASE_UNKNOWN);
    if (!n->stopped && n->percent > 0) {
        out->release = n->id;
        return refuse(act, REASON_RELEASE_ROLLING);
    }
    struct device_id device;
    enum reason why;
    enum status found = releases_device_of(s, product, &device, &why);
    if (found != OK)
        return found == AGAIN ? OK : found;
    out->device = device;
    return refuse(act, why);
}

/* Req: HF-UPD-019 "not before a roll-out of it is stopped, every device that was offered it has answered, and none is of it" */
enum status release_end(struct store *s, const struct door_class_end *ask,
    struct release_act *act, struct door_class_ended *out)
{
    if (!log_word_holds(ask->product)) /* nor does the event name it */
        return refuse(act, REASON_RELEASE_UNKNOWN);
    memcpy(act->product, ask->product, sizeof act->product);
    TRY(releases_newest(s));
    TRY(may_end(s, ask->product, act, out));
    out->classes = s->newest.count - 1;
    releases_changed(s);
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_END);
    db_bind_text(q, 1, ask->product);
    db_bind_u64(q, 2, store_utc_ms(s));
    TRY(db_run(q));
    out->releases = (uint64_t)sqlite3_changes(s->db.handle);
    return done(s, act, REASON_RELEASE_ENDED);
}
