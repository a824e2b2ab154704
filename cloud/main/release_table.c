/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/release_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VALUE = 64 };

struct value {
    char text[VALUE];
};

/* Store writes one object a line, flat but for a list at its end, with words of ours and numbers alone: nothing is escaped. */
static struct value value_of(struct bytes line, const char *key)
{
    struct value v = {""};
    char name[VALUE];
    size_t n = (size_t)snprintf(name, sizeof name, "\"%s\":", key);

    for (size_t i = 0; i + n <= line.len; i++) {
        if (memcmp(line.at + i, name, n) != 0)
            continue;
        size_t len = 0;
        for (i += n; i < line.len && line.at[i] != ',' && line.at[i] != '}'; i++)
            if (line.at[i] != '"' && len + 1 < sizeof v.text)
                v.text[len++] = (char)line.at[i];
        break;
    }
    return v;
}

static bool is(struct bytes line, const char *key, const char *value)
{
    return strcmp(value_of(line, key).text, value) == 0;
}

/* Off the front of the lines; empty: there is no more. */
static struct bytes next_line(struct bytes *lines)
{
    const uint8_t *end = lines->len ? memchr(lines->at, '\n', lines->len) : NULL;
    size_t len = end ? (size_t)(end - lines->at) : lines->len;
    struct bytes line = {lines->at, len};

    lines->at += end ? len + 1 : len;
    lines->len -= end ? len + 1 : len;
    return line;
}

/* To how many it is offered. */
static struct value share_of(struct bytes line)
{
    struct value v = {"replaced"};

    if (is(line, "newest", "false"))
        return v;
    if (!is(line, "ended_utc_ms", "null"))
        (void)snprintf(v.text, sizeof v.text, "ended");
    else if (is(line, "stopped", "true"))
        (void)snprintf(v.text, sizeof v.text, "stopped");
    else
        (void)snprintf(
            v.text, sizeof v.text, "%.8s %%", value_of(line, "percent").text);
    return v;
}

static void print_release(struct bytes line)
{
    static const char *const counts[] = {
        "offered", "on_trial", "confirmed", "reverted", "refused"};
    static const int widths[] = {7, 5, 4, 4, 7};

    printf("%4s %-18s %-8s %4s %8s", value_of(line, "release").text,
        value_of(line, "product").text, value_of(line, "version").text,
        value_of(line, "security").text, share_of(line).text);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        printf(" %*s", widths[i], value_of(line, counts[i]).text);
    putchar('\n');
}

static struct value minute_of(struct bytes line, const char *key)
{
    struct value v = value_of(line, key);
    time_t s = (time_t)(strtoull(v.text, NULL, 10) / 1000);
    struct tm t;

    if (s == 0 || !gmtime_r(&s, &t)
        || strftime(v.text, sizeof v.text, "%Y-%m-%d %H:%M", &t) == 0)
        (void)snprintf(v.text, sizeof v.text, "-");
    return v;
}

/* The next object of a list of flat ones; empty: there is no more. */
static struct bytes next_object(struct bytes *list)
{
    const uint8_t *from = list->len ? memchr(list->at, '{', list->len) : NULL;
    const uint8_t *to =
        from ? memchr(from, '}', list->len - (size_t)(from - list->at)) : NULL;
    struct bytes object = {0};

    if (to) {
        object = (struct bytes){from, (size_t)(to - from) + 1};
        list->len -= (size_t)(to - list->at) + 1;
        list->at = to + 1;
    }
    return object;
}

static void print_causes(struct bytes line)
{
    struct value offered = value_of(line, "offered");

    line.at += 1; /* what is in braces after its own first one is a cause */
    line.len -= 1;
    for (struct bytes c; (c = next_object(&line)).len > 0;)
        printf("     %s of %s: %s, last %s UTC\n       by device %s\n",
            value_of(c, "devices").text, offered.text, value_of(c, "reason").text,
            minute_of(c, "last_utc_ms").text, value_of(c, "device").text);
}

/* Why it does not go on, where it should: one that was replaced or ended is history. */
static void print_why(struct bytes line)
{
    if (is(line, "newest", "false") || !is(line, "ended_utc_ms", "null"))
        return;
    if (is(line, "stopped", "true"))
        printf("     stopped %s UTC by uid %s\n", minute_of(line, "set_utc_ms").text,
            value_of(line, "set_uid").text);
    print_causes(line);
}

void release_table_releases(struct bytes lines, bool first)
{
    if (first && lines.len == 0)
        puts("no release was added yet");
    else if (first)
        puts(
            "  no class              version   sec    share offered trial kept back refused");
    for (struct bytes line; (line = next_line(&lines)).len > 0;) {
        print_release(line);
        print_why(line);
    }
}

static void print_device(struct bytes line)
{
    struct value state = value_of(line, "state");
    bool event = strncmp(state.text, "update-", 7) == 0;
    bool told = !is(line, "told_utc_ms", "null");

    printf("%-36s %7s %-8s %-9s %s\n", value_of(line, "device").text,
        value_of(line, "release").text, value_of(line, "version").text,
        state.text + (event ? 7 : 0),
        minute_of(line, told ? "told_utc_ms" : "offered_utc_ms").text);
}

void release_table_devices(struct bytes lines, bool first)
{
    if (first && lines.len == 0)
        puts("no device was offered a release yet");
    else if (first)
        puts(
            "device                               release version  state     since (UTC)");
    for (struct bytes line; (line = next_line(&lines)).len > 0;)
        print_device(line);
}

struct bytes release_table_find(
    struct bytes lines, const char *product, const char *version)
{
    struct bytes line;

    while ((line = next_line(&lines)).len > 0)
        if (is(line, "product", product) && is(line, "version", version)
            && is(line, "newest", "true"))
            return line;
    return (struct bytes){0};
}

void release_table_added(struct bytes line, bool carried)
{
    struct value number = value_of(line, "release");
    bool offered = !is(line, "percent", "0") && is(line, "stopped", "false");

    printf("release %s, %s %s, is here%s", number.text, value_of(line, "product").text,
        value_of(line, "version").text, carried ? " with its bundle" : "");
    if (!offered)
        printf("; to offer it: holdfast-cloud release rollout %s --percent N",
            number.text);
    putchar('\n');
}
