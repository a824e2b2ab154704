/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_build.h"
#include "cloud/http/http_parse.h"

#include "tests/support/check.h"

#define ID    "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"
#define NONCE "Holdfast-Nonce: 000102030405060708090a0b0c0d0e0f\r\n"
#define PATH  "/v1/d/" ID "/batches"

static enum status parse(
    const char *s, size_t len, struct http_head *h, struct http_refusal *no)
{
    return http_head_parse((struct bytes){(const uint8_t *)s, len}, h, no);
}

static void test_our_own_request_is_taken_and_its_parts_are_what_was_sent(void)
{
    static const char good[] =
        "POST " PATH " HTTP/1.1\r\nHost: Cloud.Test:8443\r\n"
        "content-length: 900\r\n" NONCE "X-Forwarded-For: 1\r\n\r\nBODY";
    struct http_head h;
    struct http_refusal no;
    enum http_of_device what = HTTP_ATTEST;
    struct device_id id;

    CHECK(parse(good, sizeof good - 1, &h, &no) == OK);
    CHECK(h.method == HTTP_POST && h.content_length == 900 && h.has_nonce);
    CHECK(strcmp(h.host, "cloud.test") == 0 && h.len == sizeof good - 1 - 4);
    CHECK(h.nonce.b[15] == 0x0f && http_device_path_parse(h.path, &what, &id) == OK);
    for (size_t n = 0; n < h.len; n++) {
        struct http_head other;
        CHECK(parse(good, n, &other, &no) == AGAIN);
    }
}

/* Req: HF-SEC-004: attacks 2 and 16 of the design's list. */
static void test_requests_that_two_readers_could_understand_differently_are_refused(
    void)
{
    static const struct {
        const char *what, *text;
    } cases[] = {
        {"percent", "POST /v1/d/%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"dot dot", "POST /v1/d/../x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"two slashes", "POST /v1//d HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"parameter", "POST /v1/d;x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"query", "POST /v1/d?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"fragment", "POST /v1/d#x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"backslash", "POST /v1\\d HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"upper-case path", "POST /V1/d HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"overlong UTF-8", "POST /v1/\xc0\xaf HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"absolute form", "POST https://a/v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"lower-case method", "post /v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"HTTP/1.0", "POST /v1 HTTP/1.0\r\nHost: a\r\n\r\n"},
        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"no version", "POST /v1\r\nHost: a\r\n\r\n"},
        {"two blanks", "POST  /v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"no host", "POST /v1 HTTP/1.1\r\nX: a\r\n\r\n"},
        {"two hosts", "POST /v1 HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"},
        {"odd host", "POST /v1 HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"two lengths",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: "
            "1\r\n\r\n"},
        {"length list", "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"},
        {"signed length", "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"},
        {"hex length", "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n"},
        {"leading zero", "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 01\r\n\r\n"},
        {"vast length",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\n"},
        {"chunked",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"both",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
            "identity\r\n\r\n"},
        {"two types",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cose\r\n"
            "Content-Type: application/cose\r\n\r\n"},
        {"content coding",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n\r\n"},
        {"double escape", "POST /v1/%252e HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"escaped slash", "POST /v1%2fd HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"user in host", "POST /v1 HTTP/1.1\r\nHost: b@a\r\n\r\n"},
        {"host with a blank", "POST /v1 HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {"blank after version", "POST /v1 HTTP/1.1 \r\nHost: a\r\n\r\n"},
        {"tab for blank", "POST\t/v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"expect", "POST /v1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"},
        {"upgrade", "POST /v1 HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n"},
        {"folding", "POST /v1 HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"},
        {"blank before colon", "POST /v1 HTTP/1.1\r\nHost : a\r\n\r\n"},
        {"bare LF", "POST /v1 HTTP/1.1\nHost: a\r\n\r\n"},
        {"bare CR", "POST /v1 HTTP/1.1\r\nHost: a\rb\r\n\r\n"},
        {"no colon", "POST /v1 HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"},
        {"control", "POST /v1 HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"},
        {"two nonces", "POST /v1 HTTP/1.1\r\nHost: a\r\n" NONCE NONCE "\r\n"},
        {"upper-case nonce",
            "POST /v1 HTTP/1.1\r\nHost: a\r\nHoldfast-Nonce: "
            "000102030405060708090A0B0C0D0E0F\r\n\r\n"},
        {"TLS hello", "\x16\x03\x01\x02"},
        {"leading blank line", "\r\nPOST /v1 HTTP/1.1\r\nHost: a\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_head h;
        struct http_refusal no = {0};
        enum status s = parse(cases[i].text, strlen(cases[i].text), &h, &no);
        if (s != MALFORMED || no.status != 400)
            printf("# %s\n", cases[i].what);
        CHECK(s == MALFORMED && no.status == 400);
    }
    struct http_head h;
    struct http_refusal no;
    static const char nul[] = "POST /v1\0x HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(parse(nul, sizeof nul - 1, &h, &no) == MALFORMED);
}

static void test_limits_of_the_head_hold_at_their_edge(void)
{
    static char text[LIMIT_HTTP_HEAD + 64];
    struct http_head h;
    struct http_refusal no;
    static const char line[] = "POST /v1 HTTP/1.1\r\nHost: a\r\n";

    for (int fields = 31; fields <= 32; fields++) {
        size_t at = sizeof line - 1;
        memcpy(text, line, at);
        for (int i = 0; i < fields; i++, at += 6)
            memcpy(text + at, "X: 1\r\n", 6);
        memcpy(text + at, "\r\n", 2);
        enum status s = parse(text, at + 2, &h, &no);
        CHECK(fields == 31 ? s == OK : s == MALFORMED && no.status == 431);
    }
    for (size_t size = LIMIT_HTTP_HEAD; size <= LIMIT_HTTP_HEAD + 1; size++) {
        memset(text, 'a', sizeof text);
        memcpy(text, line, sizeof line - 1);
        memcpy(text + sizeof line - 1, "X: ", 3);
        memcpy(text + size - 4, "\r\n\r\n", 4);
        enum status s = parse(text, size, &h, &no);
        CHECK(size == LIMIT_HTTP_HEAD ? s == OK : s == MALFORMED && no.status == 431);
    }
}

static void test_a_device_path_has_one_spelling(void)
{
    static const char *const bad[] = {"/v1/d/" ID, "/v1/d/" ID "/",
        "/v1/d/" ID "/batches/", "/v1/d/" ID "/batch", "/v2/d/" ID "/batches",
        "/v1/d//batches", "/", "/v1/d/" ID "x/batches", "/v1/d/" ID "/attest/",
        "/v1/d/" ID "/attes", "/v1/d/attest", "/v1/d//attest"};
    enum http_of_device what = HTTP_ATTEST;
    struct device_id id;

    CHECK(http_device_path_parse(PATH, &what, &id) == OK && id.b[0] == 0x0f
        && what == HTTP_BATCHES);
    CHECK(http_device_path_parse("/v1/d/" ID "/attest", &what, &id) == OK
        && id.b[0] == 0x0f && what == HTTP_ATTEST);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(http_device_path_parse(bad[i], &what, &id) == MALFORMED);
}

#define SIXTY_FOUR "0f000000000000000000000000000000000000000000000000000000000000ab"

static void test_a_piece_has_one_spelling_and_a_number_below_the_limit(void)
{
    static const char *const bad[] = {"/v1/u/" SIXTY_FOUR, "/v1/u/" SIXTY_FOUR "/",
        "/v1/u/" SIXTY_FOUR "/00", "/v1/u/" SIXTY_FOUR "/16384",
        "/v1/u/" SIXTY_FOUR "/123456", "/v1/u/" SIXTY_FOUR "/1/",
        "/v1/u/" SIXTY_FOUR "/-1", "/v1/u/" SIXTY_FOUR "0/1", "/v1/u//1", "/v1/u/",
        "/v2/u/" SIXTY_FOUR "/1", "/"};
    struct http_piece p;

    CHECK(http_piece_path_parse("/v1/u/" SIXTY_FOUR "/0", &p) == OK && p.number == 0);
    CHECK(p.bundle.b[0] == 0x0f && p.bundle.b[31] == 0xab);
    CHECK(http_piece_path_parse("/v1/u/" SIXTY_FOUR "/16383", &p) == OK);
    CHECK(p.number == LIMIT_PIECES - 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(http_piece_path_parse(bad[i], &p) == MALFORMED);
}

static void test_no_answer_names_its_software_and_each_error_has_one_body(void)
{
    static const uint16_t statuses[] = {
        200, 400, 401, 403, 405, 411, 413, 421, 422, 429, 431, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        uint8_t out[1024];
        size_t len;
        CHECK(http_answer_build(
                  statuses[i], 0, true, (struct bytes){0}, ROOM_OF(out), &len)
            == OK);
        out[len] = 0;
        CHECK(!strstr((char *)out, "Server:") && !strstr((char *)out, "oldfast"));
        CHECK(strstr((char *)out, "Connection: close\r\n") != NULL);
    }
}

/* RFC 9110, 8.6: no Content-Length in a 204. */
static void test_nothing_to_say_is_said_without_a_length(void)
{
    uint8_t out[1024];
    size_t len;

    CHECK(
        http_answer_build(204, 0, false, (struct bytes){0}, ROOM_OF(out), &len) == OK);
    out[len] = 0;
    CHECK(strcmp((char *)out, "HTTP/1.1 204 No Content\r\n\r\n") == 0);
}

MAIN(TEST(test_our_own_request_is_taken_and_its_parts_are_what_was_sent),
    TEST(test_requests_that_two_readers_could_understand_differently_are_refused),
    TEST(test_limits_of_the_head_hold_at_their_edge),
    TEST(test_a_device_path_has_one_spelling),
    TEST(test_a_piece_has_one_spelling_and_a_number_below_the_limit),
    TEST(test_no_answer_names_its_software_and_each_error_has_one_body),
    TEST(test_nothing_to_say_is_said_without_a_length))
