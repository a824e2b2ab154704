/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of a service ticket as store takes them: once each, bounded, seen by the administrator. */
#include "cloud/store/rig.h"

#include "cloud/store/look.h"
#include "tests/support/check.h"
#include "wire/event.h"

static struct rig_sealed sealed, other;
static struct answer answer;

static struct service_log a_log(uint32_t seq, uint8_t ticket)
{
    struct service_log g = {.seq = seq,
        .serial = {{0xab, ticket}},
        .part = (uint8_t)seq,
        .mono_ms = 77,
        .holder = "J. Engineer",
        .line_count = 1,
        .check_count = 1,
        .figure_count = 1};
    g.lines[0] = (struct log_line){.level = 3, .code = "flash.fault", .count = 2};
    g.checks[0] = (struct log_check){.name = "crypto", .passed = true};
    g.figures[0] = (struct log_figure){.name = "readings_held", .value = 12};
    return g;
}

static void seal_it(struct rig *r, struct rig_device *d, const struct service_log *g,
    struct rig_sealed *out)
{
    static uint8_t plain[LIMIT_SERVICE_LOG];
    size_t len = 0;
    rig_must(service_log_build(g, ROOM_OF(plain), &len));
    rig_must(seal_log(&d->sealer, rig_crypto(r), (struct bytes){plain, len},
        ROOM_OF(out->bytes), &out->len, &out->digest));
}

static int send(struct rig *r, struct rig_device *d, uint32_t seq, uint8_t ticket)
{
    struct service_log g = a_log(seq, ticket);
    seal_it(r, d, &g, &sealed);
    return rig_verdict(r, d, rig_send(r, d, &sealed), &answer);
}

/* Req: HF-SVC-005 "Each log of a service ticket shall be stored at most once" */
static void test_a_log_is_stored_once_however_often_it_comes(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    CHECK(send(r, d, 4, 1) == OUTCOME_STORED);
    CHECK(answer.verdicts[0].seq == 4
        && memcmp(&answer.verdicts[0].digest, &sealed.digest, sizeof sealed.digest)
            == 0);
    for (int i = 0; i < 50; i++)
        CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_ALREADY);
    rig_close(r);
    rig_open(r);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_ALREADY);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log") == 1);
    rig_free(r);
}

static void test_a_log_moves_nothing_of_what_is_known_of_readings(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    rig_seal(r, d, rig_batch(0, 30, r->utc_ms), &other);
    CHECK(rig_verdict(r, d, rig_send(r, d, &other), &answer) == OUTCOME_STORED);
    CHECK(send(r, d, 1, 1) == OUTCOME_STORED);
    rig_seal(r, d, rig_batch(2, 30, r->utc_ms + 30000), &other);
    CHECK(rig_verdict(r, d, rig_send(r, d, &other), &answer) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 2);
    CHECK(rig_count(r, "SELECT readings FROM device WHERE id = 1") == 60);
    CHECK(rig_count(r, "SELECT batches FROM device WHERE id = 1") == 2);
    CHECK(rig_count(r, "SELECT last_seq FROM device WHERE id = 1") == 2);
    CHECK(rig_count(r, "SELECT count(*) FROM epoch") == 1);
    rig_free(r);
}

static void test_two_contents_of_one_log_are_a_conflict_and_a_clone(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct service_log g = a_log(9, 1);

    CHECK(send(r, d, 9, 1) == OUTCOME_STORED);
    g.lines[0].count = 3;
    seal_it(r, d, &g, &other);
    CHECK(rig_verdict(r, d, rig_send(r, d, &other), &answer) == OUTCOME_CONFLICT);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log") == 1);
    CHECK(rig_count(r, "SELECT clone FROM device WHERE id = 1") == 1);
    rig_free(r);
}

/* A whole that opens as a log and is none, and a batch's content sealed as a log. */
static void test_what_is_no_log_is_refused_whole_with_a_sealed_verdict(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    static uint8_t plain[LIMIT_BATCH];
    size_t len = 0;

    rig_must(batch_build(rig_batch(3, 5, r->utc_ms), ROOM_OF(plain), &len));
    rig_must(seal_log(&d->sealer, rig_crypto(r), (struct bytes){plain, len},
        ROOM_OF(sealed.bytes), &sealed.len, &sealed.digest));
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_SCHEMA);
    struct service_log g = a_log(3, 1);
    rig_must(service_log_build(&g, ROOM_OF(plain), &len));
    rig_seal_plain(r, d, (struct bytes){plain, len}, &other); /* as a batch */
    CHECK(rig_verdict(r, d, rig_send(r, d, &other), &answer) == OUTCOME_SCHEMA);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM batch") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'schema.log'") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'schema.batch'") == 1);
    rig_free(r);
}

static void test_logs_of_one_device_are_bounded_and_the_newest_stay(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    for (uint32_t i = 0; i < LIMIT_DEVICE_LOGS + 44; i++)
        CHECK(send(r, d, i, (uint8_t)(i / 90)) == OUTCOME_STORED);
    CHECK(send(r, &r->devices[1], 0, 1) == OUTCOME_STORED);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log WHERE device = 1")
        == LIMIT_DEVICE_LOGS);
    CHECK(rig_count(r, "SELECT min(seq) FROM service_log WHERE device = 1") == 44);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log WHERE device = 2") == 1);
    rig_free(r);
}

static void test_a_revoked_device_gives_no_log(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    CHECK(send(r, d, 0, 1) == OUTCOME_STORED);
    CHECK(db_begin(&r->store.db) == OK && device_revoke(&r->store, &d->kid.device) == OK
        && db_commit(&r->store.db) == OK);
    CHECK(send(r, d, 1, 1) == -1);
    CHECK(rig_count(r, "SELECT count(*) FROM service_log") == 1);
    rig_free(r);
}

/* Req: HF-SVC-006 "one event of the device and one of the cloud" */
static void test_a_ticket_is_one_row_of_this_cloud_and_one_of_the_device(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    for (uint32_t i = 0; i < 6; i++)
        CHECK(send(r, d, i, 1) == OUTCOME_STORED);
    struct batch *b = rig_batch(6, 5, r->utc_ms);
    b->event_count = 2;
    b->events[0] = (struct event){EVENT_SERVICE_BEGUN, 1, 5, 5};
    b->events[1] = (struct event){EVENT_SERVICE_REFUSED, 3, 6, 9};
    rig_seal(r, d, b, &other);
    for (int i = 0; i < 3; i++)
        (void)rig_send(r, d, &other);
    CHECK(rig_count(r,
              "SELECT count(*) FROM event WHERE code = 'service.logs'"
              " AND request = 'ab01000000000000'")
        == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'service.begun'") == 1);
    CHECK(
        rig_count(r, "SELECT count(*) FROM event WHERE code = 'service.refused'") == 1);
    rig_free(r);
}

static void test_the_administrator_reads_every_log_in_pages(void)
{
    struct rig *r = rig_new();
    static uint8_t text[16384];
    struct door_list ask = {0};
    size_t len = 0, found = 0;

    for (uint32_t i = 0; i < 150; i++)
        CHECK(send(r, &r->devices[i % 2], i, 1) == OUTCOME_STORED);
    ask.device = r->devices[0].kid.device;
    do {
        uint64_t before = ask.cursor;
        CHECK(look_list_logs(&r->store, &ask, (struct room){text, sizeof text - 1},
                  &len, &ask.cursor)
            == OK);
        text[len] = 0;
        for (const char *at = (char *)text; (at = strstr(at, "\"holder\":")) != NULL;
             at++)
            found++;
        CHECK(len == 0 || strstr((char *)text, "\"code\":\"flash.fault\"") != NULL);
        CHECK(ask.cursor == 0 || ask.cursor > before);
    } while (ask.cursor != 0);
    CHECK(found == 75);
    rig_free(r);
}

static void test_the_largest_log_fits_a_page(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    static uint8_t text[16384];
    static struct service_log g;
    struct door_list ask = {0};
    size_t len = 0;
    uint64_t next = 0;

    g = a_log(0, 1);
    g.line_count = LIMIT_LOG_LINES;
    g.check_count = LIMIT_LOG_CHECKS;
    g.figure_count = LIMIT_LOG_FIGURES;
    for (size_t i = 0; i < LIMIT_LOG_LINES; i++) {
        g.lines[i] = (struct log_line){.level = 2,
            .has_number = true,
            .number = (UINT64_C(1) << 53) - 1,
            .count = UINT16_MAX,
            .first_ms = (UINT64_C(1) << 53) - 1,
            .last_ms = (UINT64_C(1) << 53) - 1};
        memset(g.lines[i].code, 'c', WORD_MAX);
        memset(g.lines[i].detail, 'd', WORD_MAX);
    }
    for (size_t i = 0; i < LIMIT_LOG_CHECKS; i++) {
        memset(g.checks[i].name, 'k', WORD_MAX);
        memset(g.figures[i].name, 'f', WORD_MAX);
        g.figures[i].value = (UINT64_C(1) << 53) - 1;
    }
    memset(g.holder, '"', HOLDER_MAX);
    seal_it(r, d, &g, &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(look_list_logs(&r->store, &ask, ROOM_OF(text), &len, &next) == OK);
    CHECK(len > 6000 && next == 0 && text[len - 1] == '\n');
    rig_free(r);
}

MAIN(TEST(test_a_log_is_stored_once_however_often_it_comes),
    TEST(test_a_log_moves_nothing_of_what_is_known_of_readings),
    TEST(test_two_contents_of_one_log_are_a_conflict_and_a_clone),
    TEST(test_what_is_no_log_is_refused_whole_with_a_sealed_verdict),
    TEST(test_logs_of_one_device_are_bounded_and_the_newest_stay),
    TEST(test_a_revoked_device_gives_no_log),
    TEST(test_a_ticket_is_one_row_of_this_cloud_and_one_of_the_device),
    TEST(test_the_administrator_reads_every_log_in_pages),
    TEST(test_the_largest_log_fits_a_page))
