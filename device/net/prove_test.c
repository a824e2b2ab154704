/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/prove.h"

#include "tests/support/check.h"
#include "wire/attest.h"

static const struct device_id id = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4d, 0xef,
    0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};
static const struct attest_ask ask = {{{0xa1, 7}}, 1u << 4 | 1u << 11};

struct chip { /* a TPM that says what it was asked */
    enum status answers;
    int asked;
    uint32_t registers;
    struct digest bound;
};

static enum status quote(void *board, uint32_t registers, const struct digest *bound,
    struct trust_evidence *out)
{
    struct chip *c = board;

    c->asked++;
    c->registers = registers;
    c->bound = *bound;
    *out = (struct trust_evidence){{3, {1, 2, 3}}, {2, {8, 9}}};
    return c->answers;
}

static struct prove begun(const struct trust *trust, struct room out, size_t *len)
{
    struct prove p = {
        .trust = trust, .device = &id, .host = "cloud.example", .channel = {{0xc2}}};

    CHECK(prove_begin(&p, out, len) == OK);
    return p;
}

static struct http_answer answer(uint16_t status, struct bytes body)
{
    return (struct http_answer){.status = status, .keep = true, .body = body};
}

static void test_what_the_cloud_asks_is_quoted_for_this_nonce_and_this_connection(void)
{
    struct chip chip = {.answers = OK};
    struct trust trust = {.board = &chip, .quote = quote};
    uint8_t out[2048], asked[ATTEST_ASK_LEN];
    size_t len = 0;
    struct attest_quote said;
    struct digest bound;

    struct prove p = begun(&trust, ROOM_OF(out), &len);
    CHECK(strstr((char *)out, "/attest HTTP/1.1\r\n") != NULL);
    CHECK(memcmp(out + len - 4, "\r\n\r\n", 4) == 0 && chip.asked == 0);
    attest_ask_build(&ask, asked);
    struct http_answer a = answer(200, BYTES_OF(asked));
    CHECK(prove_answered(&p, &a, ROOM_OF(out), &len) == AGAIN);
    attest_bound(&ask.nonce, &p.channel, &bound);
    CHECK(chip.asked == 1 && chip.registers == ask.registers);
    CHECK(memcmp(&chip.bound, &bound, sizeof bound) == 0);
    size_t body = 1 + 32 + 32 + 2 + 3 + 2 + 2;
    CHECK(len > body
        && attest_quote_parse((struct bytes){out + len - body, body}, &said) == OK);
    CHECK(memcmp(&said.nonce, &ask.nonce, 32) == 0);
    CHECK(memcmp(&said.channel, &p.channel, 32) == 0 && said.said.len == 3);
    a = answer(204, (struct bytes){0});
    CHECK(prove_answered(&p, &a, ROOM_OF(out), &len) == OK && chip.asked == 1);
}

static void test_cloud_that_asks_nothing_is_told_nothing(void)
{
    struct chip chip = {.answers = OK};
    struct trust trust = {.board = &chip, .quote = quote};
    uint8_t out[2048];
    size_t len = 0;

    struct prove p = begun(&trust, ROOM_OF(out), &len);
    struct http_answer a = answer(204, (struct bytes){0});
    CHECK(prove_answered(&p, &a, ROOM_OF(out), &len) == OK && chip.asked == 0);
}

static void test_each_other_answer_ends_it_by_its_own_status(void)
{
    uint8_t asked[ATTEST_ASK_LEN];
    const struct {
        const char *what;
        uint16_t status;
        size_t len;
        bool second;
        enum status expected;
    } rows[] = {{"refused at once", 403, 0, false, REFUSED},
        {"refused after the proof", 403, 0, true, REFUSED},
        {"busy", 503, 0, false, FULL}, {"too many", 429, 0, true, FULL},
        {"no such place", 404, 0, false, MALFORMED},
        {"asked a second time", 200, sizeof asked, true, MALFORMED},
        {"a byte too few", 200, sizeof asked - 1, false, MALFORMED},
        {"nothing", 200, 0, false, MALFORMED}};

    attest_ask_build(&ask, asked);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chip chip = {.answers = OK};
        struct trust trust = {.board = &chip, .quote = quote};
        uint8_t out[2048];
        size_t len = 0;
        struct prove p = begun(&trust, ROOM_OF(out), &len);
        struct http_answer first = answer(200, BYTES_OF(asked));
        if (rows[i].second)
            CHECK(prove_answered(&p, &first, ROOM_OF(out), &len) == AGAIN);
        struct http_answer a =
            answer(rows[i].status, (struct bytes){asked, rows[i].len});
        bool good = prove_answered(&p, &a, ROOM_OF(out), &len) == rows[i].expected;
        CHECK(good && chip.asked == (rows[i].second ? 1 : 0));
        if (!good)
            printf("# %s\n", rows[i].what);
    }
}

static void test_without_its_tpm_nothing_is_said(void)
{
    static const enum status rows[] = {AGAIN, REFUSED, BROKEN};
    uint8_t asked[ATTEST_ASK_LEN];

    attest_ask_build(&ask, asked);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chip chip = {.answers = rows[i]};
        struct trust trust = {.board = &chip, .quote = quote};
        uint8_t out[2048];
        size_t len = 0;
        struct prove p = begun(&trust, ROOM_OF(out), &len);
        struct http_answer a = answer(200, BYTES_OF(asked));
        CHECK(prove_answered(&p, &a, ROOM_OF(out), &len) == BROKEN);
    }
}

MAIN(TEST(test_what_the_cloud_asks_is_quoted_for_this_nonce_and_this_connection),
    TEST(test_cloud_that_asks_nothing_is_told_nothing),
    TEST(test_each_other_answer_ends_it_by_its_own_status),
    TEST(test_without_its_tpm_nothing_is_said))
