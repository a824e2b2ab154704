/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every literal that looks like a credential is put together from pieces here: this file is
 * read by the reviewer too, and must not be a find of its own.
 */
#include "review/read/secret.h"
#include "review/read/see_same.h"

#include "tests/support/check.h"

/* Letters and digits without order; none of them guards anything. */
#define NOISE \
    "q7Zt2"   \
    "Lx9Vb4"  \
    "Rk8Ns3"  \
    "Hd6Wf1"
#define NOISE2 \
    "Jm5Pc0"   \
    "Yg7Ta2"   \
    "Ue9Ki4"   \
    "Bo3Xr6"
#define HEX32 \
    "9f3a"    \
    "71c6"    \
    "08be"    \
    "d254"    \
    "e7b1"    \
    "4c90"    \
    "a6f8"    \
    "352d"
#define PASS \
    "Tr0ub"  \
    "4dor"   \
    "Zeb"

static struct seen scan(struct bytes text)
{
    return see_read(secret_scan, text);
}

static struct bytes first(const struct seen *s, const char *name)
{
    return s->corpus.unit_count ? unit_field(&s->corpus, &s->corpus.units[0], name)
                                : (struct bytes){0};
}

static void each_kind_of_credential_is_found_once_and_named(void)
{
    static const struct {
        const char *rule, *name, *text;
    } rows[] = {
        {"aws-access-key", "",
            "id: AK"
            "IA"
            "Q7ZT2LX9VB4RK8NS"},
        {"gcp-api-key", "",
            "x(AI"
            "za"
            "SyD3q7Zt2Lx9Vb4Rk8Ns3Hd6Wf1Jm5Pc0Yg)"},
        {"github-token", "",
            "gh"
            "p_" NOISE NOISE2},
        {"gitlab-token", "",
            "gl"
            "pat-" NOISE},
        {"slack-token", "",
            "'xo"
            "xb-" NOISE "'"},
        {"stripe-key", "",
            "sk_"
            "live_" NOISE},
        {"private-key", "",
            "-----BEGIN EC PRIV"
            "ATE KEY-----\n" NOISE "\n" NOISE2 NOISE "\n-----END"},
        {"private-key", "",
            "k = \"-----BEGIN PRIV"
            "ATE KEY-----\\n\"\n  \"" NOISE NOISE2 NOISE "\\n\""},
        {"password", "password", "const char *password = \"" PASS "\";"},
        {"password", "PASSWORD", "#define PASSWORD \"" PASS "\""},
        {"password", "dbPassword", "let dbPassword: string = '" PASS "';"},
        {"password", "password", "connect(host, user=\"me\", password=\"" PASS "\")"},
        {"password", "admin_password", "  admin_password: " PASS "1\n"},
        {"password", "DB_PASSWORD", "export DB_PASSWORD=" PASS "1\n"},
        {"password", "password", "{\"user\": \"me\", \"password\": \"" PASS "\"}"},
        {"token", "ACCESS_TOKEN", "pub const ACCESS_TOKEN: &str = \"" NOISE "\";"},
        {"api-key", "api_key", "api_key => '" NOISE "'"},
        {"key-literal", "signing_key", "signing_key = \"" HEX32 "\""},
        {"key-literal", "clientSecret", "clientSecret := `" NOISE NOISE2 "`"},
        {"wifi-psk", "psk", "  psk=\"" PASS "\""},
        {"wifi-psk", "wpa_passphrase", "wpa_passphrase=" PASS "1"},
        {"url-password", "me", "url = \"https://me:" PASS "@host.org/x\""},
        {"key-array", "device_key",
            "static const uint8_t device_key[16] = {0x9f, 0x3a, 0x71, 0xc6, 0x08,\n 190, 0xd2, 0x54, 0xe7, 0xb1, 0x4c, 0x90, 0xa6, 0xf8, 0x35, 0x2d};"},
        /* as people write it down for each other */
        {"password", "Password", "- **Password:** `" PASS "`"},
        {"password", "Password", "* **Password**: " PASS "1"},
        {"password", "Default admin password", "2. Default admin password: " PASS "1"},
        {"password", "password", "Log in with the default password: `" PASS "`."},
        {"password", "DB_PASSWORD", "Set `DB_PASSWORD=" PASS "1` first."},
        {"password", "password", "run(\"--user me\", \"password=" PASS "1\")"},
        {"password", "password", "# password: " PASS "1"},
        {"api-key", "API key", "> API key: `" NOISE "`"},
        {"wifi-psk", "Wifi password", "Wifi password = " PASS "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = scan(text_of(rows[i].text));
        bool good = s.status == OK && s.corpus.unit_count == 1
            && text_same(first(&s, "secret"), text_of(rows[i].rule))
            && text_same(first(&s, "name"), text_of(rows[i].name))
            && first(&s, "fingerprint").len == 16;
        if (!good) {
            char *got = see_print(&s, true);
            printf("# row %zu (%s):\n# %s\n", i, rows[i].rule, got);
            free(got);
        }
        CHECK(good);
        see_end(&s);
    }
}

static void what_is_no_credential_is_passed_over(void)
{
    static const char *const rows[] = {
        "password = \"changeme\"",
        "password = \"<your password>\"",
        "password = \"${DB_PASSWORD}\"",
        "password = \"{{ vault.password }}\"",
        "password = \"xxxxxxxx\"",
        "password = \"password\"",
        "password = \"aaaaaaaa\"",
        "CHALLENGE_PASSWORD: \"challengePassword\",",
        "password = \"12345678\"",
        "password = getenv(\"DB_PASSWORD_OF_7\");",
        "password_file = \"" PASS "\"",
        "password_hash = \"$argon2id$v=19$m=65536\"",
        "if (password == \"" PASS "\")",
        "log(\"the password was wrong 7 times\")",
        "password: str = None",
        "error: \"password must have 8 characters\"",
        "token_type = \"Bearer-of-" NOISE "\"",
        "token = next_token(p, 42);",
        "public_key = \"" NOISE NOISE2 "\"",
        "monkey = \"" NOISE NOISE2 "\"",
        "key = \"requirements-without-verification-and-result\"",
        "key = \"0123456789abcdef0123456789abcdef\"",
        "sha256 = \"" HEX32 HEX32 "\"",
        "-----BEGIN PRIV"
        "ATE KEY-----",
        "grep '-----BEGIN [A-Z ]*PRIV"
        "ATE KEY-----' file",
        "https://me@host.org/ http://host:8080/path@x",
        "https://user:password@host.org/",
        "uint8_t key[32] = {0};",
        "uint8_t key[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};",
        "Password hashing: PBKDF2-SHA256",
        "- **Password storage**: Argon2id-2019",
        "Password: at least 8 characters",
        "| Session token | SEC-AUTH-0012 |",
        "Access Token: \"loopapp-a1b2c3d4e5f6g7h8\"",
        "\"NextToken\": \"" NOISE "\"",
        "AK"
        "IA",
        "xAK"
        "IA"
        "Q7ZT2LX9VB4RK8NS",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = scan(text_of(rows[i]));
        if (s.corpus.unit_count)
            printf("# found in: %s\n", rows[i]);
        CHECK(s.status == OK && s.corpus.unit_count == 0);
        see_end(&s);
    }
}

static void the_literal_is_in_nothing_that_is_written(void)
{
    struct seen s = scan(TEXT("a\npassword = \"" PASS "\" # wifi_key: " HEX32 "\n"));
    CHECK(s.corpus.unit_count >= 1 && s.corpus.units[0].line == 2);
    CHECK(text_find(s.written, TEXT(PASS)) == s.written.len);
    CHECK(text_find(s.written, TEXT(HEX32)) == s.written.len);
    see_end(&s);
}

static void the_same_literal_has_the_same_fingerprint_wherever_it_stands(void)
{
    struct seen a = scan(TEXT("password = \"" PASS "\"")),
                b = scan(TEXT("\n\n  \"passwd\": '" PASS "',")),
                c = scan(TEXT("password = \"" PASS "1\""));
    CHECK(text_same(first(&a, "fingerprint"), first(&b, "fingerprint")));
    CHECK(!text_same(first(&a, "fingerprint"), first(&c, "fingerprint")));
    see_end(&a);
    see_end(&b);
    see_end(&c);
}

static void a_find_is_waived_by_a_reason_on_its_line_or_the_line_above(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"password = \"" PASS "\" /* holdfast-review: not a secret, of a demo */",
            "of a demo"},
        {"# holdfast-review: not a secret, of a demo\npassword = \"" PASS "\"",
            "of a demo"},
        {"<!-- holdfast-review: not a secret, of a demo -->\npassword: `" PASS "`",
            "of a demo"},
        {"# holdfast-review: not a secret, of a demo\n\npassword = \"" PASS "\"", ""},
        {"# holdfast-review: not a secret,\npassword = \"" PASS "\"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = scan(text_of(rows[i].text));
        CHECK(s.corpus.unit_count == 1);
        CHECK(text_same(first(&s, "waived"), text_of(rows[i].why)));
        see_end(&s);
    }
}

static void whoever_reads_text_finds_what_was_pasted_into_it(void)
{
    static const struct {
        const char *what;
        reader_fn *reader;
        uint32_t line;
        const char *text;
    } rows[] = {
        {"Markdown", read_markdown, 4, "# Setup\n\n```\nDB_PASSWORD=" PASS "1\n```\n"},
        {"Markdown, below its front matter", read_markdown, 5,
            "---\ntitle: x\n---\n\n- **Password:** `" PASS "`\n"},
        {"text", read_text, 3, "Setup\r\n=====\r\npassword: " PASS "1\r\n"},
        {"RST", read_rst, 6, "Setup\n=====\n\n::\n\n  password = \"" PASS "\"\n"},
        {"HTML", read_html, 2,
            "<html><body><pre>\npassword = '" PASS "'</pre></body></html>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = see_read(rows[i].reader, text_of(rows[i].text));
        bool good = s.status == OK && s.corpus.unit_count > 1
            && text_same(first(&s, "secret"), TEXT("password"))
            && s.corpus.units[0].line == rows[i].line;
        if (!good)
            printf("# %s\n", rows[i].what);
        CHECK(good);
        see_end(&s);
    }
}

/* Both would take hours if any part of the search were not linear. */
static void ten_megabytes_on_one_line_take_no_longer_than_on_many(void)
{
    static uint8_t text[10 << 20];
    static const char piece[] = "key=\"'`://a:b@-----BEGIN password:";
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)piece[i % (sizeof piece - 1)];
    struct seen s = scan(BYTES_OF(text));
    CHECK(s.status == OK);
    see_end(&s);
    static const char find[] = "password=\"" PASS "\",";
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)find[i % (sizeof find - 1)];
    s = scan(BYTES_OF(text));
    CHECK(s.status == OK && s.corpus.unit_count == 1000 && s.corpus.note_count == 1);
    see_end(&s);
}

MAIN(TEST(each_kind_of_credential_is_found_once_and_named),
    TEST(what_is_no_credential_is_passed_over),
    TEST(the_literal_is_in_nothing_that_is_written),
    TEST(the_same_literal_has_the_same_fingerprint_wherever_it_stands),
    TEST(a_find_is_waived_by_a_reason_on_its_line_or_the_line_above),
    TEST(whoever_reads_text_finds_what_was_pasted_into_it),
    TEST(ten_megabytes_on_one_line_take_no_longer_than_on_many))
