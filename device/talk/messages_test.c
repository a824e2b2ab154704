/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/messages.h"

#include "wire/event.h"

#include "tests/support/check.h"

static struct said_reading a_reading(void)
{
    return (struct said_reading){.number = 77,
        .mono_ms = 123456,
        .has_utc = true,
        .utc_ms = 1790000000123,
        .spo2 = {true, 973},
        .pulse = {true, 721},
        .status = 0x0411,
        .quality = 88,
        .alarm = true};
}

static void test_a_reading_arrives_as_it_was_sent(void)
{
    struct said_reading in = a_reading(), out = {0};
    uint8_t wire[READING_LEN];

    struct bytes b = reading_build(&in, ROOM_OF(wire));
    CHECK(b.len == READING_LEN && reading_parse(b, &out) == OK);
    CHECK(memcmp(&in.spo2.v, &out.spo2.v, sizeof in.spo2.v) == 0 && out.spo2.set);
    CHECK(out.number == 77 && out.mono_ms == 123456 && out.has_utc
        && out.utc_ms == in.utc_ms);
    CHECK(
        out.pulse.v == 721 && !out.pi.set && out.status == 0x0411 && out.quality == 88);
    CHECK(out.alarm && !out.test_data);
}

static void test_a_reading_outside_its_ranges_is_refused_whole(void)
{
    static const struct {
        const char *what;
        size_t at;
        uint8_t value;
    } rows[] = {{"monotonic time past 2^53", 8, 0xff}, {"an unknown flag", 16, 0x57},
        {"a time although none is set", 16, 0x16}, {"oxygen above 100 %", 25, 0x04},
        {"pulse above 300", 27, 0x0c},
        {"a perfusion index although none is set", 30, 1},
        {"quality above 100", 33, 101}};
    struct said_reading in = a_reading();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct said_reading out = {.mono_ms = 7};
        uint8_t wire[READING_LEN];
        struct bytes b = reading_build(&in, ROOM_OF(wire));
        wire[rows[i].at] = rows[i].value;
        CHECK(reading_parse(b, &out) == MALFORMED && out.mono_ms == 7);
        if (out.mono_ms != 7)
            printf("# %s\n", rows[i].what);
    }
}

static void test_a_view_arrives_as_it_was_sent(void)
{
    struct view in = {.mono_ms = 5,
        .clock = CLOCK_SYNCHRONISED,
        .has_pulse = true,
        .pulse_decibpm = 655,
        .quality = 3,
        .sync = VIEW_SYNCHRONISED,
        .notes = VIEW_STORE_80,
        .held_count = 9,
        .trust = "software",
        .device = "01234567-89ab-4def-8123-456789abcdef",
        .service = {VIEW_SERVICE_ASKS, 0, 42, "J. Engineer"},
        .pleth_count = 2};
    struct view out = {0};
    uint8_t wire[VIEW_LEN];

    in.pleth[0] = 1000;
    in.pleth[1] = 1;
    struct bytes b = view_build(&in, ROOM_OF(wire));
    CHECK(b.len == VIEW_LEN && view_parse(b, &out) == OK);
    CHECK(out.mono_ms == 5 && out.clock == CLOCK_SYNCHRONISED
        && out.pulse_decibpm == 655);
    CHECK(out.sync == VIEW_SYNCHRONISED && out.notes == VIEW_STORE_80
        && out.held_count == 9);
    CHECK(strcmp(out.trust, "software") == 0 && strcmp(out.device, in.device) == 0);
    CHECK(out.pleth_count == 2 && out.pleth[0] == 1000 && out.pleth[1] == 1);

    CHECK(out.service.state == VIEW_SERVICE_ASKS && out.service.code == 42
        && strcmp(out.service.holder, "J. Engineer") == 0);

    in.pleth[1] = 1001; /* not for display */
    CHECK(view_parse(view_build(&in, ROOM_OF(wire)), &out) == MALFORMED);
}

static void test_a_state_arrives_as_it_was_sent_and_lengths_are_exact(void)
{
    struct said_state in = {.enrolled = true,
        .synchronised = true,
        .delivered = true,
        .notes = VIEW_STORE_FULL,
        .clock = 2,
        .has_utc = true,
        .utc_ms = 99,
        .taken = 1,
        .readings = 2,
        .readings_lost = 3,
        .readings_held = 4,
        .batches_sealed = 5,
        .batches_acknowledged = 6,
        .batches_set_aside = 7,
        .batches_held = 8,
        .oldest_held_age_ms = 9,
        .answer_age_ms = 10,
        .fill_permille = 11,
        .config_version = 12,
        .lost_before = 13,
        .service = {VIEW_SERVICE_OPEN, 77, 0, "J. Engineer"}};
    struct said_state out = {0};
    uint8_t wire[STATE_LEN + 1] = {0};

    memset(in.epoch.b, 5, sizeof in.epoch.b);
    struct bytes b = state_build(&in, (struct room){wire, STATE_LEN});
    CHECK(b.len == STATE_LEN && state_parse(b, &out) == OK);
    CHECK(out.enrolled && out.synchronised && out.delivered && !out.ended
        && !out.reduced);
    CHECK(out.taken == 1 && out.readings == 2 && out.readings_lost == 3);
    CHECK(out.readings_held == 4 && out.batches_sealed == 5
        && out.batches_acknowledged == 6);
    CHECK(out.batches_set_aside == 7 && out.batches_held == 8
        && out.oldest_held_age_ms == 9);
    CHECK(
        out.answer_age_ms == 10 && out.fill_permille == 11 && out.config_version == 12);
    CHECK(out.service.state == VIEW_SERVICE_OPEN && out.service.until_utc_ms == 77);
    CHECK(out.lost_before == 13 && out.epoch.b[31] == 5 && out.utc_ms == 99);
    CHECK(state_parse((struct bytes){wire, STATE_LEN + 1}, &out) == MALFORMED);
    CHECK(state_parse((struct bytes){wire, STATE_LEN - 1}, &out) == MALFORMED);
}

static void test_a_ticket_on_its_way_to_the_screen_is_one_of_three_kinds(void)
{
    static const struct {
        const char *what;
        struct view_ticket t;
        bool good;
    } rows[] = {
        {"none", {VIEW_NO_SERVICE, 0, 0, ""}, true},
        {"none, with a holder", {VIEW_NO_SERVICE, 0, 0, "J"}, false},
        {"none, with a code", {VIEW_NO_SERVICE, 0, 1, ""}, false},
        {"asks", {VIEW_SERVICE_ASKS, 0, 999999, "J"}, true},
        {"asks for seven digits", {VIEW_SERVICE_ASKS, 0, 1000000, "J"}, false},
        {"asks, with an end", {VIEW_SERVICE_ASKS, 5, 1, "J"}, false},
        {"asks for the button", {VIEW_SERVICE_PRESS, 0, 0, "J"}, true},
        {"asks for the button, with a code", {VIEW_SERVICE_PRESS, 0, 1, "J"}, false},
        {"open", {VIEW_SERVICE_OPEN, 5, 0, "J"}, true},
        {"open, with a code", {VIEW_SERVICE_OPEN, 5, 1, "J"}, false},
        {"open, nobody's", {VIEW_SERVICE_OPEN, 5, 0, ""}, false},
        {"a mark that turns the writing", {VIEW_SERVICE_OPEN, 5, 0, "\xe2\x80\xae"},
            false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view in = {.service = rows[i].t}, out;
        static uint8_t wire[VIEW_LEN];
        bool good = view_parse(view_build(&in, ROOM_OF(wire)), &out) == OK;
        if (good != rows[i].good)
            printf("# %s\n", rows[i].what);
        CHECK(good == rows[i].good);
    }
}

static void test_a_code_and_what_came_of_a_ticket_are_in_their_ranges(void)
{
    uint8_t b[4];
    uint32_t code = 0;
    enum reason what = REASON_COUNT;

    CHECK(code_parse(code_build(999999, ROOM_OF(b)), &code) == OK && code == 999999);
    CHECK(code_parse(code_build(1000000, ROOM_OF(b)), &code) == MALFORMED);
    CHECK(service_parse(service_build(REASON_SERVICE_BEGUN, ROOM_OF(b)), &what) == OK
        && what == REASON_SERVICE_BEGUN);
    CHECK(service_parse(service_build(REASON_COUNT, ROOM_OF(b)), &what) == MALFORMED);
}

static void test_an_event_of_an_update_names_its_release_whole_or_not_at_all(void)
{
    struct said_event e = {.code = EVENT_UPDATE_CLASS, .has_about = true, .about = {7}},
                      got = {0};
    uint8_t b[1 + EVENT_ABOUT_LEN + 1] = {0};

    CHECK(event_parse(event_build(&e, ROOM_OF(b)), &got) == OK);
    CHECK(got.code == e.code && got.has_about && got.about[0] == 7);
    for (size_t len = 0; len <= sizeof b; len++)
        CHECK((event_parse((struct bytes){b, len}, &got) == OK)
            == (len == 1 || len == 1 + EVENT_ABOUT_LEN));
    e.code = EVENT_UPDATE_TRIAL - 1;
    CHECK(event_parse(event_build(&e, ROOM_OF(b)), &got) == MALFORMED);
    e.code = EVENT_UPDATE_RECORD + 1;
    CHECK(event_parse(event_build(&e, ROOM_OF(b)), &got) == MALFORMED);
}

static void test_envelopes_and_replies_keep_to_their_limits(void)
{
    static uint8_t wire[LIMIT_TALK_BODY], body[LIMIT_ENVELOPE + 1];
    struct said_reply reply = {.http_status = 503, .retry_after_s = 9}, got;
    struct nonce nonce = {{1, 2, 3}}, other;
    struct bytes rest;

    for (size_t len = LIMIT_ENVELOPE; len <= LIMIT_ENVELOPE + 1; len++) {
        struct bytes b = {body, len};
        enum status want = len <= LIMIT_ENVELOPE ? OK : MALFORMED;
        CHECK(
            offer_parse(offer_build(&nonce, b, ROOM_OF(wire)), &other, &rest) == want);
        CHECK(reply_parse(reply_build(&reply, b, ROOM_OF(wire)), &got, &rest) == want);
    }
    CHECK(offer_parse(nonce_build(&nonce, ROOM_OF(wire)), &other, &rest) == MALFORMED);
    CHECK(got.http_status == 503 && got.retry_after_s == 9);
    reply.http_status = 600;
    CHECK(
        reply_parse(reply_build(&reply, (struct bytes){0}, ROOM_OF(wire)), &got, &rest)
        == MALFORMED);
}

static void test_a_piece_and_the_wish_for_it_arrive_as_they_were_sent(void)
{
    static uint8_t wire[FETCH_LEN + LIMIT_PIECE + 1], bytes[LIMIT_PIECE] = {7};
    struct said_fetch in = {{{1, 2}}, LIMIT_PIECES - 1}, out = {0};
    struct bytes piece;

    struct bytes b = fetch_build(&in, ROOM_OF(wire));
    CHECK(b.len == FETCH_LEN && fetch_parse(b, &out) == OK);
    CHECK(memcmp(&in, &out, sizeof in) == 0);
    CHECK(fetch_parse((struct bytes){wire, FETCH_LEN - 1}, &out) == MALFORMED);
    CHECK(fetch_parse((struct bytes){wire, FETCH_LEN + 1}, &out) == MALFORMED);
    CHECK(piece_parse(b, &out, &piece) == MALFORMED); /* no piece */
    b = piece_build(&in, BYTES_OF(bytes), ROOM_OF(wire));
    CHECK(piece_parse(b, &out, &piece) == OK && out.number == in.number);
    CHECK(piece.len == LIMIT_PIECE && memcmp(piece.at, bytes, piece.len) == 0);
    CHECK(piece_parse(BYTES_OF(wire), &out, &piece) == MALFORMED); /* a byte too much */
    wire[34] = 0x40; /* 16384: one number too high */
    wire[35] = 0;
    CHECK(fetch_parse((struct bytes){wire, FETCH_LEN}, &out) == MALFORMED);
}

MAIN(TEST(test_a_piece_and_the_wish_for_it_arrive_as_they_were_sent),
    TEST(test_a_reading_arrives_as_it_was_sent),
    TEST(test_a_reading_outside_its_ranges_is_refused_whole),
    TEST(test_a_view_arrives_as_it_was_sent),
    TEST(test_a_state_arrives_as_it_was_sent_and_lengths_are_exact),
    TEST(test_a_ticket_on_its_way_to_the_screen_is_one_of_three_kinds),
    TEST(test_a_code_and_what_came_of_a_ticket_are_in_their_ranges),
    TEST(test_an_event_of_an_update_names_its_release_whole_or_not_at_all),
    TEST(test_envelopes_and_replies_keep_to_their_limits))
