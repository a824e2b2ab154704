/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/people.h"

#include "cloud/store/events.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void people_init(struct people *p, struct store *s)
{
    memset(p, 0, sizeof *p);
    p->s = s;
}

static struct throttle *throttle_of(struct people *p, const char *name)
{
    struct digest d = {0};
    struct bytes in = {(const uint8_t *)name, strlen(name)};
    if (p->s->crypto->sha256(p->s->crypto->board, in, &d) != OK)
        return &p->throttles[0];
    return &p->throttles[((uint32_t)d.b[0] << 8 | d.b[1]) % THROTTLES];
}

static void failed(struct people *p, const char *name)
{
    struct throttle *t = throttle_of(p, name);
    uint64_t delay_s = 1;

    if (++t->failures < PEOPLE_FREE_TRIES)
        return;
    for (uint32_t i = PEOPLE_FREE_TRIES;
         i < t->failures && delay_s < PEOPLE_DELAY_MAX_S; i++)
        delay_s *= 2;
    if (delay_s > PEOPLE_DELAY_MAX_S)
        delay_s = PEOPLE_DELAY_MAX_S;
    t->until_ms = store_mono_ms(p->s) + delay_s * 1000;
}

enum status people_check(struct people *p, const struct door_sign_in *ask,
    struct worker_job *job, uint32_t *retry_after_s)
{
    const struct throttle *t = throttle_of(p, ask->name);
    uint64_t now = store_mono_ms(p->s);

    if (t->until_ms > now) {
        *retry_after_s = (uint32_t)((t->until_ms - now + 999) / 1000);
        return AGAIN;
    }
    memset(job, 0, sizeof *job);
    job->verify = true;
    snprintf(job->name, sizeof job->name, "%s", ask->name);
    snprintf(job->password, sizeof job->password, "%s", ask->password);
    memcpy(job->hash, worker_nobody, sizeof job->hash);
    sqlite3_stmt *q = db_use(&p->s->db, DB_USER);
    db_bind_text(q, 1, ask->name);
    enum status s = db_row(q);
    if (s == OK) {
        job->tag[1] = db_u64(q, 0);
        db_text(q, 1, job->hash, sizeof job->hash);
        db_done(q);
    }
    return s == BROKEN ? BROKEN : OK;
}

static enum status digest_of(
    const struct people *p, const struct session_token *t, struct digest *d)
{
    return p->s->crypto->sha256(p->s->crypto->board, BYTES_OF(t->b), d);
}

static enum status new_session(
    struct people *p, uint64_t person, struct session_token *token)
{
    struct digest d;
    TRY(p->s->entropy->fill(p->s->entropy->board, ROOM_OF(token->b)));
    TRY(digest_of(p, token, &d));
    sqlite3_stmt *q = db_use(&p->s->db, DB_SESSION_ADD);
    db_bind_blob(q, 1, d.b, sizeof d.b);
    db_bind_u64(q, 2, person);
    db_bind_u64(q, 3, store_utc_ms(p->s));
    return db_run(q);
}

/* The one whose hash was verified: not removed meanwhile, not another of that name. */
static bool still_there(struct people *p, const struct worker_job *job)
{
    char hash[WORKER_HASH];
    sqlite3_stmt *q = db_use(&p->s->db, DB_USER);

    db_bind_text(q, 1, job->name);
    if (db_row(q) != OK)
        return false;
    db_text(q, 1, hash, sizeof hash);
    bool same = db_u64(q, 0) == job->tag[1] && strcmp(hash, job->hash) == 0;
    db_done(q);
    wipe(hash, sizeof hash);
    return same;
}

enum status people_signed_in(
    struct people *p, const struct worker_job *job, struct session_token *token)
{
    assert(p->s->db.open_txn);
    if (!job->ok || !still_there(p, job)) {
        failed(p, job->name);
        TRY(event_add(p->s, LOG_REFUSE, REASON_AUTH_BAD_PASSWORD, NULL, NULL));
        return REFUSED;
    }
    throttle_of(p, job->name)->failures = 0;
    TRY(new_session(p, job->tag[1], token));
    return event_add(p->s, LOG_INFO, REASON_AUTH_SIGNED_IN, NULL, NULL);
}

static enum status end_session(struct people *p, const struct digest *d)
{
    sqlite3_stmt *q = db_use(&p->s->db, DB_SESSION_END);
    db_bind_blob(q, 1, d->b, sizeof d->b);
    return db_run(q);
}

static enum status use_session(struct people *p, const struct digest *d, uint64_t now)
{
    sqlite3_stmt *q = db_use(&p->s->db, DB_SESSION_USED);
    db_bind_blob(q, 1, d->b, sizeof d->b);
    db_bind_u64(q, 2, now);
    return db_run(q);
}

static enum status no_session(struct people *p)
{
    TRY(event_add(p->s, LOG_REFUSE, REASON_AUTH_NO_SESSION, NULL, NULL));
    return REFUSED;
}

enum status people_session(struct people *p, const struct session_token *token)
{
    struct digest d;
    uint64_t now = store_utc_ms(p->s);

    TRY(digest_of(p, token, &d));
    sqlite3_stmt *q = db_use(&p->s->db, DB_SESSION);
    db_bind_blob(q, 1, d.b, sizeof d.b);
    enum status s = db_row(q);
    if (s != OK)
        return s == AGAIN ? no_session(p) : s;
    uint64_t created = db_u64(q, 1), used = db_u64(q, 2);
    db_done(q);
    if (now > created + SESSION_MOST_MS || now > used + SESSION_IDLE_MS) {
        TRY(end_session(p, &d));
        return no_session(p);
    }
    return now > used + 60000 ? use_session(p, &d, now) : OK;
}

enum status people_sign_out(struct people *p, const struct session_token *token)
{
    struct digest d;
    TRY(digest_of(p, token, &d));
    return end_session(p, &d);
}

enum status people_add(struct people *p, const struct worker_job *job)
{
    if (!job->ok)
        return BROKEN;
    sqlite3_stmt *q = db_use(&p->s->db, DB_USER_ADD);
    db_bind_text(q, 1, job->name);
    db_bind_text(q, 2, job->hash);
    db_bind_u64(q, 3, store_utc_ms(p->s));
    TRY(db_run(q));
    if (sqlite3_changes(p->s->db.handle) != 1)
        return REFUSED;
    return event_add(p->s, LOG_INFO, REASON_PERSON_ADDED, NULL, NULL);
}

static enum status run_on(struct people *p, enum db_stmt which, uint64_t person)
{
    sqlite3_stmt *q = db_use(&p->s->db, which);
    db_bind_u64(q, 1, person);
    return db_run(q);
}

/* Req: HF-STORE-007 "their sessions shall end with them" */
enum status people_remove(struct people *p, const struct door_user_remove *ask)
{
    assert(p->s->db.open_txn);
    sqlite3_stmt *q = db_use(&p->s->db, DB_USER);
    db_bind_text(q, 1, ask->name);
    enum status s = db_row(q);
    if (s != OK)
        return s == AGAIN ? REFUSED : s;
    uint64_t person = db_u64(q, 0);
    db_done(q);
    TRY(run_on(p, DB_SESSION_END_ALL, person));
    TRY(run_on(p, DB_USER_REMOVE, person));
    return event_add(p->s, LOG_INFO, REASON_PERSON_REMOVED, NULL, NULL);
}

enum status people_trim(struct people *p)
{
    uint64_t now = store_utc_ms(p->s);
    sqlite3_stmt *q = db_use(&p->s->db, DB_SESSION_TRIM);
    db_bind_u64(q, 1, now > SESSION_MOST_MS ? now - SESSION_MOST_MS : 0);
    db_bind_u64(q, 2, now > SESSION_IDLE_MS ? now - SESSION_IDLE_MS : 0);
    return db_run(q);
}
