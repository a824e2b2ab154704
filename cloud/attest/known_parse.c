/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/known.h"

#include "core/base/hex.h"
#include "core/base/limits.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 26, REGISTERS = 24 };

static const char release_is[] =
    "release NAME SECURITY HEX, HEX of 64 lower-case digits";
static const char registers_is[] =
    "registers and PCRs of 0 to 23, rising, once, before the releases";

struct line {
    struct bytes words[WORDS];
    size_t count;
    bool bad; /* too many words, or bytes that are no text of ours */
};

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct line split(struct bytes text)
{
    struct line l = {.count = 0};
    size_t at = 0;

    while (at < text.len && text.at[at] != '#') {
        size_t from = at;
        while (at < text.len && text.at[at] > ' ' && text.at[at] < 0x7f
            && text.at[at] != '#')
            at++;
        if (at > from && l.count < WORDS)
            l.words[l.count] = (struct bytes){text.at + from, at - from};
        l.count += at > from;
        if (at == from && !is_space(text.at[at])) {
            l.bad = true;
            return l;
        }
        at += at == from;
    }
    l.bad = l.count > WORDS;
    return l;
}

static bool is_word(struct bytes b, const char *word)
{
    return b.len == strlen(word) && memcmp(b.at, word, b.len) == 0;
}

/* One spelling: no sign, no leading nought. */
static bool number(struct bytes b, uint64_t most, uint64_t *out)
{
    uint64_t v = 0;

    if (b.len == 0 || b.len > 10 || (b.len > 1 && b.at[0] == '0'))
        return false;
    for (size_t i = 0; i < b.len; i++) {
        if (b.at[i] < '0' || b.at[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(b.at[i] - '0');
    }
    *out = v;
    return v <= most;
}

static const char *take_registers(const struct line *l, struct known *k)
{
    uint64_t before = 0, n = 0;

    if (k->registers != 0 || l->count < 2)
        return registers_is;
    for (size_t i = 1; i < l->count; i++) {
        if (!number(l->words[i], REGISTERS - 1, &n) || (i > 1 && n <= before))
            return registers_is;
        k->registers |= 1u << n;
        before = n;
    }
    return NULL;
}

static bool name_is_good(struct bytes b)
{
    static const char signs[] = "._+-";

    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
            && !(c >= '0' && c <= '9') && memchr(signs, c, sizeof signs - 1) == NULL)
            return false;
    }
    return b.len >= 1 && b.len <= KNOWN_NAME;
}

static const char *take_release(const struct line *l, struct known *k)
{
    struct attest_boot boot = {0};
    uint64_t version = 0;

    if (k->registers == 0)
        return registers_is;
    if (l->count != 4 || !name_is_good(l->words[1])
        || !number(l->words[2], UINT32_MAX, &version)
        || l->words[3].len != 2 * sizeof boot.measured.b
        || hex_parse(l->words[3], ROOM_OF(boot.measured.b)) != OK)
        return release_is;
    if (k->count == KNOWN_MAX)
        return "at most 64 releases";
    boot.security_version = (uint32_t)version;
    char *name = k->names[k->count];
    memcpy(name, l->words[1].at, l->words[1].len);
    name[l->words[1].len] = 0;
    for (size_t i = 0; i < k->count; i++)
        if (strcmp(k->names[i], name) == 0
            || memcmp(&k->boots[i].measured, &boot.measured, sizeof boot.measured) == 0)
            return "each release and each digest once";
    k->boots[k->count++] = boot;
    return NULL;
}

static const char *take_line(struct bytes text, struct known *k)
{
    struct line l = split(text);

    if (l.bad)
        return "words of printable ASCII";
    if (l.count == 0)
        return NULL;
    if (is_word(l.words[0], "registers"))
        return take_registers(&l, k);
    if (is_word(l.words[0], "release"))
        return take_release(&l, k);
    return "registers or release";
}

static enum status wrong(
    struct conf_error *err, uint32_t line, const char *what, const char *expected)
{
    *err = (struct conf_error){.line = line};
    (void)snprintf(err->what, sizeof err->what, "%s", what);
    (void)snprintf(err->expected, sizeof err->expected, "%s", expected);
    return MALFORMED;
}

enum status known_parse(struct bytes text, struct known *out, struct conf_error *err)
{
    struct known got = {.registers = 0};
    uint32_t line = 0;

    if (text.len > LIMIT_CONF_FILE)
        return wrong(err, 0, "is too long", "at most 65536 bytes");
    while (text.len > 0) {
        const uint8_t *end = memchr(text.at, '\n', text.len);
        size_t len = end ? (size_t)(end - text.at) : text.len;
        const char *expected = take_line((struct bytes){text.at, len}, &got);
        line++;
        if (expected != NULL)
            return wrong(err, line, "a line that says nothing we know", expected);
        len += end != NULL;
        text = (struct bytes){text.at + len, text.len - len};
    }
    if (got.count == 0)
        return wrong(err, 0, "names no release", "one release at least");
    *out = got;
    return OK;
}
