/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/people.h"

#include "cloud/store/rig.h"
#include "tests/support/check.h"

#include <poll.h>
#include <time.h>

static struct people people;

static void run(struct worker *w, struct worker_job *job)
{
    CHECK(worker_put(w, job) == OK);
    for (;;) {
        struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};
        if (poll(&p, 1, 20000) <= 0)
            abort();
        if (worker_take(w, job) == OK)
            return;
    }
}

static void add_person(
    struct rig *r, struct worker *w, const char *name, const char *password)
{
    struct worker_job job = {.salt = {1, 2, 3}};
    snprintf(job.name, sizeof job.name, "%s", name);
    snprintf(job.password, sizeof job.password, "%s", password);
    run(w, &job);
    CHECK(job.ok && strncmp(job.hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    CHECK(job.password[0] == 0); /* wiped once it was used */
    rig_must(db_begin(&r->store.db));
    CHECK(people_add(&people, &job) == OK);
    CHECK(people_add(&people, &job) == REFUSED); /* the name is taken */
    rig_must(db_commit(&r->store.db));
}

static enum status sign_in(struct rig *r, struct worker *w, const char *name,
    const char *password, struct session_token *token, uint32_t *wait_s)
{
    struct door_sign_in ask = {{0}, {0}};
    struct worker_job job;
    snprintf(ask.name, sizeof ask.name, "%s", name);
    snprintf(ask.password, sizeof ask.password, "%s", password);
    enum status s = people_check(&people, &ask, &job, wait_s);
    if (s != OK)
        return s;
    run(w, &job);
    rig_must(db_begin(&r->store.db));
    s = people_signed_in(&people, &job, token);
    rig_must(db_commit(&r->store.db));
    return s;
}

static enum status session(struct rig *r, const struct session_token *token)
{
    rig_must(db_begin(&r->store.db));
    enum status s = people_session(&people, token);
    rig_must(db_commit(&r->store.db));
    return s;
}

static void test_session_needs_the_password_and_ends_idle_at_last_and_by_sign_out(void)
{
    struct rig *r = rig_new();
    struct worker *w = NULL;
    struct session_token a = {{0}}, b = {{0}}, zero = {{0}};
    uint32_t wait_s = 0;

    CHECK(worker_new(&w) == OK);
    people_init(&people, &r->store);
    add_person(r, w, "nurse", "correct horse");
    CHECK(sign_in(r, w, "nurse", "correct hors", &a, &wait_s) == REFUSED);
    CHECK(sign_in(r, w, "nobody", "correct horse", &a, &wait_s) == REFUSED);
    CHECK(session(r, &zero) == REFUSED);
    CHECK(sign_in(r, w, "nurse", "correct horse", &a, &wait_s) == OK);
    CHECK(sign_in(r, w, "nurse", "correct horse", &b, &wait_s) == OK);
    CHECK(memcmp(&a, &b, sizeof a) != 0);
    CHECK(session(r, &a) == OK);
    a.b[31] ^= 1;
    CHECK(session(r, &a) == REFUSED);
    a.b[31] ^= 1;
    /* the token itself is not in the database */
    sqlite3_stmt *q = db_use(&r->store.db, DB_SESSION);
    db_bind_blob(q, 1, a.b, sizeof a.b);
    CHECK(db_row(q) == AGAIN);
    CHECK(people_sign_out(&people, &b) == OK && session(r, &b) == REFUSED);
    for (int i = 0; i < 20; i++) { /* in use: it lives on */
        r->utc_ms += SESSION_IDLE_MS - 1000;
        CHECK(session(r, &a) == OK);
    }
    r->utc_ms += SESSION_IDLE_MS + 1000;
    CHECK(session(r, &a) == REFUSED);
    CHECK(sign_in(r, w, "nurse", "correct horse", &a, &wait_s) == OK);
    for (uint64_t used = 0; used <= SESSION_MOST_MS; used += SESSION_IDLE_MS - 1000) {
        CHECK(session(r, &a) == OK);
        r->utc_ms += SESSION_IDLE_MS - 1000;
    }
    CHECK(session(r, &a) == REFUSED); /* however much in use */
    worker_free(w);
    rig_free(r);
}

static enum status remove_person(struct rig *r, const char *name)
{
    struct door_user_remove ask = {{0}};

    snprintf(ask.name, sizeof ask.name, "%s", name);
    rig_must(db_begin(&r->store.db));
    enum status s = people_remove(&people, &ask);
    rig_must(db_commit(&r->store.db));
    return s;
}

/* Req: HF-STORE-007 "their sessions shall end with them" */
static void test_who_is_removed_has_no_session_any_more_and_gets_none(void)
{
    struct rig *r = rig_new();
    struct worker *w = NULL;
    struct session_token a = {{0}}, b = {{0}}, other = {{0}}, late = {{0}};
    struct door_sign_in ask = {"nurse", "correct horse"};
    struct worker_job job;
    uint32_t wait_s = 0;

    CHECK(worker_new(&w) == OK);
    people_init(&people, &r->store);
    add_person(r, w, "relief", "battery staple");
    add_person(r, w, "nurse", "correct horse");
    CHECK(sign_in(r, w, "nurse", "correct horse", &a, &wait_s) == OK);
    CHECK(sign_in(r, w, "nurse", "correct horse", &b, &wait_s) == OK);
    CHECK(sign_in(r, w, "relief", "battery staple", &other, &wait_s) == OK);
    CHECK(remove_person(r, "nobody") == REFUSED && session(r, &a) == OK);
    CHECK(people_check(&people, &ask, &job, &wait_s) == OK); /* under way */
    CHECK(remove_person(r, "nurse") == OK);
    CHECK(session(r, &a) == REFUSED && session(r, &b) == REFUSED);
    CHECK(session(r, &other) == OK);
    CHECK(
        rig_count(r, "SELECT count(*) FROM event WHERE code = 'person.removed'") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM session") == 1);
    add_person(r, w, "nurse", "another horse"); /* who has her number, too */
    run(w, &job);
    rig_must(db_begin(&r->store.db));
    CHECK(job.ok && people_signed_in(&people, &job, &late) == REFUSED);
    rig_must(db_commit(&r->store.db));
    CHECK(session(r, &late) == REFUSED);
    CHECK(sign_in(r, w, "nurse", "correct horse", &a, &wait_s) == REFUSED);
    CHECK(sign_in(r, w, "nurse", "another horse", &a, &wait_s) == OK);
    CHECK(remove_person(r, "nurse") == OK && remove_person(r, "relief") == OK);
    CHECK(rig_count(r, "SELECT count(*) FROM person") == 0);
    worker_free(w);
    rig_free(r);
}

static void test_failures_delay_a_name_known_or_not_and_lock_nobody_out(void)
{
    struct rig *r = rig_new();
    struct worker *w = NULL;
    struct session_token t;
    static const char *const names[] = {"nurse", "no such person"};

    CHECK(worker_new(&w) == OK);
    people_init(&people, &r->store);
    add_person(r, w, "nurse", "correct horse");
    for (size_t n = 0; n < 2; n++) {
        uint32_t wait_s = 0, most = 0;
        for (int i = 0; i < PEOPLE_FREE_TRIES; i++)
            CHECK(sign_in(r, w, names[n], "wrong", &t, &wait_s) == REFUSED);
        CHECK(sign_in(r, w, names[n], "correct horse", &t, &wait_s) == AGAIN
            && wait_s == 1);
        for (int i = 0; i < 10; i++) {
            while (sign_in(r, w, names[n], "wrong", &t, &wait_s) == AGAIN) {
                most = wait_s > most ? wait_s : most;
                r->mono_ms += wait_s * 1000u;
            }
        }
        CHECK(most == PEOPLE_DELAY_MAX_S);
        r->mono_ms += PEOPLE_DELAY_MAX_S * 1000;
    }
    uint32_t wait_s = 0;
    CHECK(sign_in(r, w, "nurse", "correct horse", &t, &wait_s) == OK);
    CHECK(sign_in(r, w, "nurse", "wrong", &t, &wait_s) == REFUSED); /* counted anew */
    CHECK(sign_in(r, w, "nurse", "correct horse", &t, &wait_s) == OK);
    worker_free(w);
    rig_free(r);
}

static void test_unknown_name_is_checked_against_a_hash_of_the_same_cost(void)
{
    struct worker *w = NULL;
    struct worker_job job = {.verify = true};
    struct timespec a, b;

    CHECK(strncmp(worker_nobody, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    CHECK(worker_new(&w) == OK);
    memcpy(job.hash, worker_nobody, sizeof job.hash);
    snprintf(job.password, sizeof job.password, "anything");
    clock_gettime(CLOCK_MONOTONIC, &a);
    run(w, &job);
    clock_gettime(CLOCK_MONOTONIC, &b);
    CHECK(!job.ok);
    /* a hash that does not decode would fail within microseconds */
    CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 >= 3);
    worker_free(w);
}

static void test_queue_of_the_worker_is_bounded(void)
{
    struct worker *w = NULL;
    struct worker_job job = {.verify = true};
    int taken = 0;

    CHECK(worker_new(&w) == OK);
    memcpy(job.hash, worker_nobody, sizeof job.hash);
    for (int i = 0; i < 50; i++)
        taken += worker_put(w, &job) == OK;
    CHECK(taken == WORKER_QUEUE);
    worker_free(w);
}

MAIN(TEST(test_session_needs_the_password_and_ends_idle_at_last_and_by_sign_out),
    TEST(test_who_is_removed_has_no_session_any_more_and_gets_none),
    TEST(test_failures_delay_a_name_known_or_not_and_lock_nobody_out),
    TEST(test_unknown_name_is_checked_against_a_hash_of_the_same_cost),
    TEST(test_queue_of_the_worker_is_bounded))
