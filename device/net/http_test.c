/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/http.h"

#include "tests/support/check.h"

static enum status parse(const char *text, struct http_answer *out)
{
    return http_answer_parse((struct bytes){(const uint8_t *)text, strlen(text)}, out);
}

static void test_a_good_answer_is_taken_and_every_front_part_of_it_waits(void)
{
    static const char text[] =
        "HTTP/1.1 503 Service Unavailable\r\ncontent-LENGTH: 4\r\n"
        "Retry-After:\t17 \r\nX-Other: a, b\r\n\r\nbody";
    struct http_answer a;

    CHECK(parse(text, &a) == OK);
    CHECK(a.status == 503 && a.retry_after_s == 17 && a.keep);
    CHECK(a.body.len == 4 && memcmp(a.body.at, "body", 4) == 0);
    for (size_t len = 0; len < sizeof text - 1; len++)
        CHECK(
            http_answer_parse((struct bytes){(const uint8_t *)text, len}, &a) == AGAIN);
}

static void test_the_end_of_a_connection_is_announced_or_not(void)
{
    struct http_answer a;

    CHECK(parse("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", &a) == OK && a.keep);
    CHECK(parse("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", &a)
        == OK);
    CHECK(!a.keep);
}

static void test_what_is_no_answer_of_ours_is_malformed(void)
{
    static const char *const rows[] = {
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 16385\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\nX: y\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \x01\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nRetry-After: soon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore",
        "<html>Please log in</html>\r\n\r\n",
        "\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_answer a = {.status = 7};
        CHECK(parse(rows[i], &a) == MALFORMED && a.status == 7);
        if (a.status != 7)
            printf("# %s\n", rows[i]);
    }
}

static void test_heads_at_and_over_their_limits(void)
{
    static char text[2 * LIMIT_HTTP_HEAD];
    struct http_answer a;

    for (size_t over = 0; over <= 1; over++) { /* bytes */
        size_t want = LIMIT_HTTP_HEAD + over;
        int n =
            snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ");
        memset(text + n, 'a', want - (size_t)n - 4);
        snprintf(text + want - 4, 5, "\r\n\r\n");
        CHECK(parse(text, &a) == (over == 0 ? OK : MALFORMED));
    }
    for (int over = 0; over <= 1; over++) { /* fields */
        int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
        for (int i = 1; i < LIMIT_HTTP_FIELDS + over; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "X: y\r\n");
        snprintf(text + n, sizeof text - (size_t)n, "\r\n");
        CHECK(parse(text, &a) == (over == 0 ? OK : MALFORMED));
    }
}

static void test_the_request_is_the_one_of_the_protocol(void)
{
    static const struct device_id id = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4d, 0xef,
        0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};
    static const struct nonce nonce = {{0xff, 1}};
    static const uint8_t body[] = {'b', 'y', 't', 'e', 's'};
    static const char want[] =
        "POST /v1/d/01234567-89ab-4def-8123-456789abcdef/batches HTTP/1.1\r\n"
        "Host: cloud.example\r\nContent-Length: 5\r\n"
        "Holdfast-Nonce: ff010000000000000000000000000000\r\n\r\nbytes";
    uint8_t out[512];
    size_t len = 0;

    CHECK(http_batch_build(
              &id, "cloud.example", &nonce, BYTES_OF(body), ROOM_OF(out), &len)
        == OK);
    CHECK(len == sizeof want - 1 && memcmp(out, want, len) == 0);
    CHECK(
        http_batch_build(&id, "c", &nonce, BYTES_OF(body), (struct room){out, 64}, &len)
        == FULL);
}

static void test_an_answer_without_content_may_leave_its_length_out_and_has_none(void)
{
    struct http_answer a;

    CHECK(parse("HTTP/1.1 204 No Content\r\n\r\n", &a) == OK);
    CHECK(a.status == 204 && a.body.len == 0 && a.keep);
    CHECK(parse("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", &a) == OK);
    CHECK(parse("HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\nx", &a)
        == MALFORMED);
    CHECK(parse("HTTP/1.1 204 No Content\r\n\r\nx", &a) == MALFORMED);
    CHECK(parse("HTTP/1.1 200 OK\r\n\r\n", &a) == MALFORMED);
}

static void test_the_request_for_a_proof_is_the_one_of_the_protocol(void)
{
    static const struct device_id id = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4d, 0xef,
        0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};
    static const char want[] =
        "POST /v1/d/01234567-89ab-4def-8123-456789abcdef/attest HTTP/1.1\r\n"
        "Host: cloud.example\r\nContent-Length: 0\r\n\r\n";
    uint8_t out[512];
    size_t len = 0;

    CHECK(http_attest_build(&id, "cloud.example", (struct bytes){0}, ROOM_OF(out), &len)
        == OK);
    CHECK(len == sizeof want - 1 && memcmp(out, want, len) == 0);
    CHECK(http_attest_build(&id, "c", (struct bytes){0}, (struct room){out, 64}, &len)
        == FULL);
}

MAIN(TEST(test_a_good_answer_is_taken_and_every_front_part_of_it_waits),
    TEST(test_the_end_of_a_connection_is_announced_or_not),
    TEST(test_what_is_no_answer_of_ours_is_malformed),
    TEST(test_heads_at_and_over_their_limits),
    TEST(test_the_request_is_the_one_of_the_protocol),
    TEST(test_an_answer_without_content_may_leave_its_length_out_and_has_none),
    TEST(test_the_request_for_a_proof_is_the_one_of_the_protocol))
