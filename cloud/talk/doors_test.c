/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/doors.h"

#include "tests/support/check.h"

static uint8_t mem[LIMIT_TALK_BODY];

static uint8_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint8_t)(*seed >> 24);
}

static void fill(void *at, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)at)[i] = next(&seed);
}

/* Whatever length of a whole body is missing or too much, the parser says so. */
#define CHECK_EXACT(parse, body)                                         \
    do {                                                                 \
        static uint8_t copy[LIMIT_TALK_BODY + 1];                        \
        memcpy(copy, (body).at, (body).len);                             \
        copy[(body).len] = 0;                                            \
        for (size_t n = 0; n<(body).len; n += (body).len> 200 ? 97 : 1)  \
            CHECK(parse((struct bytes){copy, n}) == MALFORMED);          \
        CHECK(parse((struct bytes){copy, (body).len + 1}) == MALFORMED); \
    } while (0)

static void test_ingest_comes_back_with_its_envelope(void)
{
    uint8_t envelope[300];
    struct door_ingest v = {.ticket = 77, .connection = UINT64_C(0x1122334455667788)},
                       got;
    struct bytes rest;

    fill(envelope, sizeof envelope, 1);
    fill(&v.peer, 16, 2);
    fill(&v.path, 16, 3);
    fill(&v.nonce, 16, 4);
    struct bytes body = door_ingest_build(&v, BYTES_OF(envelope), ROOM_OF(mem));
    CHECK(door_ingest_parse(body, &got, &rest) == OK);
    CHECK(memcmp(&got, &v, sizeof v) == 0);
    CHECK(rest.len == sizeof envelope && memcmp(rest.at, envelope, rest.len) == 0);
    CHECK(door_ingest_parse((struct bytes){mem, 60}, &got, &rest) == MALFORMED);
}

static void test_attestation_comes_back_within_its_limits(void)
{
    uint8_t said[ATTEST_QUOTE_MAX], ask[ATTEST_ASK_LEN];
    struct door_attest v = {.ticket = 9, .connection = 7}, got;
    struct door_attested a = {9, 200}, got_a;
    struct door_attest_key k = {.found = true}, got_k;
    struct bytes rest;

    fill(said, sizeof said, 1);
    fill(ask, sizeof ask, 1);
    fill(&v.peer, 16, 2);
    fill(&v.path, 16, 3);
    fill(&v.channel, 32, 4);
    struct bytes body = door_attest_build(&v, BYTES_OF(said), ROOM_OF(mem));
    CHECK(door_attest_parse(body, &got, &rest) == OK);
    CHECK(memcmp(&got, &v, sizeof v) == 0 && rest.len == sizeof said
        && memcmp(rest.at, said, rest.len) == 0);
    CHECK(
        door_attest_parse((struct bytes){mem, body.len + 1}, &got, &rest) == MALFORMED);
    body = door_attest_build(&v, (struct bytes){0}, ROOM_OF(mem));
    CHECK(door_attest_parse(body, &got, &rest) == OK && rest.len == 0);
    for (size_t n = 0; n < body.len; n++)
        CHECK(door_attest_parse((struct bytes){mem, n}, &got, &rest) == MALFORMED);

    for (size_t n = 0; n <= sizeof ask; n += sizeof ask) {
        body = door_attested_build(&a, (struct bytes){ask, n}, ROOM_OF(mem));
        CHECK(door_attested_parse(body, &got_a, &rest) == OK && rest.len == n
            && got_a.ticket == 9 && got_a.http_status == 200);
        CHECK(door_attested_parse((struct bytes){mem, body.len + 1}, &got_a, &rest)
            == MALFORMED);
    }
    fill(k.name, sizeof k.name, 5);
    fill(k.point, sizeof k.point, 6);
    body = door_attest_key_build(&k, ROOM_OF(mem));
    CHECK(
        door_attest_key_parse(body, &got_k) == OK && memcmp(&got_k, &k, sizeof k) == 0);
    mem[0] = 0; /* none, and yet one */
    CHECK(door_attest_key_parse(body, &got_k) == MALFORMED);
}

static enum status parse_list(struct bytes in)
{
    static struct door_device_list got;
    return door_device_list_parse(in, &got);
}

static void test_full_page_of_devices_fits_and_comes_back(void)
{
    static struct door_device_list v, got;

    v.count = DOOR_PAGE;
    v.more = true;
    v.now_utc_ms = 1234567890123;
    for (size_t i = 0; i < DOOR_PAGE; i++) {
        struct door_device *d = &v.devices[i];
        fill(&d->device, 16, (uint32_t)i);
        memset(d->label, 'a' + (int)(i % 26), DOOR_LABEL);
        d->has_spo2 = i % 2;
        d->spo2_permille = i % 2 ? (uint16_t)(900 + i) : 0;
        d->has_pulse = i % 3;
        d->pulse_decibpm = i % 3 ? (uint16_t)(700 + i) : 0;
        d->has_utc = true;
        d->measured_utc_ms = 99 + i;
        d->readings = i * 1000;
        d->clone_suspected = i == 5;
        d->keys_in_software = i == 6;
    }
    struct bytes body = door_device_list_build(&v, ROOM_OF(mem));
    CHECK(door_device_list_parse(body, &got) == OK);
    CHECK(got.count == DOOR_PAGE && got.more && got.now_utc_ms == v.now_utc_ms);
    for (size_t i = 0; i < DOOR_PAGE; i++) {
        CHECK(strcmp(got.devices[i].label, v.devices[i].label) == 0);
        CHECK(got.devices[i].spo2_permille == v.devices[i].spo2_permille);
        CHECK(got.devices[i].clone_suspected == (i == 5));
        CHECK(got.devices[i].keys_in_software == (i == 6));
    }
    CHECK_EXACT(parse_list, body);
}

static enum status parse_points(struct bytes in)
{
    static struct door_trend_points got;
    return door_trend_points_parse(in, &got);
}

static void test_longest_trend_fits_and_comes_back(void)
{
    static struct door_trend_points v, got;

    v.count = DOOR_POINTS;
    for (size_t i = 0; i < DOOR_POINTS; i++)
        v.points[i] = (struct door_point){.utc_ms = i,
            .has_spo2 = true,
            .spo2_min = (uint16_t)i,
            .spo2_max = (uint16_t)(i + 1),
            .gap_before = i == 7};
    struct bytes body = door_trend_points_build(&v, ROOM_OF(mem));
    CHECK(door_trend_points_parse(body, &got) == OK);
    CHECK(got.count == DOOR_POINTS && got.points[599].spo2_max == 600);
    CHECK(got.points[7].gap_before && !got.points[8].gap_before);
    CHECK_EXACT(parse_points, body);
}

static void test_text_with_control_characters_or_broken_utf8_is_refused(void)
{
    static const struct {
        const char *what, *text;
        enum status want;
    } rows[] = {
        {"plain", "Bett 4", OK},
        {"umlaut", "B\xc3\xa4r", OK},
        {"newline", "a\nb", MALFORMED},
        {"escape", "\x1b[31m", MALFORMED},
        {"delete", "a\x7f", MALFORMED},
        {"C1 control", "a\xc2\x9b", MALFORMED},
        {"overlong slash", "\xc0\xaf", MALFORMED},
        {"surrogate", "\xed\xa0\x80", MALFORMED},
        {"above unicode", "\xf4\x90\x80\x80", MALFORMED},
        {"cut", "a\xe2\x82", MALFORMED},
        {"lone continuation", "\x80", MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t body[70];
        size_t len = strlen(rows[i].text);
        struct door_device_new got = {"untouched"};
        body[0] = (uint8_t)len;
        memcpy(body + 1, rows[i].text, len);
        CHECK(
            door_device_new_parse((struct bytes){body, len + 1}, &got) == rows[i].want);
        CHECK(strcmp(got.label, rows[i].want == OK ? rows[i].text : "untouched") == 0);
    }
}

/* cloud/store/db.c ends the process rather than bind such a number. */
static void test_number_that_no_row_can_hold_is_malformed(void)
{
    static const struct {
        const char *what;
        uint64_t v;
        enum status want;
    } rows[] = {{"nothing", 0, OK}, {"the most", INT64_MAX, OK},
        {"one more", UINT64_C(1) << 63, MALFORMED},
        {"all bits", UINT64_MAX, MALFORMED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door_release_roll roll = {.release = rows[i].v}, got_roll;
        struct door_list list = {.cursor = rows[i].v}, got_list;
        struct door_span span = {.to_utc_ms = rows[i].v, .points = 1}, got_span;

        CHECK(door_release_roll_parse(
                  door_release_roll_build(&roll, ROOM_OF(mem)), &got_roll)
            == rows[i].want);
        CHECK(door_list_parse(door_list_build(&list, ROOM_OF(mem)), &got_list)
            == rows[i].want);
        CHECK(door_list_batches_parse(
                  door_list_batches_build(&list, ROOM_OF(mem)), &got_list)
            == rows[i].want);
        CHECK(door_trend_parse(door_trend_build(&span, ROOM_OF(mem)), &got_span)
            == rows[i].want);
        CHECK(door_gaps_parse(door_gaps_build(&span, ROOM_OF(mem)), &got_span)
            == rows[i].want);
    }
}

static void test_value_that_says_absent_must_be_zero(void)
{
    struct door_key k = {.found = true}, got;

    fill(&k.key, 32, 9);
    struct bytes body = door_key_build(&k, ROOM_OF(mem));
    CHECK(door_key_parse(body, &got) == OK && ct_equal(&got.key, &k.key, 32));
    mem[0] = 0; /* not found, but a key follows */
    CHECK(door_key_parse(body, &got) == MALFORMED);
    k.found = false;
    body = door_key_build(&k, ROOM_OF(mem));
    CHECK(door_key_parse(body, &got) == OK && !got.found && got.key.b[3] == 0);
}

static enum status parse_said(struct bytes in)
{
    struct door_enrol_said got;
    return door_enrol_said_parse(in, &got);
}

static void test_what_came_of_an_enrolment_comes_back_and_nothing_like_it(void)
{
    struct door_enrol_said v = {REASON_ATTEST_MAKER, true, true, {{0}}}, got;

    fill(&v.device, 16, 8);
    struct bytes body = door_enrol_said_build(&v, ROOM_OF(mem));
    CHECK(door_enrol_said_parse(body, &got) == OK);
    CHECK(got.reason == v.reason && got.refused && got.has_device
        && memcmp(&got.device, &v.device, sizeof v.device) == 0);
    CHECK_EXACT(parse_said, body);
    mem[3] = 0; /* nobody, and yet one */
    CHECK(door_enrol_said_parse(body, &got) == MALFORMED);
    v = (struct door_enrol_said){.reason = REASON_COUNT};
    body = door_enrol_said_build(&v, ROOM_OF(mem));
    CHECK(door_enrol_said_parse(body, &got) == MALFORMED);
}

static enum status parse_class_ended(struct bytes in)
{
    struct door_class_ended got;
    return door_class_ended_parse(in, &got);
}

static void test_the_end_of_a_class_comes_back_and_nothing_like_it(void)
{
    struct door_class_end ask = {"holdfast-monitor"}, asked;
    struct door_class_ended v = {.status = REFUSED,
        .reason = REASON_RELEASE_IN_USE,
        .release = 3,
        .releases = 4,
        .classes = 5};
    struct door_class_ended got = {0};

    fill(&v.device, 16, 8);
    struct bytes body = door_class_ended_build(&v, ROOM_OF(mem));
    CHECK(door_class_ended_parse(body, &got) == OK);
    CHECK(got.status == v.status && got.reason == v.reason && got.release == 3
        && memcmp(&got.device, &v.device, sizeof v.device) == 0 && got.releases == 4
        && got.classes == 5);
    CHECK_EXACT(parse_class_ended, body);
    body = door_class_end_build(&ask, ROOM_OF(mem));
    CHECK(door_class_end_parse(body, &asked) == OK
        && strcmp(asked.product, ask.product) == 0);
    mem[0] = 0; /* a class without a name */
    CHECK(door_class_end_parse((struct bytes){mem, 1}, &asked) == MALFORMED);
}

static void test_every_table_bounds_its_doors_and_none_is_listed_twice(void)
{
    for (int e = 0; e < DOOR_ENDS; e++) {
        size_t count = 0;
        const struct talk_door *t = doors_heard((enum door_end)e, &count);
        CHECK(count > 0);
        for (size_t i = 0; i < count; i++) {
            CHECK(t[i].min_len <= t[i].max_len && t[i].max_len <= LIMIT_TALK_BODY);
            for (size_t j = 0; j < i; j++)
                CHECK(t[i].door != t[j].door);
        }
    }
}

static void test_bodies_have_the_lengths_of_their_table(void)
{
    size_t count = 0;
    const struct talk_door *t = doors_heard(STORE_FROM_GATE, &count);
    struct door_gate_event e = {.reason = REASON_AUTHZ_PATH, .has_peer = true};
    struct door_config_set c = {.batch_s = 60, .ward = "w", .time_zone = "UTC"}, c2;

    CHECK(door_gate_event_build(&e, ROOM_OF(mem)).len == t[1].max_len);
    CHECK(door_config_set_parse(door_config_set_build(&c, ROOM_OF(mem)), &c2) == OK);
    mem[16] = 61;
    CHECK(door_config_set_parse((struct bytes){mem, 16 + 1 + 2 + 4}, &c2) == MALFORMED);
    t = doors_heard(VIEW_FROM_STORE, &count);
    struct door_signed_in s = {.status = REFUSED, .retry_after_s = 3};
    CHECK(door_signed_in_build(&s, ROOM_OF(mem)).len == t[0].max_len);
    t = doors_heard(STORE_FROM_KEYS, &count);
    struct door_enrol_said said = {.reason = REASON_ENROL_REFUSED, .refused = true};
    CHECK(t[count - 1].door == DOOR_ENROL_SAID
        && door_enrol_said_build(&said, ROOM_OF(mem)).len == t[count - 1].max_len);
}

MAIN(TEST(test_ingest_comes_back_with_its_envelope),
    TEST(test_attestation_comes_back_within_its_limits),
    TEST(test_full_page_of_devices_fits_and_comes_back),
    TEST(test_longest_trend_fits_and_comes_back),
    TEST(test_text_with_control_characters_or_broken_utf8_is_refused),
    TEST(test_number_that_no_row_can_hold_is_malformed),
    TEST(test_value_that_says_absent_must_be_zero),
    TEST(test_what_came_of_an_enrolment_comes_back_and_nothing_like_it),
    TEST(test_the_end_of_a_class_comes_back_and_nothing_like_it),
    TEST(test_every_table_bounds_its_doors_and_none_is_listed_twice),
    TEST(test_bodies_have_the_lengths_of_their_table))
