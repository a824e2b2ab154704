/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/conf.h"

#include "tests/support/check.h"

struct settings {
    int64_t port, shift;
    bool quiet;
    char name[9], wards[17];
    uint8_t id[2];
    CONF_BLOB(6) blob;
};

static const struct conf_key keys[] = {
    {"", "port", CONF_INT, 0, 65535, NULL, "the port to listen on",
        offsetof(struct settings, port)},
    {"", "shift", CONF_INT, -5, 5, "-1", "hours", offsetof(struct settings, shift)},
    {"", "quiet", CONF_BOOL, 0, 0, "false", "say less",
        offsetof(struct settings, quiet)},
    {"", "name", CONF_TEXT, 1, 8, "\"x\"", "a name", offsetof(struct settings, name)},
    {"more", "wards", CONF_LIST, 1, 16, "\"a\"", "wards",
        offsetof(struct settings, wards)},
    {"more", "id", CONF_HEX, 2, 2, "\"0000\"", "an id", offsetof(struct settings, id)},
    {"more", "blob", CONF_BASE64, 1, 6, "\"AA==\"", "bytes",
        offsetof(struct settings, blob)},
};

static enum status parse(const char *text, struct settings *s, struct conf_error *e)
{
    return conf_parse((struct bytes){(const uint8_t *)text, strlen(text)}, keys,
        sizeof keys / sizeof keys[0], s, sizeof *s, e);
}

static void test_a_whole_file_is_taken_and_absent_keys_get_their_presets(void)
{
    struct settings s = {0};
    struct conf_error e;

    CHECK(parse("# hello\n\n port = 8443\nname=\"W 3\"\nquiet = true\n[more]\n"
                "wards = \"a b\" , \"c\"\nid = \"0aff\"\nblob = \"AQID\"\n",
              &s, &e)
        == OK);
    CHECK(s.port == 8443 && s.shift == -1 && s.quiet);
    CHECK(strcmp(s.name, "W 3") == 0 && strcmp(s.wards, "a b,c") == 0);
    CHECK(s.id[0] == 0x0a && s.id[1] == 0xff);
    CHECK(s.blob.len == 3 && s.blob.at[2] == 3);
}

static void test_one_mistake_is_named_by_line_and_nothing_is_taken(void)
{
    static const struct {
        const char *text;
        uint32_t line;
        const char *what;
    } cases[] = {
        {"", 0, "missing: port"},
        {"port = 1\nport = 2\n", 2, "given twice: port"},
        {"port = 1\nprt = 2\n", 2, "unknown key prt"},
        {"port = 1\n[other]\n", 2, "unknown section [other]"},
        {"port = 1\n[more\n", 2, "section without its end: [more"},
        {"port = 1\nwards = \"a\"\n", 2, "unknown key wards"},
        {"port\n", 1, "not a setting: port"},
        {"port = 65536\n", 1, "value of port"},
        {"port = -1\n", 1, "value of port"},
        {"port = 08\n", 1, "value of port"},
        {"port = +8\n", 1, "value of port"},
        {"port = 8 # eight\n", 1, "value of port"},
        {"port = 99999999999999999999\n", 1, "value of port"},
        {"port =\n", 1, "value of port"},
        {"port = 1\nshift = -6\n", 2, "value of shift"},
        {"port = 1\nshift = -0\n", 2, "value of shift"},
        {"port = 1\nquiet = yes\n", 2, "value of quiet"},
        {"port = 1\nname = x\n", 2, "value of name"},
        {"port = 1\nname = \"\"\n", 2, "value of name"},
        {"port = 1\nname = \"123456789\"\n", 2, "value of name"},
        {"port = 1\nname = \"a\x1b[2J\"\n", 2, "value of name"},
        {"port = 1\nname = \"a\"b\"\n", 2, "value of name"},
        {"port = 1\n[more]\nwards = \"a\",\n", 3, "value of wards"},
        {"port = 1\n[more]\nwards = \"a\" \"b\"\n", 3, "value of wards"},
        {"port = 1\n[more]\nwards = \"1234567890\",\"123456\"\n", 3, "value of wards"},
        {"port = 1\n[more]\nid = \"0AFF\"\n", 3, "value of id"},
        {"port = 1\n[more]\nid = \"0aff0\"\n", 3, "value of id"},
        {"port = 1\n[more]\nblob = \"AQI\"\n", 3, "value of blob"},
        {"port = 1\n[more]\nblob = \"AQJ=\"\n", 3, "value of blob"},
        {"port = 1\n[more]\nblob = \"AQIDBAUGBw==\"\n", 3, "value of blob"},
        {"port = 1\r\n", 1, "not plain text"},
        {"port = 1\n\xff\n", 2, "not plain text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings s, before;
        struct conf_error e;
        memset(&s, 0x5a, sizeof s);
        memcpy(&before, &s, sizeof s);
        enum status got = parse(cases[i].text, &s, &e);
        bool good = got == MALFORMED && e.line == cases[i].line
            && strcmp(e.what, cases[i].what) == 0 && e.expected[0] != 0
            && memcmp(&s, &before, sizeof s) == 0;
        if (!good)
            printf("# %s -> %d line %u what '%s'\n", cases[i].text, (int)got, e.line,
                e.what);
        CHECK(good);
    }
}

static void test_limits_hold_at_their_edge(void)
{
    static char text[65536 + 2];
    struct settings s;
    struct conf_error e;

    memset(text, '\n', sizeof text - 1);
    memcpy(text, "port = 1", 8);
    text[65536] = 0;
    CHECK(parse(text, &s, &e) == OK);
    text[65536] = '\n';
    CHECK(parse(text, &s, &e) == MALFORMED && e.line == 0);

    memset(text, ' ', 4096);
    memcpy(text, "port = 1", 8);
    text[4096] = 0;
    CHECK(parse(text, &s, &e) == OK);
    text[4096] = ' ';
    text[4097] = 0;
    CHECK(parse(text, &s, &e) == MALFORMED && e.line == 1);
    CHECK(parse("port = 65535\nshift = 5\nname = \"12345678\"", &s, &e) == OK);
    CHECK(s.port == 65535 && s.shift == 5);
}

MAIN(TEST(test_a_whole_file_is_taken_and_absent_keys_get_their_presets),
    TEST(test_one_mistake_is_named_by_line_and_nothing_is_taken),
    TEST(test_limits_hold_at_their_edge))
