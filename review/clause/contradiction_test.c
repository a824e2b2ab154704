/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/contradiction.h"

#include "tests/support/check.h"

/* What is found between two paragraphs: "subject: value / value", or "". */
static const char *between(const char *one, const char *other)
{
    static char got[256];
    struct arena *a = arena_new();
    struct document docs[2] = {{.path = TEXT("one.md")}, {.path = TEXT("other.md")}};
    struct unit units[2] = {
        {.kind = UNIT_PARAGRAPH, .doc = 0, .line = 1, .text = text_of(one)},
        {.kind = UNIT_PARAGRAPH, .doc = 1, .line = 1, .text = text_of(other)}};
    struct corpus c = {.docs = docs, .doc_count = 2, .units = units, .unit_count = 2};
    struct list found = LIST_OF(struct contradiction);
    contradictions_find(a, &c, lexicon_new(a), &found);
    size_t len = 0;
    got[0] = 0;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct contradiction *p = LIST_AT(&found, struct contradiction, i);
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%.*s: %.*s / %.*s",
            i ? "; " : "", (int)p->one.subject.len, (const char *)p->one.subject.at,
            (int)p->one.value.len, (const char *)p->one.value.at,
            (int)p->other.value.len, (const char *)p->other.value.at);
    }
    list_free(&found);
    arena_free(a);
    return got;
}

struct row {
    const char *one, *other, *want;
};

static void all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = between(rows[i].one, rows[i].other);
        if (strcmp(got, rows[i].want) != 0)
            printf("# \"%s\" and \"%s\": \"%s\", not \"%s\"\n", rows[i].one,
                rows[i].other, got, rows[i].want);
        CHECK(strcmp(got, rows[i].want) == 0);
    }
}
#define ALL(rows) all(rows, sizeof(rows) / sizeof(rows)[0])

static void test_another_least_version_of_a_protocol_is_told(void)
{
    static const struct row rows[] = {
        {"The pump speaks TLS 1.3 only.", "Transport is TLS 1.2 or later.",
            "TLS: 1.3 / 1.2"},
        {"The ward network uses WPA3.", "Wi-Fi is protected by WPA2.", "WPA: 3 / 2"},
        {"We use TLSv1.2.", "TLS v1.3 protects each connection.", "TLS: 1.2 / 1.3"},
        {"TLS 1.2 or TLS 1.3 is spoken.", "TLS 1.2 is the least version.", ""},
    };
    ALL(rows);
}

static void test_a_version_that_is_refused_is_no_version_that_is_spoken(void)
{
    static const struct row rows[] = {
        {"The pump speaks TLS 1.3 only.", "A client that offers TLS 1.2 is refused.",
            ""},
        {"TLS 1.3; TLS 1.2 is disabled.", "TLS 1.3 is used.", ""},
        {"TLS 1.3 is used.", "An attacker may ask for TLS 1.0.", ""},
        {"TLS 1.3 is used.", "Is TLS 1.2 still spoken?", ""},
        {"TLS 1.3 with AES-128.", "TLS 1.3 on port 8883.", ""},
    };
    ALL(rows);
}

static void test_another_time_of_the_same_token_is_told(void)
{
    static const struct row rows[] = {
        {"Access tokens expire after 15 minutes.", "An access token is valid for 1 h.",
            "access token, lifetime: 15 min / 1 h"},
        {"A session ends after eight hours.", "Sessions end after 8 h.", ""},
        {"A session idles out after 30 minutes without use; inactive.",
            "The session has a lifetime of 12 h.", ""},
        {"Passwords are rotated every 90 days.", "The password is rotated once a year.",
            "password, time between rotations: 90 days / 365 days"},
        {"The refresh token is valid for 30 days.",
            "The access token is valid for 1 h.", ""},
        {"Certificates are valid for 24 months, sessions for 8 h.",
            "A certificate is valid for 1 year.", ""},
        {"JWTs have an expiration time. Default: 8 hours.", "A JWT is valid for 1 h.",
            "JWT, lifetime: 8 h / 1 h"},
        {"A token is checked within 5 s.", "A token is valid for 1 h.", ""},
    };
    ALL(rows);
}

static void test_in_place_against_planned_is_told(void)
{
    static const struct row rows[] = {
        {"Multi-factor authentication is implemented for all staff.",
            "MFA is planned for the next release.",
            "multi-factor sign-in: in place / planned or missing"},
        {"Secure boot is enabled.", "Secure boot is not yet implemented.",
            "secure boot: in place / planned or missing"},
        {"Rate limiting is in place.", "Rate limits are enforced.", ""},
        {"On the device, secure boot is enabled.",
            "Secure boot of the gateway is planned.", ""},
        {"Certificate pinning is enforced.", "An attacker gains if pinning is missing.",
            ""},
        {"Audit logging is implemented.", "Is audit logging planned?", ""},
    };
    ALL(rows);
}

static void test_no_port_against_a_port_that_listens_is_told(void)
{
    static const struct row rows[] = {
        {"The device has no open ports.", "The device listens on port 8080 for set-up.",
            "ports that listen: none / some"},
        {"The device has no open ports.", "The server listens on port 443.", ""},
        {"There are no listening ports.", "No service listens on port 22.", ""},
    };
    ALL(rows);
}

static void test_a_debug_interface_that_is_closed_here_and_open_there_is_told(void)
{
    static const struct row rows[] = {
        {"JTAG is disabled in the released product.",
            "JTAG stays accessible for service.", "JTAG: closed / open"},
        {"SWD is locked by a fuse.", "SWD is enabled during development.", ""},
        {"JTAG is disabled.", "UART is available.", ""},
        {"JTAG is disabled.", "JTAG is not accessible.", ""},
    };
    ALL(rows);
}

MAIN(TEST(test_another_least_version_of_a_protocol_is_told),
    TEST(test_a_version_that_is_refused_is_no_version_that_is_spoken),
    TEST(test_another_time_of_the_same_token_is_told),
    TEST(test_in_place_against_planned_is_told),
    TEST(test_no_port_against_a_port_that_listens_is_told),
    TEST(test_a_debug_interface_that_is_closed_here_and_open_there_is_told))
