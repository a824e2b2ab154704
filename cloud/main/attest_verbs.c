/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/attest_verbs.h"

#include "cloud/attest/policy_files.h"
#include "cloud/talk/role.h"
#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "host/cli.h"

#include <stdio.h>
#include <string.h>

enum { REGISTERS = 24, LINE = 256 };

static const char expected_registers[] =
    "N=HEX, or several with commas, N rising from 0 to 23, HEX of 64 lower-case digits";

/* 0 to 23 in the one way in which it is written; what follows it, or NULL. */
static const char *take_index(const char *text, int *n)
{
    size_t digits = strspn(text, "0123456789");

    if (digits < 1 || digits > 2 || (digits == 2 && text[0] == '0'))
        return NULL;
    *n = 0;
    for (size_t i = 0; i < digits; i++)
        *n = *n * 10 + (text[i] - '0');
    return text + digits;
}

/* One N=HEX of the list; `all` goes on with what it holds. NULL: it is not one. */
static const char *take_register(
    const char *text, int *number, struct sha256 *all, int before)
{
    struct digest value;
    int n = 0;
    const char *end = take_index(text, &n);

    if (end == NULL || *end != '=' || n <= before || n >= REGISTERS
        || strnlen(end + 1, 2 * sizeof value.b) < 2 * sizeof value.b
        || hex_parse((struct bytes){(const uint8_t *)end + 1, 2 * sizeof value.b},
               ROOM_OF(value.b))
            != OK)
        return NULL;
    sha256_more(all, BYTES_OF(value.b));
    *number = n;
    return end + 1 + 2 * sizeof value.b;
}

int attest_measured(const char *registers, const char *release, int64_t security)
{
    static struct known known;
    struct sha256 all;
    struct digest measured;
    struct conf_error err;
    char line[LINE + 256], hex[2 * sizeof measured.b + 1];
    const char *at = registers;
    int before = -1;
    size_t len = (size_t)snprintf(line, sizeof line, "registers");

    sha256_start(&all);
    for (bool more = true; more; at += more) {
        at = take_register(at, &before, &all, before);
        if (at == NULL || (*at != 0 && *at != ','))
            return cli_error(EXIT_USAGE, NULL, 0, "REGISTERS", expected_registers);
        len += (size_t)snprintf(line + len, sizeof line - len, " %d", before);
        more = *at == ',';
    }
    sha256_peek(&all, &measured);
    hex_of(BYTES_OF(measured.b), (struct room){(uint8_t *)hex, sizeof hex});
    int more = snprintf(line + len, sizeof line - len, "\nrelease %s %lld %s\n",
        release, (long long)security, hex);
    /* Read as serve will: what is printed is good. */
    if (more <= 0 || (size_t)more >= sizeof line - len
        || known_parse(
               (struct bytes){(const uint8_t *)line, len + (size_t)more}, &known, &err)
            != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--release",
            "a name of 1 to 32 letters, digits, dots, plus, minus, underline");
    fputs(line, stdout);
    return EXIT_DONE;
}

static int place(const char *root, const char *file, char path[PLACE_MAX])
{
    if (place_of(root, PLACE_ETC, NULL, file, path) == OK)
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, "--root is too long", "a shorter path");
}

static int read_both(const char *root, struct makers *makers, struct known *known)
{
    char path[PLACE_MAX];
    struct conf_error err = {0};
    const char *why = NULL;

    int code = place(root, MAKERS_FILE, path);
    enum status s = code == EXIT_DONE ? makers_read(path, makers, &why) : OK;
    if (s != OK)
        code = cli_error(
            EXIT_ENVIRONMENT, path, 0, s == AGAIN ? "is missing" : "is refused", why);
    if (code == EXIT_DONE)
        code = place(root, KNOWN_FILE, path);
    if (code == EXIT_DONE && known_read(path, known, &err) != OK)
        code = cli_error(EXIT_ENVIRONMENT, path, err.line, err.what, err.expected);
    return code;
}

int attest_files_hold(const char *root)
{
    static struct makers makers;
    static struct known known;

    return read_both(root, &makers, &known);
}

int attest_check(const char *root)
{
    static struct makers makers;
    static struct known known;

    int code = read_both(root, &makers, &known);
    if (code != EXIT_DONE)
        return code;
    printf("%zu authorities of makers; registers", makers.count);
    for (unsigned n = 0; n < REGISTERS; n++)
        if (known.registers & 1u << n)
            printf(" %u", n);
    printf("\n");
    for (size_t i = 0; i < known.count; i++)
        printf("release %s: security version %u\n", known.names[i],
            known.boots[i].security_version);
    return EXIT_DONE;
}
