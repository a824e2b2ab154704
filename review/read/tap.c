/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP 13 and 14. A result's class is the names of the subtests that it stands in, joined by
 * " > ". TODO counts as skipped whatever its result: what is not yet done shows nothing. A plan
 * for more tests than came, and "Bail out!", are told: a run that broke off is no evidence.
 */
#include "review/read/entries.h"
#include "review/read/growing.h"
#include "review/read/readers.h"
#include "review/read/yaml.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEVELS = 16 };

struct level {
    size_t class_len; /* of tap.class before this subtest */
    uint32_t planned, seen;
    bool has_plan;
};

struct tap {
    struct emit *out;
    struct bytes left;
    uint32_t line;
    struct growing class;
    struct bytes subtest; /* a name that waits for its level */
    struct level level[LEVELS];
    size_t depth;
    bool open; /* a result is being written */
};

static struct bytes next_line(struct tap *t)
{
    size_t n = text_find(t->left, TEXT("\n"));
    struct bytes line = text_upto(t->left, n);
    t->left = text_from(t->left, n + 1);
    t->line++;
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static size_t indent_of(struct bytes line)
{
    size_t n = 0;
    while (n < line.len && line.at[n] == ' ')
        n++;
    return n;
}

static uint32_t take_count(struct bytes *rest)
{
    uint32_t n = 0;
    while (rest->len && rest->at[0] >= '0' && rest->at[0] <= '9') {
        if (n < 100000000)
            n = n * 10 + (rest->at[0] - (uint32_t)'0');
        *rest = text_from(*rest, 1);
    }
    return n;
}

static void close_result(struct tap *t)
{
    if (t->open)
        emit_end(t->out);
    t->open = false;
}

static void close_level(struct tap *t)
{
    struct level *l = &t->level[t->depth];
    if (l->has_plan && l->seen < l->planned) {
        char line[80];
        int n = snprintf(line, sizeof line, "TAP: expected %u results, found %u",
            l->planned, l->seen);
        emit_note(t->out, NOTE_DAMAGED, t->line, 0,
            (struct bytes){(const uint8_t *)line, (size_t)n});
    }
    t->class.len = l->class_len;
    *l = (struct level){0};
}

/*
 * To the level that a line is indented to. "# Subtest: name" names the level that opens next,
 * whether the name stands at the level above (TAP 14) or inside (older writers).
 */
static void to_depth(struct tap *t, size_t depth)
{
    while (t->depth > depth) {
        close_level(t);
        t->depth--;
    }
    while (t->depth < depth && t->depth + 1 < LEVELS) {
        t->depth++;
        t->level[t->depth] = (struct level){.class_len = t->class.len};
        if (t->depth < depth || !t->subtest.len)
            continue;
        if (t->class.len)
            growing_add(&t->class, TEXT(" > "));
        growing_add(&t->class, t->subtest);
    }
    t->subtest.len = 0;
}

/* The directive behind the last "# " that is not escaped; description without it. */
static struct bytes split_directive(struct bytes *description)
{
    for (size_t i = 0; i < description->len; i++) {
        if (description->at[i] == '\\') {
            i++;
        } else if (description->at[i] == '#') {
            struct bytes directive = text_trim(text_from(*description, i + 1));
            bool known = text_same_word(text_upto(directive, 4), TEXT("skip"))
                || text_same_word(text_upto(directive, 4), TEXT("todo"));
            if (!known)
                continue;
            *description = text_trim(text_upto(*description, i));
            return directive;
        }
    }
    return (struct bytes){0};
}

static void say_name(struct tap *t, struct bytes description, uint32_t number)
{
    char own[32];
    if (text_starts(description, TEXT("- ")))
        description = text_trim(text_from(description, 2));
    else if (text_same(description, TEXT("-")))
        description.len = 0;
    if (!description.len) {
        int n = snprintf(own, sizeof own, "test %u", number);
        description = (struct bytes){(const uint8_t *)own, (size_t)n};
    }
    emit_text(t->out, description);
    emit_field(t->out, TEXT("name"), description, t->line);
}

static void take_result(struct tap *t, struct bytes rest, bool ok)
{
    struct level *l = &t->level[t->depth];
    rest = text_trim(rest);
    uint32_t number = take_count(&rest);
    struct bytes description = text_trim(rest), why = split_directive(&description);
    bool left_out = why.len > 0;
    l->seen++;
    emit_begin(t->out, UNIT_RESULT, 0, t->line, 0);
    t->open = true;
    say_name(t, description, number ? number : l->seen);
    if (t->class.len)
        emit_field(t->out, TEXT("class"), growing_bytes(&t->class), t->line);
    emit_field(t->out, TEXT("status"),
        left_out ? TEXT("skipped")
            : ok ? TEXT("passed")
                 : TEXT("failed"),
        t->line);
    if (left_out)
        emit_field(t->out, TEXT("message"), why, t->line);
}

static void say_diagnostic(struct tap *t, const struct flat *f, uint32_t line)
{
    uint32_t map = flat_first(f, 0);
    if (!map || flat_kind(f, map) != FLAT_MAP)
        return;
    struct bytes message = flat_get_text(f, map, "message");
    struct bytes ms = flat_get_text(f, map, "duration_ms");
    if (message.len)
        emit_field(t->out, TEXT("message"), message, line);
    if (ms.len && ms.len < 16) {
        char text[32], number[16];
        snprintf(number, sizeof number, "%.*s", (int)ms.len, (const char *)ms.at);
        int n = snprintf(text, sizeof text, "%.6g", strtod(number, NULL) / 1000);
        emit_field(
            t->out, TEXT("time_s"), (struct bytes){(uint8_t *)text, (size_t)n}, line);
    }
    entries_fields(f, map, TEXT("property"), t->out);
}

/* Between "---" and "...", both indented by as much. */
static void take_diagnostic(struct tap *t, size_t indent)
{
    struct growing text = {0};
    uint32_t first = t->line + 1;
    bool closed = false;
    while (t->left.len && !closed) {
        struct bytes line = next_line(t);
        size_t own = indent_of(line);
        closed = text_same(text_trim(line), TEXT("...")) && own <= indent;
        if (closed)
            break;
        growing_add(&text, text_from(line, own < indent ? own : indent));
        growing_add(&text, TEXT("\n"));
    }
    if (!closed)
        emit_note(t->out, NOTE_DAMAGED, first, 0, TEXT("TAP: expected '...'"));
    if (t->open) {
        struct flat *f = yaml_flat(growing_bytes(&text), first, t->out);
        say_diagnostic(t, f, first);
        flat_free(f);
    }
    growing_free(&text);
}

static void take_plan(struct tap *t, struct bytes rest)
{
    struct level *l = &t->level[t->depth];
    l->planned = take_count(&rest);
    l->has_plan = true;
    struct bytes why = split_directive(&rest);
    if (l->planned == 0 && why.len) {
        emit_begin(t->out, UNIT_RESULT, 0, t->line, 0);
        t->open = true;
        emit_text(t->out, TEXT("all tests"));
        emit_field(t->out, TEXT("name"), TEXT("all tests"), t->line);
        emit_field(t->out, TEXT("status"), TEXT("skipped"), t->line);
        emit_field(t->out, TEXT("message"), why, t->line);
    }
}

static void take_bail_out(struct tap *t, struct bytes why)
{
    emit_begin(t->out, UNIT_RESULT, 0, t->line, 0);
    t->open = true;
    emit_text(t->out, TEXT("Bail out!"));
    emit_field(t->out, TEXT("name"), TEXT("Bail out!"), t->line);
    emit_field(t->out, TEXT("status"), TEXT("error"), t->line);
    if (text_trim(why).len)
        emit_field(t->out, TEXT("message"), text_trim(why), t->line);
}

static void take_version(struct tap *t, struct bytes version)
{
    if (!text_same(version, TEXT("13")) && !text_same(version, TEXT("14")))
        emit_note(t->out, NOTE_VERSION, t->line, 0, version);
}

static bool after(struct bytes *rest, const char *word)
{
    struct bytes w = text_of(word);
    if (!text_starts(*rest, w))
        return false;
    *rest = text_from(*rest, w.len);
    return true;
}

static bool ends_word(struct bytes rest)
{
    return !rest.len || rest.at[0] == ' ' || rest.at[0] == '\t';
}

static void take_line(struct tap *t, struct bytes line)
{
    size_t indent = indent_of(line);
    struct bytes rest = text_trim(line);
    if (t->open && indent % 4 != 0 && text_same(rest, TEXT("---"))) {
        take_diagnostic(t, indent);
        return;
    }
    struct bytes word = rest, good = rest;
    bool not_ok = after(&word, "not ok") && ends_word(word);
    bool ok = !not_ok && after(&good, "ok") && ends_word(good);
    struct bytes plan = rest, name = rest, bail = rest, version = rest;
    bool planned = after(&plan, "1..");
    bool subtest = after(&name, "# Subtest:");
    if (ok || not_ok || planned) {
        close_result(t);
        to_depth(t, indent / 4);
        if (planned)
            take_plan(t, plan);
        else
            take_result(t, ok ? good : word, ok);
    } else if (subtest) {
        close_result(t);
        to_depth(t, indent / 4 < t->depth ? indent / 4 : t->depth);
        t->subtest = text_trim(name);
    } else if (after(&bail, "Bail out!")) {
        close_result(t);
        take_bail_out(t, bail);
    } else if (after(&version, "TAP version ")) {
        take_version(t, text_trim(version));
    }
}

void read_tap(struct bytes document, struct emit *out)
{
    struct tap t = {.out = out, .left = document};
    while (t.left.len && !emit_full(out))
        take_line(&t, next_line(&t));
    close_result(&t);
    to_depth(&t, 0);
    close_level(&t);
    growing_free(&t.class);
}
