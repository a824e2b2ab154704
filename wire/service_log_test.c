/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/service_log.h"

#include "tests/support/check.h"
#include "tests/support/messages.h"

static void fill_word(char out[WORD_MAX + 1])
{
    memset(out, 'w', WORD_MAX);
    out[WORD_MAX] = 0;
}

/* As much as there can be of everything. */
static void largest(struct service_log *g)
{
    static const uint64_t most = (UINT64_C(1) << 53) - 1;

    *g = (struct service_log){.seq = UINT32_MAX,
        .part = 255,
        .mono_ms = most,
        .has_utc = true,
        .utc_ms = most,
        .line_count = LIMIT_LOG_LINES,
        .check_count = LIMIT_LOG_CHECKS,
        .figure_count = LIMIT_LOG_FIGURES};
    fill_word(g->holder);
    for (size_t i = 0; i < LIMIT_LOG_LINES; i++) {
        g->lines[i] = (struct log_line){.level = 3,
            .has_number = true,
            .number = most,
            .count = UINT16_MAX,
            .first_ms = most,
            .last_ms = most};
        fill_word(g->lines[i].code);
        fill_word(g->lines[i].detail);
    }
    for (size_t i = 0; i < LIMIT_LOG_CHECKS; i++)
        fill_word(g->checks[i].name);
    for (size_t i = 0; i < LIMIT_LOG_FIGURES; i++) {
        g->figures[i].value = most;
        fill_word(g->figures[i].name);
    }
}

static void test_the_largest_log_fits_its_limit_and_comes_back(void)
{
    static struct service_log in, out;
    static uint8_t b[LIMIT_SERVICE_LOG], again[LIMIT_SERVICE_LOG];
    size_t len = 0, len2 = 0;

    largest(&in);
    CHECK(service_log_build(&in, ROOM_OF(b), &len) == OK);
    CHECK(service_log_parse((struct bytes){b, len}, &out) == OK);
    CHECK(service_log_build(&out, ROOM_OF(again), &len2) == OK);
    CHECK(len == len2 && memcmp(b, again, len) == 0);
    CHECK(service_log_build(&in, (struct room){again, len - 1}, &len2) == FULL);
}

static void test_any_log_comes_back_whole(void)
{
    static struct service_log in, out;
    static uint8_t b[LIMIT_SERVICE_LOG], again[LIMIT_SERVICE_LOG];
    struct dice d = {21};
    size_t len, len2;

    for (int i = 0; i < 3000; i++) {
        any_log(&d, &in);
        CHECK(service_log_build(&in, ROOM_OF(b), &len) == OK);
        CHECK(service_log_parse((struct bytes){b, len}, &out) == OK);
        CHECK(service_log_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
        CHECK(out.seq == in.seq && out.line_count == in.line_count);
    }
}

static void test_a_spoiled_log_is_refused_whole_or_is_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX], again[LIMIT_SERVICE_LOG];
    static struct service_log out, before;
    struct dice d = {31};
    unsigned refused = 0;
    size_t len2;

    memset(&before, 0x33, sizeof before);
    for (int i = 0; i < 10000; i++) {
        size_t len = spoil(&d, ROOM_OF(b), any_message(&d, MESSAGE_LOG, ROOM_OF(b)));
        memcpy(&out, &before, sizeof out);
        if (service_log_parse((struct bytes){b, len}, &out) != OK) {
            refused++;
            CHECK(memcmp(&out, &before, sizeof out) == 0);
            continue;
        }
        CHECK(service_log_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
    }
    CHECK(refused > 4000 && refused < 10000);
}

static void test_a_log_cut_anywhere_is_malformed(void)
{
    static struct service_log in, out;
    static uint8_t b[LIMIT_SERVICE_LOG];
    struct dice d = {41};
    size_t len;

    any_log(&d, &in);
    CHECK(service_log_build(&in, ROOM_OF(b), &len) == OK);
    for (size_t n = 0; n < len; n++)
        CHECK(service_log_parse((struct bytes){b, n}, &out) == MALFORMED);
}

/* What a person wrote, or a key in hex, has no place: a word is short, and of one alphabet. */
static void test_a_word_is_no_sentence_and_no_key(void)
{
    static const struct {
        const char *word;
        bool holds;
    } rows[] = {
        {"flash.fault", true},
        {"12-3_x", true},
        {"", false},
        {"Jane Doe", false},
        {"JANE", false},
        {"j\xc3\xa4ne", false},
        {"a b", false},
        {"a\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char word[WORD_MAX + 1] = "";
        (void)snprintf(word, sizeof word, "%s", rows[i].word);
        CHECK(log_word_holds(word) == rows[i].holds);
    }
    char full[WORD_MAX + 1];
    memset(full, 'a', sizeof full); /* 33 of them, and no end */
    CHECK(!log_word_holds(full));
}

MAIN(TEST(test_the_largest_log_fits_its_limit_and_comes_back),
    TEST(test_any_log_comes_back_whole),
    TEST(test_a_spoiled_log_is_refused_whole_or_is_another_valid_one),
    TEST(test_a_log_cut_anywhere_is_malformed),
    TEST(test_a_word_is_no_sentence_and_no_key))
