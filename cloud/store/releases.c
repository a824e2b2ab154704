/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/releases.h"

#include "cloud/store/class_rule.h"
#include "cloud/store/db.h"
#include "cloud/store/piece_rule.h"
#include "wire/event.h"
#include "wire/release.h"

#include <sqlite3.h>
#include <string.h>

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

/* What is told only of a release of the device's own class: it is checked first (core/update/judge). */
static bool of_own_class(uint64_t code)
{
    return code >= EVENT_UPDATE_TRIAL && code != EVENT_UPDATE_MALFORMED
        && code != EVENT_UPDATE_STATEMENT && code != EVENT_UPDATE_COUNTER
        && code != EVENT_UPDATE_CLASS;
}

/* ---- the newest of each class ---- */

/* Kept in memory: it is asked for with each answer, and changes with an act alone. */
static bool keep_newest(sqlite3_stmt *q, struct newest_release *out)
{
    struct signed_release r;
    struct bytes text = {sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1)};

    if (text.len > sizeof out->statement || release_parse(text, &r) != OK
        || !db_blob(q, 2, out->digest.b, sizeof out->digest.b))
        return false;
    out->id = db_u64(q, 0);
    out->percent = db_u64(q, 3);
    out->stopped = db_u64(q, 4) != 0;
    out->bundle = r.release.bundle_digest;
    memcpy(out->product, r.release.product, sizeof out->product);
    release_class_mark(out->product, out->class_mark);
    memcpy(out->statement, text.at, text.len);
    out->len = text.len;
    return true;
}

enum status releases_newest(struct store *s)
{
    struct newest_releases *n = &s->newest;
    enum status row = OK;

    if (n->loaded)
        return OK;
    n->count = 0;
    sqlite3_stmt *q = db_use(&s->db, DB_RELEASE_NEWEST);
    db_bind_u64(q, 1, LIMIT_CLASSES);
    while ((row = db_row(q)) == OK)
        if (keep_newest(q, &n->of[n->count])) /* else it is offered to nobody */
            n->count++;
    db_done(q);
    n->loaded = row == AGAIN;
    return n->loaded ? OK : row;
}

void releases_changed(struct store *s)
{
    s->newest.loaded = false;
}

static size_t class_of(const struct store *s, const char *product)
{
    size_t i = 0;

    while (i < s->newest.count && strcmp(s->newest.of[i].product, product) != 0)
        i++;
    return i;
}

const struct newest_release *releases_of(const struct store *s, const char *product)
{
    size_t i = class_of(s, product);
    return i < s->newest.count ? &s->newest.of[i] : NULL;
}

bool releases_have_room(const struct store *s, const char *product)
{
    return s->newest.count < LIMIT_CLASSES || releases_of(s, product) != NULL;
}

/* ---- to one device ---- */

struct chosen {
    const struct newest_release *release; /* NULL: nothing is offered */
    bool known, withdrawn; /* it was offered before; that was withdrawn */
    bool other_open; /* an offer of another one is open: it must be withdrawn first */
    bool too_soon;   /* another one was just withdrawn */
};

struct seen_all {
    bool says; /* its class */
    struct class_seen of[LIMIT_CLASSES];
    uint64_t code[LIMIT_CLASSES]; /* of the newest: what was told of it last */
    bool known[LIMIT_CLASSES];
    uint64_t open[LIMIT_CLASSES], withdrawn[LIMIT_CLASSES]; /* releases; 0: none */
};

static bool just_now(const struct store *s, uint64_t ms)
{
    uint64_t now = store_utc_ms(s);

    return now >= ms && now - ms < LIMIT_WITHDRAWN_MS;
}

/* One offer to it; the latest come first. */
static void see(const struct store *s, sqlite3_stmt *q, struct seen_all *all)
{
    char product[WORD_MAX + 1];
    uint64_t release = db_u64(q, 1), code = db_u64(q, 2), ms = db_u64(q, 3);
    bool open = sqlite3_column_type(q, 2) == SQLITE_NULL;

    db_text(q, 4, product, sizeof product);
    size_t i = class_of(s, product);
    if (i == s->newest.count)
        return;
    struct class_seen *c = &all->of[i];
    if (s->newest.of[i].id == release) {
        all->known[i] = true;
        all->code[i] = code;
        c->doubted = code != 0 && !of_own_class(code);
    }
    if (open && all->open[i] == 0)
        all->open[i] = release;
    if (!open && code == OFFER_WITHDRAWN && just_now(s, ms) && all->withdrawn[i] == 0)
        all->withdrawn[i] = release;
    if (of_own_class(code) && ms > c->own_ms)
        c->own_ms = ms;
    if (code == EVENT_UPDATE_CLASS && ms > c->other_ms)
        c->other_ms = ms;
}

static enum status see_class(struct store *s, uint64_t row, struct seen_all *all)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_CLASS);
    uint8_t mark[EVENT_ABOUT_LEN];

    db_bind_u64(q, 1, row);
    TRY(db_row(q));
    all->says = db_blob(q, 0, mark, sizeof mark);
    db_done(q);
    for (size_t i = 0; i < s->newest.count; i++)
        all->of[i].said =
            all->says && memcmp(mark, s->newest.of[i].class_mark, sizeof mark) == 0;
    return OK;
}

static enum status see_all(struct store *s, uint64_t row, struct seen_all *all)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFERS_SEEN);
    enum status got = OK;

    TRY(see_class(s, row, all));
    db_bind_u64(q, 1, row);
    while ((got = db_row(q)) == OK)
        see(s, q, all);
    db_done(q);
    return got == AGAIN ? OK : got;
}

static enum status judge(
    struct store *s, const struct device_id *device, size_t i, struct seen_all *all)
{
    const struct newest_release *n = &s->newest.of[i];
    unsigned place = 0;

    TRY(release_place(s, &n->digest, device, &place));
    all->of[i].offered = !n->stopped && place < n->percent && !settled(all->code[i]);
    all->of[i].last = all->open[i] != 0 || all->withdrawn[i] != 0;
    return OK;
}

/* Why this device keeps class i from its end; REASON_COUNT: it does not. */
static enum status holds(struct store *s, uint64_t row, size_t i, enum reason *why)
{
    struct seen_all all;

    memset(&all, 0, sizeof all);
    TRY(see_all(s, row, &all));
    *why = class_own(all.of, s->newest.count, all.says) == i ? REASON_RELEASE_IN_USE
        : all.open[i] != 0 || all.withdrawn[i] != 0          ? REASON_RELEASE_OFFERED
                                                             : REASON_COUNT;
    return OK;
}

enum status releases_device_of(
    struct store *s, const char *product, struct device_id *out, enum reason *why)
{
    sqlite3_stmt *q = db_use(&s->db, DB_CLASS_OFFERED);
    size_t i = class_of(s, product);
    enum status got = OK;

    *why = REASON_COUNT;
    db_bind_text(q, 1, product);
    db_bind_blob(q, 2, s->newest.of[i].class_mark, EVENT_ABOUT_LEN);
    while (*why == REASON_COUNT && (got = db_row(q)) == OK) {
        got = db_blob(q, 1, out->b, sizeof out->b) ? holds(s, db_u64(q, 0), i, why)
                                                   : DAMAGED;
        if (got != OK)
            break;
    }
    db_done(q);
    return got;
}

/* row and id of one device. */
static enum status choose(
    struct store *s, uint64_t row, const struct device_id *device, struct chosen *out)
{
    struct seen_all all;

    memset(out, 0, sizeof *out);
    TRY(releases_newest(s));
    size_t count = s->newest.count;
    if (count == 0)
        return OK;
    memset(&all, 0, sizeof all);
    TRY(see_all(s, row, &all));
    for (size_t i = 0; i < count; i++)
        TRY(judge(s, device, i, &all));
    size_t is = class_rule(all.of, count, all.says);
    if (is < count) {
        out->release = &s->newest.of[is];
        out->known = all.known[is];
        out->withdrawn = all.known[is] && all.withdrawn[is] == out->release->id;
    }
    uint64_t id = out->release ? out->release->id : 0;
    for (size_t i = 0; i < count; i++) {
        out->other_open |= all.open[i] != 0 && all.open[i] != id;
        out->too_soon |= all.withdrawn[i] != 0 && all.withdrawn[i] != id;
    }
    return OK;
}

/* Req: HF-UPD-008 "a stop shall reach every device that has not started the release" */
static enum status withdraw(struct store *s, uint64_t row, uint64_t but)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFER_WITHDRAW);

    db_bind_u64(q, 1, row);
    db_bind_u64(q, 2, but);
    db_bind_u64(q, 3, store_utc_ms(s));
    return db_run(q);
}

enum status release_offer(struct store *s, uint64_t row, const struct device_id *device,
    struct answer *answer)
{
    struct chosen c;

    TRY(choose(s, row, device, &c));
    if (c.other_open)
        return withdraw(s, row, c.release ? c.release->id : 0);
    if (!c.release || c.too_soon)
        return OK;
    memcpy(answer->release, c.release->statement, c.release->len);
    answer->release_len = (uint16_t)c.release->len;
    return !c.known || c.withdrawn ? remember(s, row, c.release->id) : OK;
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
    struct chosen chosen;
    struct piece_case c = {.asked = bundle};
    uint64_t row = 0;

    enum status got = load_state(s, device, &row, &c.state);
    if (got != OK)
        return got == AGAIN ? REFUSED : got;
    TRY(choose(s, row, device, &chosen));
    for (size_t i = 0; i < s->newest.count; i++) {
        const struct newest_release *n = &s->newest.of[i];
        c.offered = chosen.release == n && !chosen.other_open && !chosen.too_soon;
        c.stated = &n->bundle;
        if (piece_rule(&c))
            return OK;
    }
    return REFUSED;
}

enum status release_is_newest(struct store *s, struct bytes statement, uint64_t *id)
{
    TRY(releases_newest(s));
    for (size_t i = 0; i < s->newest.count; i++) {
        const struct newest_release *n = &s->newest.of[i];
        if (n->len == statement.len
            && memcmp(n->statement, statement.at, n->len) == 0) {
            *id = n->id;
            return OK;
        }
    }
    return REFUSED;
}

static bool is_about(const struct event *e, struct bytes statement)
{
    struct signed_release r;

    return e->has_about && release_parse(statement, &r) == OK
        && memcmp(r.release.bundle_digest.b, e->about, sizeof e->about) == 0;
}

/* AGAIN: it is about none that this device was offered. */
static enum status offer_about(
    struct store *s, uint64_t row, const struct event *e, uint64_t *offer)
{
    sqlite3_stmt *q = db_use(&s->db, DB_OFFERS_OF);
    enum status got = OK;
    bool found = false;

    db_bind_u64(q, 1, row);
    while (!found && (got = db_row(q)) == OK) {
        *offer = db_u64(q, 0);
        found = is_about(e,
            (struct bytes){
                sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1)});
    }
    db_done(q);
    return found ? OK : got;
}

/* Req: HF-UPD-016 "kept with the offer of the release that it names" */
enum status release_note(struct store *s, uint64_t row, const struct event *e)
{
    uint64_t offer = 0;

    enum status got = offer_about(s, row, e, &offer);
    if (got != OK)
        return got == AGAIN ? OK : got;
    sqlite3_stmt *q = db_use(&s->db, DB_OFFER_NOTE);
    db_bind_u64(q, 1, offer);
    db_bind_u64(q, 2, e->code);
    db_bind_u64(q, 3, store_utc_ms(s));
    return db_run(q);
}

const char *releases_class(const struct store *s, const uint8_t mark[EVENT_ABOUT_LEN])
{
    for (size_t i = 0; i < s->newest.count; i++)
        if (memcmp(mark, s->newest.of[i].class_mark, EVENT_ABOUT_LEN) == 0)
            return s->newest.of[i].product;
    return NULL;
}

enum status release_note_class(struct store *s, uint64_t row, const struct batch *b)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_CLASS_SET);
    bool said = false;

    db_bind_u64(q, 1, row);
    for (size_t i = 0; i < b->event_count; i++)
        if (b->events[i].code == EVENT_CLASS && b->events[i].has_about) {
            db_bind_blob(q, 2, b->events[i].about, EVENT_ABOUT_LEN);
            said = true;
        }
    return said || b->seq == 0 ? db_run(q) : OK;
}
