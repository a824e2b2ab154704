/* SPDX-License-Identifier: Apache-2.0 */
/* What a device gives under a service ticket: to whom, how much, and what it never gives. */
#include "device/keeper/desk.h"

#include "device/keeper/service_say.h"
#include "tests/support/check.h"
#include "tests/support/station.h"

#include <openssl/evp.h>

enum { SECTORS = 64, NOW_S = 1795846800 };

static struct station st;
static struct log quiet;
static struct desk desk;
static uint8_t up[LIMIT_ENVELOPE], down[LIMIT_ENVELOPE], plain[LIMIT_ENVELOPE];
static size_t plain_len;
static uint32_t logs_sealed;

static void hear(void *ctx, const struct outbox_told *told)
{
    (void)ctx;
    logs_sealed += told->note == OUTBOX_LOG_SEALED;
}

static EVP_PKEY *service_key(void)
{
    static const uint8_t seed[32] = {5, 5, 5};
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
}

static struct bytes ticket(uint8_t out[LIMIT_TICKET])
{
    struct ticket t = {.device = st.kid.device,
        .serial = {{3, 1, 4}},
        .not_before_s = NOW_S,
        .not_after_s = NOW_S + LIMIT_TICKET_S,
        .holder = "J. Engineer"};
    uint8_t payload_room[TICKET_PAYLOAD_MAX], room[TICKET_SIGNED_BYTES_MAX];
    struct bytes payload = ticket_payload_build(&t, ROOM_OF(payload_room));
    struct bytes to_sign = ticket_signed_bytes(payload, ROOM_OF(room));
    struct signature signature;
    size_t len = sizeof signature.b;
    EVP_PKEY *k = service_key();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    CHECK(EVP_DigestSignInit(ctx, NULL, NULL, NULL, k) == 1
        && EVP_DigestSign(ctx, signature.b, &len, to_sign.at, to_sign.len) == 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    return ticket_build(payload, &signature, (struct room){out, LIMIT_TICKET});
}

/* What was opened last, as store opens it. True: a log. */
static bool next_is_log(struct nonce *nonce, struct outbox_sent *sent)
{
    struct envelope e;
    struct key k;
    size_t len = 0;
    const struct crypto *c = station_crypto();

    if (outbox_next(&st.outbox, ROOM_OF(up), &len, nonce) != OK)
        return false;
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){up, len}, &e) == OK);
    CHECK(epoch_key(c, &st.store_private, &st.kid, &st.k_up, &e.epoch, &k) == OK);
    sent->epoch = e.epoch;
    CHECK(c->sha256(c->board, (struct bytes){up, len}, &sent->digest) == OK);
    return open_log(c, &e, &k, ROOM_OF(plain), &plain_len) == OK;
}

/* One reading goes up and is answered: now the clock is set, as it is for a real device. */
static void set_clock(void)
{
    struct reading r = station_reading(&st, 1);
    struct nonce nonce;
    struct outbox_sent sent;
    struct batch batch;
    size_t len = 0;

    CHECK(outbox_take(&st.outbox, &r) == OK && outbox_close_batch(&st.outbox) == OK);
    CHECK(outbox_next(&st.outbox, ROOM_OF(up), &len, &nonce) == OK);
    CHECK(station_open(&st, (struct bytes){up, len}, &batch, &sent) == OK);
    struct answer a = station_answer(&st, &nonce, &sent, OUTCOME_STORED);
    a.server_utc_ms = (NOW_S + UINT64_C(60)) * 1000;
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &nonce, (struct bytes){down, len}) == OK);
}

static void start_with(bool button)
{
    struct ed25519_public key;
    size_t len = sizeof key.b;
    EVP_PKEY *k = service_key();

    CHECK(EVP_PKEY_get_raw_public_key(k, key.b, &len) == 1);
    EVP_PKEY_free(k);
    logs_sealed = 0;
    station_init(&st, SECTORS, 1, 11);
    st.ear = (struct outbox_ear){NULL, hear};
    st.mono_ms = st.real_ms = 5000;
    CHECK(station_boot(&st) == OK);
    quiet = (struct log){.fd = -1};
    memset(&desk, 0, sizeof desk);
    desk.has_button = button;
    desk_init(&desk, &quiet, &st.clock);
    quiet.ear = (struct log_ear){&desk, desk_hear};
    desk_open(&desk, &st.outbox, station_crypto(), &st.entropy, &key, &st.kid.device);
    set_clock();
}

static void start(void)
{
    start_with(false);
}

static void pass(uint64_t ms)
{
    st.mono_ms += ms;
    st.real_ms += ms;
}

static uint32_t code_shown(void)
{
    uint32_t code = PRESENCE_CODES;
    CHECK(presence_code_shown(&desk.code, &code) && code < PRESENCE_CODES);
    return code;
}

static void open_desk(void)
{
    uint8_t b[LIMIT_TICKET];

    CHECK(desk_offer(&desk, ticket(b)) == REASON_SERVICE_ASKED);
    CHECK(desk_answer(&desk, code_shown()) == REASON_SERVICE_BEGUN);
}

/* Req: HF-SVC-002 "before a person at the device has answered what its screen asks" */
static void test_nothing_is_given_until_the_code_of_the_screen_is_said(void)
{
    uint8_t b[LIMIT_TICKET];
    uint32_t code;

    start();
    CHECK(desk_offer(&desk, ticket(b)) == REASON_SERVICE_ASKED);
    code = code_shown();
    CHECK(!desk_tick(&desk) && logs_sealed == 0);
    CHECK(desk_answer(&desk, (code + 1) % PRESENCE_CODES) == REASON_SERVICE_ASKED);
    CHECK(!desk_tick(&desk) && logs_sealed == 0);
    CHECK(desk_answer(&desk, code) == REASON_SERVICE_BEGUN);
    CHECK(desk_tick(&desk) && logs_sealed == 1);
    CHECK(!presence_code_shown(&desk.code, &code));
}

static void test_three_wrong_codes_or_a_minute_are_nobody(void)
{
    uint8_t b[LIMIT_TICKET];
    uint32_t code;

    start();
    CHECK(desk_offer(&desk, ticket(b)) == REASON_SERVICE_ASKED);
    code = code_shown();
    for (uint32_t i = 1; i < PRESENCE_TRIES; i++)
        CHECK(desk_answer(&desk, (code + i) % PRESENCE_CODES) == REASON_SERVICE_ASKED);
    CHECK(desk_answer(&desk, (code + 9) % PRESENCE_CODES) == REASON_SERVICE_PRESENCE);
    CHECK(desk_answer(&desk, code) == REASON_SERVICE_PRESENCE); /* too late */

    CHECK(
        desk_offer(&desk, ticket(b)) == REASON_SERVICE_ASKED); /* it was not used up */
    code = code_shown();
    pass(PRESENCE_MS);
    CHECK(desk_answer(&desk, code) == REASON_SERVICE_PRESENCE);
    CHECK(!desk_tick(&desk) && logs_sealed == 0);
}

static void test_each_question_has_a_code_of_its_own(void)
{
    uint8_t b[LIMIT_TICKET];
    uint32_t last = PRESENCE_CODES, same = 0;

    start();
    for (int i = 0; i < 50; i++) {
        CHECK(desk_offer(&desk, ticket(b)) == REASON_SERVICE_ASKED);
        uint32_t code = code_shown();
        same += code == last;
        last = code;
        pass(PRESENCE_MS);
        (void)desk_tick(&desk);
    }
    CHECK(same < 2);
}

static void test_a_ticket_gives_a_bounded_number_of_logs_and_then_none(void)
{
    start();
    open_desk();
    for (uint32_t s = 0; s < LIMIT_TICKET_S + 600; s++) {
        (void)desk_tick(&desk);
        LOG(&quiet, LOG_WARN, REASON_CLOCK_STEPPED, F_NUM("n", s));
        pass(1000);
    }
    CHECK(logs_sealed > 90 && logs_sealed <= LIMIT_SERVICE_LOGS);
    CHECK(desk.service.state == SERVICE_CLOSED);
    uint32_t before = logs_sealed;
    for (int i = 0; i < 2000; i++) {
        (void)desk_tick(&desk);
        pass(1000);
    }
    CHECK(logs_sealed == before);
}

static void test_a_log_holds_lines_of_before_self_tests_and_figures(void)
{
    struct nonce nonce;
    struct outbox_sent sent;
    static struct service_log g;

    start();
    LOG(&quiet, LOG_FAULT, REASON_FLASH_FAULT, F_WORD("status", "broken"));
    LOG(&quiet, LOG_FAULT, REASON_FLASH_FAULT, F_WORD("status", "broken"));
    open_desk();
    CHECK(desk_tick(&desk));
    CHECK(next_is_log(&nonce, &sent));
    CHECK(service_log_parse((struct bytes){plain, plain_len}, &g) == OK);
    CHECK(g.line_count >= 2 && strcmp(g.holder, "J. Engineer") == 0 && g.part == 0);
    CHECK(strcmp(g.lines[0].code, "flash.fault") == 0 && g.lines[0].count == 2);
    CHECK(strcmp(g.lines[0].detail, "broken") == 0 && g.lines[0].level == 3);
    CHECK(g.check_count == 5 && g.figure_count == 16 && g.has_utc);
    for (size_t i = 0; i < g.check_count; i++)
        CHECK(g.checks[i].passed);
}

/* ---- what never goes ---- */

static bool holds(const void *what, size_t len)
{
    for (size_t i = 0; len > 0 && i + len <= plain_len; i++)
        if (memcmp(plain + i, what, len) == 0)
            return true;
    return false;
}

/* Req: HF-SVC-003 "without a key and without a value measured on the patient" */
static void test_a_key_and_a_patient_in_the_way_do_not_come_out(void)
{
    static const uint8_t key[32] = {0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce};
    static const struct log_field planted[] = {
        {.kind = LOG_HEX, .key = "key", .bytes = {key, sizeof key}},
        {.kind = LOG_HEX, .key = "status", .bytes = {key, sizeof key}},
        {.kind = LOG_HEX, .key = "n", .bytes = {key, sizeof key}},
        {.kind = LOG_NUMBER, .key = "spo2_permille", .number = 876543},
        {.kind = LOG_NUMBER, .key = "status", .number = 876543},
        {.kind = LOG_WORD, .key = "patient", .word = "jane-doe"},
        {.kind = LOG_WORD, .key = "n", .word = "jane-doe"},
        {.kind = LOG_WORD, .key = "status", .word = "jane doe, 1950"},
    };
    struct nonce nonce;
    struct outbox_sent sent;
    uint32_t seen = 0;

    start();
    (void)snprintf(st.outbox.memory.config.label, sizeof st.outbox.memory.config.label,
        "jane-doe");
    (void)snprintf(
        st.outbox.memory.config.ward, sizeof st.outbox.memory.config.label, "jane-doe");
    st.outbox.memory.config.assignment = (struct assignment){true, {0xde, 0xad, 0xbe}};
    open_desk();
    for (int r = 0; r < REASON_COUNT; r++) {
        for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++)
            log_fields(&quiet, LOG_WARN, (enum reason)r, &planted[i], 1);
        log_fields(&quiet, LOG_WARN, (enum reason)r, planted,
            sizeof planted / sizeof planted[0]);
        desk.due_ms = 0; /* give it now */
        if (desk.part < LIMIT_SERVICE_LOGS)
            (void)desk_tick(&desk);
        while (next_is_log(&nonce, &sent)) {
            static const uint8_t number[] = {0x1a, 0x00, 0x0d, 0x60, 0x0f}; /* 876543 */
            seen++;
            CHECK(!holds(key, 4) && !holds("jane", 4) && !holds(number, sizeof number));
            CHECK(!holds("spo2", 4) && !holds("patient", 7));
            CHECK(!holds(st.outbox.sealer.key.b, 8) && !holds(st.k_up.b, 8)
                && !holds(st.k_down.b, 8) && !holds(desk.service.key.b, 8));
            struct service_log g;
            CHECK(service_log_parse((struct bytes){plain, plain_len}, &g) == OK);
            sent.seq = g.seq;
            struct answer a = station_answer(&st, &nonce, &sent, OUTCOME_STORED);
            size_t len = 0;
            CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
            CHECK(outbox_answer(&st.outbox, &nonce, (struct bytes){down, len}) == OK);
            pass(10);
        }
    }
    CHECK(seen > 20);
}

static void test_only_reasons_of_the_list_are_said_and_only_their_own_fields(void)
{
    static const struct log_field fields[] = {
        {.kind = LOG_NUMBER, .key = "n", .number = 7},
        {.kind = LOG_NUMBER, .key = "succeeded", .number = 1},
        {.kind = LOG_WORD, .key = "door", .word = "measure"}};
    static const struct {
        enum reason reason;
        bool said, number;
        const char *detail;
    } rows[] = {
        {REASON_BATCH_LOST, true, true, ""},
        {REASON_BATCH_SEALED, true, false, ""},
        {REASON_ROLE_SELF_TEST, true, true, ""},
        {REASON_TALK_PEER, true, false, "measure"},
        {REASON_AUTH_SIGNED_IN, false, false, ""},
        {REASON_MEASURE_LATE, false, false, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct log_line l = {0};
        CHECK(service_say(LOG_WARN, rows[i].reason, fields, 3, 9, &l) == rows[i].said);
        CHECK(l.has_number == rows[i].number && strcmp(l.detail, rows[i].detail) == 0);
    }
}

/* Req: HF-SVC-009 "A ticket that came by the cloud shall be shown, judged and told only when
 * somebody at the device asks for it." */
static void test_a_carried_ticket_waits_until_somebody_there_asks_for_it(void)
{
    uint8_t b[LIMIT_TICKET];

    start();
    CHECK(desk_offer(&desk, (struct bytes){0}) == REASON_SERVICE_NONE);
    desk_carry(&desk, ticket(b));
    pass(3600000);
    CHECK(!desk_tick(&desk) && desk.service.state == SERVICE_CLOSED);
    CHECK(desk_offer(&desk, (struct bytes){0}) == REASON_SERVICE_ASKED);
    CHECK(desk_answer(&desk, code_shown()) == REASON_SERVICE_BEGUN);
    CHECK(desk_tick(&desk) && logs_sealed == 1);
}

static void test_a_carried_ticket_goes_with_the_answer_that_no_longer_brings_it(void)
{
    uint8_t b[LIMIT_TICKET];

    start();
    desk_carry(&desk, ticket(b));
    desk_carry(&desk, (struct bytes){0});
    CHECK(desk_offer(&desk, (struct bytes){0}) == REASON_SERVICE_NONE);
    CHECK(desk.service.state == SERVICE_CLOSED);
}

static void test_one_press_shows_who_asks_and_a_second_one_lets_them(void)
{
    uint8_t b[LIMIT_TICKET];

    start_with(true);
    desk_press(&desk); /* nothing waits */
    CHECK(desk.service.state == SERVICE_CLOSED);
    desk_carry(&desk, ticket(b));
    desk_press(&desk);
    CHECK(desk.service.state == SERVICE_ASKING);
    desk_press(&desk); /* the same finger */
    CHECK(desk.service.state == SERVICE_ASKING && !desk_tick(&desk));
    pass(BUTTON_BOUNCE_MS);
    desk_press(&desk);
    CHECK(desk.service.state == SERVICE_OPEN);
    CHECK(desk_tick(&desk) && logs_sealed == 1);
}

static void test_with_a_button_a_minute_without_it_is_nobody_and_no_code_opens(void)
{
    uint8_t b[LIMIT_TICKET];
    uint32_t code;

    start_with(true);
    CHECK(desk_offer(&desk, ticket(b)) == REASON_SERVICE_PRESS);
    CHECK(!presence_code_shown(&desk.code, &code));
    for (uint32_t i = 0; i < 1000; i++)
        CHECK(desk_answer(&desk, i) == REASON_SERVICE_ASKED);
    CHECK(desk.service.state == SERVICE_ASKING);
    pass(BUTTON_ASKS_MS);
    CHECK(!desk_tick(&desk) && desk.service.state == SERVICE_CLOSED);
    desk_press(&desk); /* nothing was carried */
    CHECK(desk.service.state == SERVICE_CLOSED && logs_sealed == 0);
}

MAIN(TEST(test_a_carried_ticket_waits_until_somebody_there_asks_for_it),
    TEST(test_a_carried_ticket_goes_with_the_answer_that_no_longer_brings_it),
    TEST(test_one_press_shows_who_asks_and_a_second_one_lets_them),
    TEST(test_with_a_button_a_minute_without_it_is_nobody_and_no_code_opens),
    TEST(test_nothing_is_given_until_the_code_of_the_screen_is_said),
    TEST(test_three_wrong_codes_or_a_minute_are_nobody),
    TEST(test_each_question_has_a_code_of_its_own),
    TEST(test_a_ticket_gives_a_bounded_number_of_logs_and_then_none),
    TEST(test_a_log_holds_lines_of_before_self_tests_and_figures),
    TEST(test_a_key_and_a_patient_in_the_way_do_not_come_out),
    TEST(test_only_reasons_of_the_list_are_said_and_only_their_own_fields))
