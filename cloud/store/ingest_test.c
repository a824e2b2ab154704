/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/rig.h"

#include "cloud/store/events.h"
#include "tests/support/check.h"
#include "wire/receipt.h"

#include <signal.h>
#include <sys/resource.h>

static struct rig_sealed sealed, other;
static struct answer answer;

static void test_batch_is_stored_once_and_answered_only_after_the_commit(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    rig_seal(r, d, rig_batch(0, 30, r->utc_ms), &sealed);
    uint32_t ticket = rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
    rig_pump(r);
    CHECK(rig_answer_to(r, ticket) == NULL); /* judged, and not yet on the disk */
    CHECK(group_commit(r->group) == OK);
    const struct rig_answer *a = rig_answer_to(r, ticket);
    CHECK(a && a->http_status == 200);
    CHECK(rig_verdict(r, d, a, &answer) == OUTCOME_STORED);
    CHECK(answer.verdicts[0].seq == 0);
    CHECK(
        memcmp(&answer.verdicts[0].digest, &sealed.digest, sizeof sealed.digest) == 0);
    CHECK(memcmp(&answer.verdicts[0].epoch, &d->sealer.epoch, sizeof d->sealer.epoch)
        == 0);
    CHECK(memcmp(&answer.store, &r->store.db.store, sizeof answer.store) == 0);
    CHECK(answer.server_utc_ms == r->utc_ms);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    CHECK(rig_count(r, "SELECT sum(readings) FROM device") == 30);
    CHECK(rig_count(r, "SELECT state FROM device WHERE batches = 1") == 2);
    CHECK(r->firsts == 1);
    rig_free(r);
}

/* Req: HF-STORE-001 "Each identity (device, epoch, sequence) shall be stored at most once." */
static void test_copies_within_and_between_groups_are_stored_once(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint32_t tickets[100];
    int stored = 0, already = 0;

    rig_seal(r, d, rig_batch(3, 20, r->utc_ms), &sealed);
    for (int i = 0; i < 100; i++) {
        tickets[i] = rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
        if (i % 7 == 3)
            rig_pump(r);
        if (i % 13 == 5)
            CHECK(group_commit(r->group) == OK);
    }
    rig_pump(r);
    CHECK(group_commit(r->group) == OK);
    for (int i = 0; i < 100; i++) {
        int v = rig_verdict(r, d, rig_answer_to(r, tickets[i]), &answer);
        stored += v == OUTCOME_STORED;
        already += v == OUTCOME_ALREADY;
    }
    CHECK(stored == 1 && already == 99);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    CHECK(rig_count(r, "SELECT sum(readings) FROM device") == 20);
    CHECK(r->firsts == 1);
    rig_free(r);
}

static void test_same_sequence_of_another_epoch_or_device_is_another_batch(void)
{
    struct rig *r = rig_new();

    for (int i = 0; i < 3; i++) {
        struct rig_device *d = &r->devices[i == 2];
        rig_seal(r, d, rig_batch(9, 10, r->utc_ms), &sealed);
        CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
        rig_new_epoch(r, d);
    }
    CHECK(rig_count(r, "SELECT count(*) FROM batch WHERE seq = 9") == 3);
    CHECK(rig_count(r, "SELECT count(*) FROM epoch") == 3);
    rig_free(r);
}

/* Sequences in any order, of two epochs by turns, over a restart: each is stored, and then each is
 * there; whatever was indexed in between. */
static void test_any_order_of_sequences_and_epochs_is_stored_once(void)
{
    static struct rig_sealed all[2][24];
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    for (size_t e = 0; e < 2; e++) {
        for (uint32_t i = 0; i < 24; i++)
            rig_seal(r, d, rig_batch(i, 3, r->utc_ms), &all[e][i]);
        rig_new_epoch(r, d);
    }
    for (int round = 0; round < 3; round++) {
        for (uint32_t n = 0; n < 48; n++) {
            uint32_t at =
                n * 29 % 48; /* each once, now up, now down, now the other epoch */
            int v = rig_verdict(r, d, rig_send(r, d, &all[at % 2][at / 2]), &answer);
            CHECK(v == (round ? OUTCOME_ALREADY : OUTCOME_STORED));
            if (n % 11 == 5)
                CHECK(db_settle(&r->store.db) == OK);
        }
        CHECK(group_commit(r->group) == OK);
        CHECK(rig_count(r, "SELECT count(*) FROM batch") == 48);
        CHECK(rig_count(r, "SELECT max(last_seq) FROM device") == 23);
        rig_close(r);
        rig_open(r);
    }
    CHECK(rig_count(r, "SELECT batches FROM device WHERE id = 1") == 48);
    rig_free(r);
}

static void test_batches_are_indexed_many_at_a_time(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    for (uint32_t i = 0; i < DB_SETTLE_EACH + 3; i++) {
        if (i % 1000 == 999)
            r->mono_ms += 4000; /* within what one device may send */
        rig_seal(r, d, rig_batch(i, 1, r->utc_ms), &sealed);
        (void)rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
        rig_pump(r);
        r->answer_count = 0;
    }
    CHECK(group_commit(r->group) == OK);
    CHECK(rig_count(r, "SELECT count(*) FROM identity") == DB_SETTLE_EACH);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == DB_SETTLE_EACH + 3);
    rig_free(r);
}

static void test_other_content_of_one_identity_is_a_conflict_and_may_be_a_clone(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct batch *b = rig_batch(1, 10, r->utc_ms);

    rig_seal(r, d, b, &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    rig_seal(r, d, b, &other); /* sealed again: other bytes, the same content */
    const struct rig_answer *a = rig_send(r, d, &other);
    CHECK(a->http_status == 409 && rig_verdict(r, d, a, &answer) == OUTCOME_CONFLICT);
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 0);
    b->records[4].spo2.v--;
    rig_seal(r, d, b, &other);
    CHECK(rig_verdict(r, d, rig_send(r, d, &other), &answer) == OUTCOME_CONFLICT);
    CHECK(memcmp(&answer.verdicts[0].digest, &other.digest, sizeof other.digest) == 0);
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM quarantine") == 2);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'batch.clone'") == 1);
    /* the original stands, and is still known */
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_ALREADY);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    rig_free(r);
}

static void test_quarantine_is_bounded_in_copies_and_bytes(void)
{
    static const struct {
        const char *what;
        uint16_t records;
        uint64_t copies;
    } rows[] = {
        {"by copies", 2, LIMIT_QUARANTINE_COPIES},
        {"by copies, large batches", 600, LIMIT_QUARANTINE_COPIES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = rig_new();
        struct rig_device *d = &r->devices[0];
        for (int n = 0; n < LIMIT_QUARANTINE_COPIES + 20; n++) {
            struct batch *b = rig_batch(1, rows[i].records, r->utc_ms);
            b->lost_count = (uint32_t)n;
            rig_seal(r, d, b, &sealed);
            CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer)
                == (n ? OUTCOME_CONFLICT : OUTCOME_STORED));
        }
        CHECK(rig_count(r, "SELECT count(*) FROM quarantine") == rows[i].copies);
        CHECK(rig_count(r, "SELECT max(copy_bytes) FROM device")
            <= LIMIT_QUARANTINE_BYTES);
        rig_free(r);
    }
}

/* Req: HF-STORE-002 "A device's certificate shall not store another device's envelope." */
static void test_envelope_certificate_and_path_must_name_one_device(void)
{
    static const struct {
        const char *what;
        int envelope, peer, path;
        const char *code;
    } rows[] = {
        {"B's envelope by A's certificate on A's path", 1, 0, 0, "authz.peer"},
        {"B's envelope by A's certificate on B's path", 1, 0, 1, "authz.path"},
        {"A's envelope by A's certificate on B's path", 0, 0, 1, "authz.path"},
        {"A's envelope by B's certificate on A's path", 0, 1, 0, "authz.path"},
        {"A's envelope by B's certificate on B's path", 0, 1, 1, "authz.peer"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = rig_new();
        char sql[96];
        rig_seal(r, &r->devices[rows[i].envelope], rig_batch(0, 5, r->utc_ms), &sealed);
        uint32_t t = rig_offer(r, &r->devices[rows[i].peer].kid.device,
            &r->devices[rows[i].path].kid.device, &sealed);
        CHECK(r->ask_count == 0); /* keys is not even asked */
        CHECK(group_commit(r->group) == OK);
        const struct rig_answer *a = rig_answer_to(r, t);
        CHECK(a && a->http_status == 403 && a->len == 0);
        CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE code = '%s'",
            rows[i].code);
        CHECK(rig_count(r, sql) == 1);
        rig_free(r);
    }
}

/* Req: HF-STORE-003 "Only a device in an active state shall have its batches stored." */
static void test_no_batch_of_a_revoked_device_is_stored_whatever_is_cached(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(device_revoke(&r->store, &d->kid.device) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    rig_seal(r, d, rig_batch(1, 5, r->utc_ms), &other);
    const struct rig_answer *a = rig_send(r, d, &other);
    CHECK(a->http_status == 403 && a->len == 0);
    CHECK(rig_send(r, d, &sealed)->http_status == 403);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'authz.state'") == 2);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(device_revoke(&r->store, &d->kid.device) == REFUSED);
    db_rollback(&r->store.db);
    CHECK(device_admit(&r->store, &d->kid.device) == REFUSED);
    CHECK(device_admit(&r->store, &r->devices[1].kid.device) == OK);
    rig_free(r);
}

static void test_unknown_device_and_a_generation_that_was_never_agreed_are_refused(void)
{
    struct rig *r = rig_new();
    struct rig_device ghost = r->devices[0];

    for (int i = 0; i < 2; i++) {
        if (i == 0)
            ghost.kid.device.b[3] ^= 1;
        else
            ghost.kid = (struct kid){r->devices[0].kid.device, 2};
        rig_new_epoch(r, &ghost);
        rig_seal(r, &ghost, rig_batch(0, 5, r->utc_ms), &sealed);
        const struct rig_answer *a = rig_send(r, &ghost, &sealed);
        CHECK(a && a->http_status == (i == 0 ? 403 : 401) && a->len == 0);
    }
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
    CHECK(rig_count(r, "SELECT max(generation) FROM device") == 1);
    rig_free(r);
}

static void test_batch_outside_its_schema_is_refused_whole_with_a_sealed_verdict(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    static uint8_t plain[LIMIT_BATCH];
    size_t len = 0;

    CHECK(batch_build(rig_batch(300, 20, r->utc_ms), ROOM_OF(plain), &len) == OK);
    plain[len++] = 0; /* one byte too much */
    rig_seal_plain(r, d, (struct bytes){plain, len}, &sealed);
    const struct rig_answer *a = rig_send(r, d, &sealed);
    CHECK(a->http_status == 422 && rig_verdict(r, d, a, &answer) == OUTCOME_SCHEMA);
    CHECK(answer.verdicts[0].seq == 300);
    CHECK(
        memcmp(&answer.verdicts[0].digest, &sealed.digest, sizeof sealed.digest) == 0);
    static const uint8_t junk[] = "no batch at all";
    rig_seal_plain(r, d, BYTES_OF(junk), &sealed);
    a = rig_send(r, d, &sealed);
    CHECK(a->http_status == 422 && a->len == 0); /* it names no sequence */
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'schema.batch'") == 2);
    rig_free(r);
}

static void test_envelope_that_does_not_open_is_401_and_leaves_no_key_behind(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct rig_device liar = *d;

    liar.up = r->devices[1].up; /* B's kid under another key */
    rig_new_epoch(r, &liar);
    rig_seal(r, &liar, rig_batch(0, 5, r->utc_ms), &sealed);
    const struct rig_answer *a = rig_send(r, d, &sealed);
    CHECK(a->http_status == 401 && a->len == 0);
    CHECK(key_cache_find(r->store.cache, &d->kid) == NULL);
    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    sealed.bytes[sealed.len - 1] ^= 1; /* the last byte of the tag alone */
    CHECK(rig_send(r, d, &sealed)->http_status == 401);
    sealed.bytes[sealed.len - 1] ^= 1;
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'envelope.refused'")
        == 2);
    rig_free(r);
}

static void test_bytes_that_are_no_envelope_are_400_at_every_length(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    int asked = 0;

    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    size_t whole = sealed.len;
    for (sealed.len = 1; sealed.len < whole; sealed.len += 3, asked++)
        CHECK(rig_send(r, d, &sealed)->http_status == 400);
    CHECK(rig_count(r, "SELECT sum(count) FROM event WHERE code = 'envelope.malformed'")
        == (uint64_t)asked);
    rig_free(r);
}

static void test_flood_of_epochs_waits_within_its_bound_and_stops_nobody_else(void)
{
    struct rig *r = rig_new();
    struct rig_device liar = r->devices[0];
    struct rig_device *d = &r->devices[1];
    int later = 0;

    for (int i = 0; i < 400; i++) {
        const struct entropy *e = host_entropy_port();
        CHECK(e->fill(e->board, ROOM_OF(liar.sealer.epoch.b)) == OK);
        rig_seal(r, &liar, rig_batch(0, 2, r->utc_ms), &sealed);
        uint32_t t = rig_offer(r, &liar.kid.device, &liar.kid.device, &sealed);
        const struct rig_answer *a = rig_answer_to(r, t);
        later += a && a->http_status == 503 && a->retry_after_s > 0;
    }
    CHECK(later == 400 - GROUP_WAITING_EACH);
    CHECK(r->ask_count == GROUP_WAITING_EACH);
    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    CHECK(key_cache_find(r->store.cache, &liar.kid) == NULL);
    rig_free(r);
}

static void test_without_keys_nothing_waits_and_nothing_is_acknowledged(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    r->keys_away = true;
    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_send(r, d, &sealed)->http_status == 503);
    r->keys_away = false;
    uint32_t t = rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
    r->ask_count = 0;
    group_keys_gone(r->group); /* it went while we waited */
    CHECK(rig_answer_to(r, t) && rig_answer_to(r, t)->http_status == 503);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    rig_free(r);
}

/* Req: HF-STORE-004 "A failed transaction shall acknowledge nothing." */
static void test_full_disk_is_503_for_the_whole_group_and_then_all_goes_on(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct rlimit before, small;
    uint32_t tickets[40];

    signal(SIGXFSZ, SIG_IGN);
    rig_seal(r, d, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    small = before;
    small.rlim_cur = 4096;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (uint32_t i = 0; i < 40; i++) {
        rig_seal(r, d, rig_batch(1 + i, 500, r->utc_ms), &sealed);
        tickets[i] = rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
    }
    CHECK(group_commit(r->group) == BROKEN);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    for (size_t i = 0; i < 40; i++) {
        const struct rig_answer *a = rig_answer_to(r, tickets[i]);
        CHECK(a && a->http_status == 503 && a->len == 0);
    }
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 1);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 2);
    rig_free(r);
}

static void test_newer_configuration_rides_in_the_answer_until_it_is_in_force(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct door_config_set set = {d->kid.device, 20, "Ward 3", "Europe/Berlin"};

    CHECK(db_begin(&r->store.db) == OK && device_configure(&r->store, &set) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    for (uint32_t version = 0; version < 2; version++) {
        struct batch *b = rig_batch(version, 5, r->utc_ms);
        b->config_version = version;
        rig_seal(r, d, b, &sealed);
        CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
        CHECK(answer.has_config == (version == 0));
        if (answer.has_config)
            CHECK(answer.config.version == 1 && answer.config.batch_s == 20
                && strcmp(answer.config.ward, "Ward 3") == 0);
    }
    rig_free(r);
}

/* Some M1 of the next generation; keys judges it, not store. */
static struct batch *renewing(const struct rig *r, const struct rig_device *d,
    uint32_t seq, uint32_t generation, uint8_t salt)
{
    struct batch *b = rig_batch(seq, 5, r->utc_ms);
    struct enrol_head head = {.kid = {d->kid.device, generation}, .e = {{salt}}};

    b->renews = true;
    memset(b->m1, salt, sizeof b->m1);
    enrol_head_build(&head, b->m1);
    return b;
}

static int send(struct rig *r, struct rig_device *d, const struct batch *b)
{
    rig_seal(r, d, b, &sealed);
    return rig_verdict(r, d, rig_send(r, d, &sealed), &answer);
}

static void want(struct rig *r, const struct rig_device *d)
{
    rig_must(db_begin(&r->store.db));
    rig_must(device_renew(&r->store, &d->kid.device));
    rig_must(db_commit(&r->store.db));
}

static void answer_m1(struct rig *r, const struct rig_device *d, bool ok)
{
    static uint8_t m2[100];
    struct kid next = {d->kid.device, d->kid.generation + 1};
    struct door_enrolled e = {ok, {m2, ok ? sizeof m2 : 0}};
    rig_must(db_begin(&r->store.db));
    rig_must(device_renewed(&r->store, &next, &e));
    rig_must(db_commit(&r->store.db));
}

/* As the device does when its M2 is checked and nothing is held. */
static void switch_keys(struct rig *r, struct rig_device *d)
{
    d->kid.generation++;
    rig_must(r->store.entropy->fill(r->store.entropy->board, ROOM_OF(d->up.b)));
    rig_must(r->store.entropy->fill(r->store.entropy->board, ROOM_OF(d->down.b)));
    rig_new_epoch(r, d);
}

static uint64_t events(struct rig *r, const char *code)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE code = '%s'", code);
    return rig_count(r, sql);
}

static void
test_a_renewal_is_asked_for_until_its_m1_comes_and_answered_until_it_is_used(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(answer.renew_to == 0);
    want(r, d);
    for (uint32_t i = 1; i < 3; i++) { /* an answer that is lost costs nothing */
        CHECK(send(r, d, rig_batch(i, 5, r->utc_ms)) == OUTCOME_STORED);
        CHECK(answer.renew_to == 2 && answer.m2_len == 0 && r->renewals == 0);
    }
    for (uint32_t i = 3; i < 5; i++) { /* keys did not answer the first time */
        CHECK(send(r, d, renewing(r, d, i, 2, 9)) == OUTCOME_STORED);
        CHECK(r->renewals == i - 2 && answer.m2_len == 0);
    }
    answer_m1(r, d, true);
    for (uint32_t i = 5; i < 8; i++) {
        CHECK(send(r, d, renewing(r, d, i, 2, 9)) == OUTCOME_STORED);
        CHECK(answer.renew_to == 2 && answer.m2_len == 100 && r->renewals == 2);
    }
    switch_keys(r, d);
    r->firsts = 0;
    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(answer.renew_to == 0 && answer.m2_len == 0 && r->firsts == 1);
    CHECK(rig_count(r, "SELECT max(generation) FROM device") == 2);
    CHECK(events(r, "renew.asked") == 1 && events(r, "renew.agreed") == 1
        && events(r, "renew.used") == 1);
    CHECK(events(r, "clone.renewal") == 0);
    rig_free(r);
}

/* Req: HF-KEYS-004 "the first batch under new keys closes those before" */
static void test_no_batch_under_closed_keys_is_stored_whatever_keys_still_gives(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], before = *d;

    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    want(r, d);
    switch_keys(r, d);
    CHECK(
        send(r, &before, rig_batch(1, 5, r->utc_ms)) == OUTCOME_STORED); /* open yet */
    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    uint64_t stored = rig_count(r, "SELECT count(*) FROM batch");
    rig_seal(r, &before, rig_batch(2, 5, r->utc_ms), &sealed); /* its key is cached */
    const struct rig_answer *a = rig_send(r, d, &sealed);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == stored);
    CHECK(a->http_status == 403 && a->len == 0);
    CHECK(events(r, "key.closed") == 1);
    CHECK(rig_count(r, "SELECT max(generation) FROM device") == 2);
    /* Nothing proves who sent it: it changes no device's state. */
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 0);
    rig_free(r);
}

static void test_a_restored_store_learns_the_generation_in_use_from_its_first_batch(
    void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    switch_keys(r, d); /* twice, since the copy that this store was restored from */
    switch_keys(r, d);
    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT max(generation) FROM device") == 3);
    /* A generation that keys never agreed opens nothing and moves nothing. */
    struct rig_device liar = *d;
    liar.kid.generation = 9;
    rig_new_epoch(r, &liar);
    rig_seal(r, &liar, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_send(r, d, &sealed)->http_status == 401);
    CHECK(rig_count(r, "SELECT max(generation) FROM device") == 3);
    rig_free(r);
}

static void test_a_second_m1_of_one_generation_is_a_possible_clone_and_goes_nowhere(
    void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    CHECK(send(r, d, renewing(r, d, 0, 2, 1)) == OUTCOME_STORED);
    CHECK(r->renewals == 0 && answer.renew_to == 0); /* nobody asked */
    want(r, d);
    CHECK(send(r, d, renewing(r, d, 1, 3, 1)) == OUTCOME_STORED);
    CHECK(send(r, d, renewing(r, &r->devices[1], 2, 2, 1)) == OUTCOME_STORED);
    CHECK(r->renewals == 0 && events(r, "renew.refused") == 2);
    CHECK(send(r, d, renewing(r, d, 3, 2, 1)) == OUTCOME_STORED && r->renewals == 1);
    CHECK(send(r, d, renewing(r, d, 4, 2, 7)) == OUTCOME_STORED && r->renewals == 1);
    CHECK(events(r, "clone.renewal") == 1);
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 1);
    answer_m1(r, d, false);
    CHECK(events(r, "renew.refused") == 3);
    rig_free(r);
}

static const struct rig_answer *send_receipt(
    struct rig *r, struct rig_device *d, const struct end_order *order)
{
    struct receipt receipt = {.order = *order, .readings = 7, .mono_ms = 9};
    uint8_t plain[RECEIPT_MAX];
    struct bytes p = receipt_build(&receipt, ROOM_OF(plain));

    rig_must(seal_receipt(&d->sealer, rig_crypto(r), p, ROOM_OF(sealed.bytes),
        &sealed.len, &sealed.digest));
    return rig_send(r, d, &sealed);
}

/* Req: HF-END-002 "The device ends for ever with its receipt, and only for the order it was given." */
static void test_a_device_ends_with_the_receipt_for_its_order_and_with_no_other(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct end_order none = {{0}};

    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED && !answer.ends);
    const struct rig_answer *a = send_receipt(r, d, &none); /* nobody told it to */
    CHECK(a->http_status == 401 && r->ended == 0);
    rig_must(db_begin(&r->store.db));
    CHECK(device_end(&r->store, &d->kid.device) == OK);
    CHECK(device_end(&r->store, &d->kid.device) == REFUSED); /* told already */
    rig_must(db_commit(&r->store.db));
    for (uint32_t i = 1; i < 3; i++) { /* an answer that is lost costs nothing */
        CHECK(send(r, d, rig_batch(i, 5, r->utc_ms)) == OUTCOME_STORED);
        CHECK(answer.ends && memcmp(&answer.order, &none, sizeof none) != 0);
    }
    struct end_order order = answer.order;
    order.b[0] ^= 1;
    a = send_receipt(r, d, &order); /* of another order */
    CHECK(rig_count(r, "SELECT count(*) FROM device WHERE state = 4") == 0);
    CHECK(a->http_status == 422 && r->ended == 0 && events(r, "receipt.refused") == 1);
    order.b[0] ^= 1;
    a = send_receipt(r, d, &order);
    CHECK(a->http_status == 200 && a->len == 0 && r->ended == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM device WHERE state = 4") == 1);
    CHECK(rig_count(r, "SELECT receipt_readings FROM device WHERE state = 4") == 7);
    CHECK(events(r, "device.ending") == 1 && events(r, "device.ended") == 1);
    CHECK(send_receipt(r, d, &order)->http_status == 403); /* it heard no answer */
    rig_seal(r, d, rig_batch(3, 5, r->utc_ms), &sealed);
    CHECK(rig_send(r, d, &sealed)->http_status == 403); /* for ever */
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 3);
    rig_free(r);
}

static void test_only_a_device_that_never_said_a_word_is_forgotten(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct kid made;

    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    rig_must(db_begin(&r->store.db));
    CHECK(device_new(&r->store, "nobody's", &made) == OK);
    CHECK(device_drop(&r->store, &made.device) == OK);
    CHECK(device_drop(&r->store, &made.device) == REFUSED); /* it is gone */
    CHECK(device_drop(&r->store, &d->kid.device) == REFUSED);
    CHECK(device_new(&r->store, "revoked", &made) == OK);
    CHECK(device_revoke(&r->store, &made.device) == OK); /* for ever, so it stays */
    CHECK(device_drop(&r->store, &made.device) == REFUSED);
    rig_must(db_commit(&r->store.db));
    CHECK(events(r, "device.dropped") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM device WHERE label = 'revoked'") == 1);
    rig_free(r);
}

static void test_keys_grow_old_and_are_then_asked_for_long_before_the_certificate_ends(
    void)
{
    static const uint64_t day_ms = 86400000;
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    r->utc_ms += LIMIT_RENEW_DAYS * day_ms - 1;
    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(answer.renew_to == 0);
    r->utc_ms += 1;
    CHECK(send(r, d, rig_batch(1, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(answer.renew_to == 2 && events(r, "renew.asked") == 1);
    answer_m1(r, d, true);
    r->utc_ms += 300 * day_ms; /* it was switched off all the time */
    CHECK(send(r, d, rig_batch(2, 5, r->utc_ms)) == OUTCOME_STORED);
    switch_keys(r, d);
    CHECK(send(r, d, rig_batch(0, 5, r->utc_ms)) == OUTCOME_STORED);
    /* Its certificate is as old as M2: it is asked anew at once, not in half a year. */
    CHECK(answer.renew_to == 0);
    CHECK(send(r, d, rig_batch(1, 5, r->utc_ms)) == OUTCOME_STORED);
    CHECK(answer.renew_to == 3);
    rig_free(r);
}

static void test_one_device_that_sends_too_much_is_429_and_others_are_served(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], *calm = &r->devices[1];
    int limited = 0;

    rig_seal(r, d, rig_batch(0, 1, r->utc_ms), &sealed);
    for (int i = 0; i < 2500; i++)
        limited += rig_send(r, d, &sealed)->http_status == 429;
    CHECK(limited == 500);
    rig_seal(r, calm, rig_batch(0, 1, r->utc_ms), &other);
    CHECK(rig_send(r, calm, &other)->http_status == 200);
    r->mono_ms += 1000;
    CHECK(rig_send(r, d, &sealed)->http_status == 200);
    CHECK(
        rig_count(r, "SELECT sum(count) FROM event WHERE code = 'rate.device'") == 500);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'rate.device'")
        == EVENTS_EACH + 1); /* folded */
    rig_free(r);
}

static void test_the_rate_of_a_device_is_the_one_that_is_set(void)
{
    static const uint32_t rates[] = {1, 10, LIMIT_DEVICE_RATE};

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct rig *r = rig_new();
        uint32_t taken = 0;
        r->store.device_rate = rates[i];
        rig_seal(r, &r->devices[0], rig_batch(0, 1, r->utc_ms), &sealed);
        while (rig_send(r, &r->devices[0], &sealed)->http_status == 200)
            taken++;
        CHECK(taken == 4 * rates[i]); /* four seconds' worth at once */
        r->mono_ms += 3000;
        for (taken = 0; rig_send(r, &r->devices[0], &sealed)->http_status == 200;)
            taken++;
        CHECK(taken == 3 * rates[i]);
        rig_free(r);
    }
}

static void attest(struct rig *r, const struct rig_device *d, enum attest_state state)
{
    struct attest_place at = {RIG_GATE, r->connection, d->kid.device};
    attested_set(r->store.attested, &at, state);
}

/* Req: HF-TPM-005 "Where the policy asks for it, the cloud shall store nothing of a device whose connection is not attested." */
static void test_policy_takes_only_what_came_by_an_attested_connection(void)
{
    struct rig *r = rig_new();
    struct rig_device *soft = &r->devices[0], *hard = &r->devices[1];
    struct batch *b;

    r->store.require_tpm = true;
    attest(r, soft, ATTEST_GOOD); /* its own word is against it all the same */
    rig_seal(r, soft, rig_batch(0, 5, r->utc_ms), &sealed);
    CHECK(rig_send(r, soft, &sealed)->http_status == 403);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'authz.trust'") == 1);
    CHECK(rig_count(r, "SELECT trust FROM device WHERE id = 1") == 1); /* it is shown */
    b = rig_batch(0, 5, r->utc_ms);
    b->tpm = true;
    rig_seal(r, hard, b, &sealed);
    CHECK(rig_send(r, hard, &sealed)->http_status
        == 401); /* its own word is not enough */
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'attest.needed'") == 1);
    attest(r, hard, ATTEST_GOOD);
    CHECK(rig_verdict(r, hard, rig_send(r, hard, &sealed), &answer) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT trust FROM device WHERE id = 2") == 2);
    rig_seal(
        r, hard, rig_batch(1, 5, r->utc_ms), &sealed); /* it has gone back to files */
    CHECK(rig_send(r, hard, &sealed)->http_status == 403);
    r->store.require_tpm = false;
    rig_seal(r, soft, rig_batch(1, 5, r->utc_ms), &sealed);
    CHECK(rig_verdict(r, soft, rig_send(r, soft, &sealed), &answer) == OUTCOME_STORED);
    rig_free(r);
}

static void test_lost_readings_are_counted_once_for_an_epoch_in_any_order(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    static const uint32_t lost[] = {0, 7, 7, 3, 12};

    for (uint32_t i = 0; i < 5; i++) {
        struct batch *b = rig_batch(i, 5, r->utc_ms);
        b->lost_count = lost[i];
        rig_seal(r, d, b, &sealed);
        CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    }
    CHECK(rig_count(r, "SELECT sum(lost) FROM device") == 12);
    rig_free(r);
}

static void test_more_than_a_group_in_a_row_is_committed_in_parts(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    rig_seal(r, d, rig_batch(0, 2, r->utc_ms), &sealed);
    CHECK(rig_send(r, d, &sealed)->http_status == 200);
    for (uint32_t i = 1; i <= 3 * GROUP_MAX + 5; i++) {
        rig_seal(r, d, rig_batch(i, 2, r->utc_ms), &sealed);
        (void)rig_offer(r, &d->kid.device, &d->kid.device, &sealed);
    }
    CHECK(r->answer_count == 1 + 3 * GROUP_MAX && group_open(r->group));
    CHECK(group_commit(r->group) == OK && !group_open(r->group));
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 3 * GROUP_MAX + 6);
    rig_free(r);
}

MAIN(TEST(test_batch_is_stored_once_and_answered_only_after_the_commit),
    TEST(test_copies_within_and_between_groups_are_stored_once),
    TEST(test_same_sequence_of_another_epoch_or_device_is_another_batch),
    TEST(test_any_order_of_sequences_and_epochs_is_stored_once),
    TEST(test_batches_are_indexed_many_at_a_time),
    TEST(test_other_content_of_one_identity_is_a_conflict_and_may_be_a_clone),
    TEST(test_quarantine_is_bounded_in_copies_and_bytes),
    TEST(test_envelope_certificate_and_path_must_name_one_device),
    TEST(test_no_batch_of_a_revoked_device_is_stored_whatever_is_cached),
    TEST(test_unknown_device_and_a_generation_that_was_never_agreed_are_refused),
    TEST(test_batch_outside_its_schema_is_refused_whole_with_a_sealed_verdict),
    TEST(test_envelope_that_does_not_open_is_401_and_leaves_no_key_behind),
    TEST(test_bytes_that_are_no_envelope_are_400_at_every_length),
    TEST(test_flood_of_epochs_waits_within_its_bound_and_stops_nobody_else),
    TEST(test_without_keys_nothing_waits_and_nothing_is_acknowledged),
    TEST(test_full_disk_is_503_for_the_whole_group_and_then_all_goes_on),
    TEST(test_newer_configuration_rides_in_the_answer_until_it_is_in_force),
    TEST(test_a_renewal_is_asked_for_until_its_m1_comes_and_answered_until_it_is_used),
    TEST(test_no_batch_under_closed_keys_is_stored_whatever_keys_still_gives),
    TEST(test_a_restored_store_learns_the_generation_in_use_from_its_first_batch),
    TEST(test_a_second_m1_of_one_generation_is_a_possible_clone_and_goes_nowhere),
    TEST(test_a_device_ends_with_the_receipt_for_its_order_and_with_no_other),
    TEST(test_keys_grow_old_and_are_then_asked_for_long_before_the_certificate_ends),
    TEST(test_one_device_that_sends_too_much_is_429_and_others_are_served),
    TEST(test_the_rate_of_a_device_is_the_one_that_is_set),
    TEST(test_policy_takes_only_what_came_by_an_attested_connection),
    TEST(test_lost_readings_are_counted_once_for_an_epoch_in_any_order),
    TEST(test_more_than_a_group_in_a_row_is_committed_in_parts),
    TEST(test_only_a_device_that_never_said_a_word_is_forgotten))
