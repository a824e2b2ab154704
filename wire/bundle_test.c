/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "tests/support/check.h"

static struct bundle sample(void)
{
    struct bundle b = {.address = "cloud.example",
        .port = 8443,
        .enrol_port = 8444,
        .name = "cloud.example",
        .kid.generation = 4294967295,
        .expires_utc_s = 253402300799};
    b.ca_active.len = LIMIT_CERT;
    b.ca_backup.len = 1;
    for (size_t i = 0; i < LIMIT_CERT; i++)
        b.ca_active.at[i] = (uint8_t)(i * 5);
    b.ca_backup.at[0] = 0xfe;
    for (size_t i = 0; i < 32; i++) {
        b.s.b[i] = (uint8_t)(i + 1);
        b.service.b[i] = (uint8_t)(3 * i);
        b.pins.b[i] = (uint8_t)(5 * i);
        b.secret.b[i] = (uint8_t)(200 - i);
    }
    memset(b.kid.device.b, 0xab, sizeof b.kid.device.b);
    b.kid.device.b[6] = 0x4b;
    return b;
}

static size_t text_of(const struct bundle *b, char *out, size_t cap)
{
    size_t len = 0;
    CHECK(bundle_build(b, (struct room){(uint8_t *)out, cap - 1}, &len) == OK);
    out[len] = 0;
    return len;
}

/* Put another line in the place of the one that begins with key; none if line is NULL. */
static bool takes(
    const char *key, const char *line, uint32_t *at, char *said, size_t cap)
{
    static char text[8192], other[8192];
    static struct bundle b, out;
    struct conf_error err = {0};

    b = sample();
    (void)text_of(&b, text, sizeof text);
    char begin[32];
    (void)snprintf(begin, sizeof begin, "\n%s", key);
    char *from = strstr(text, begin);
    CHECK(from != NULL);
    if (!from)
        return true;
    from++;
    char *end = strchr(from, '\n') + 1;
    int n = snprintf(other, sizeof other, "%.*s%s%s", (int)(from - text), text,
        line ? line : "", end);
    out.port = 77;
    bool good =
        bundle_parse((struct bytes){(uint8_t *)other, (size_t)n}, &out, &err) == OK;
    CHECK(good || out.port == 77);
    *at = err.line;
    (void)snprintf(said, cap, "%s %s", err.what, err.expected);
    return good;
}

static void test_the_largest_bundle_comes_back_whole(void)
{
    static char text[8192];
    static struct bundle b, out;
    struct conf_error err;

    b = sample();
    size_t len = text_of(&b, text, sizeof text);
    CHECK(len < 8192);
    CHECK(bundle_parse((struct bytes){(uint8_t *)text, len}, &out, &err) == OK);
    CHECK(
        out.kid.generation == b.kid.generation && out.expires_utc_s == b.expires_utc_s);
    CHECK(memcmp(&out.ca_active, &b.ca_active, sizeof b.ca_active) == 0);
    CHECK(out.ca_backup.len == 1 && out.ca_backup.at[0] == 0xfe);
    CHECK(ct_equal(out.secret.b, b.secret.b, 32) && memcmp(out.s.b, b.s.b, 32) == 0);
    CHECK(memcmp(out.service.b, b.service.b, 32) == 0);
    CHECK(memcmp(out.pins.b, b.pins.b, 32) == 0);
    CHECK(memcmp(&out.kid.device, &b.kid.device, 16) == 0 && out.port == 8443);
    size_t ignored;
    CHECK(bundle_build(&b, (struct room){(uint8_t *)text, len - 1}, &ignored) == FULL);
}

static void test_each_wrong_line_is_refused_whole_and_named(void)
{
    static const struct {
        const char *key, *line;
        bool good;
    } rows[] = {
        {"port", "port = 1\n", true},
        {"port", "port = 65535\n", true},
        {"port", "port = 0\n", false},
        {"port", "port = 65536\n", false},
        {"generation", "generation = 1\n", true},
        {"generation", "generation = 0\n", false},
        {"generation", "generation = 4294967296\n", false},
        {"expires_utc_s", "expires_utc_s = 0\n", false},
        {"device", "device = \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"\n", true},
        {"device", "device = \"3F2504E0-4f89-41d3-9a0c-0305e82c3301\"\n", false},
        {"device", "device = \"3f2504e0-4f89-11d3-9a0c-0305e82c3301\"\n", false},
        {"device", "device = \"3f2504e04f8941d39a0c0305e82c3301\"\n", false},
        {"secret", "secret = \"00\"\n", false},
        {"service", "service = \"\"\n", false},
        {"s =", "s = \"zz\"\n", false},
        {"ca_active", "ca_active = \"AA==\"\n", true},
        {"ca_active", "ca_active = \"\"\n", false},
        {"ca_active", "ca_active = \"A\"\n", false},
        {"ca_backup", "ca_backup = \"*\"\n", false},
        {"address", "address = \"\"\n", false},
        {"name", "name = \"a\"\nname = \"b\"\n", false},
        {"name", "name = \"a\"\nunknown = \"b\"\n", false},
        {"name", "[section]\nname = \"a\"\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t at;
        char said[320];
        bool good = takes(rows[i].key, rows[i].line, &at, said, sizeof said);
        if (good != rows[i].good || (!good && at == 0))
            printf("# %s: line %u %s\n", rows[i].line, (unsigned)at, said);
        CHECK(good == rows[i].good);
        CHECK(good || at > 0);
    }
}

static void test_every_key_must_be_given(void)
{
    static const char *const keys[] = {"address", "port", "enrol_port", "name",
        "ca_active", "ca_backup", "s =", "service", "pins", "device", "generation",
        "expires_utc_s", "secret"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint32_t at;
        char said[320];
        CHECK(!takes(keys[i], NULL, &at, said, sizeof said));
        CHECK(strlen(said) > 5);
    }
}

static void test_an_error_does_not_tell_the_secret(void)
{
    uint32_t at;
    char said[320];
    CHECK(!takes("secret", "secret = \"feedfacecafe\"\n", &at, said, sizeof said));
    CHECK(strstr(said, "feedface") == NULL);
}

MAIN(TEST(test_the_largest_bundle_comes_back_whole),
    TEST(test_each_wrong_line_is_refused_whole_and_named),
    TEST(test_every_key_must_be_given), TEST(test_an_error_does_not_tell_the_secret))
