/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/utf8.h"
#include "review/change/owners.h"
#include "review/read/ignore.h"

struct owners {
    struct line {
        const struct ignore *pattern;
        struct bytes owners;
    } line[OWNERS_LINES_MAX];
    uint32_t count;
};

static size_t word_end(struct bytes t)
{
    size_t n = 0;
    while (n < t.len && t.at[n] != ' ' && t.at[n] != '\t')
        n++;
    return n;
}

/* [Section] and ^[Section] of one code host are no patterns. */
static bool is_pattern(struct bytes line)
{
    return line.len && line.at[0] != '#' && line.at[0] != '[' && line.at[0] != '^'
        && utf8_valid(line);
}

struct owners *owners_parse(struct arena *a, struct bytes file)
{
    struct owners *o = arena_take(a, sizeof *o);
    while (file.len && o->count < OWNERS_LINES_MAX) {
        size_t end = text_find(file, TEXT("\n"));
        struct bytes line = text_upto(file, end);
        file = text_from(file, end + 1);
        line = text_trim(text_upto(line, text_find(line, TEXT(" #"))));
        if (!is_pattern(line))
            continue;
        size_t n = word_end(line);
        struct ignore *pattern =
            ignore_parse(a, text_upto(line, n), (struct bytes){0}, NULL);
        o->line[o->count++] = (struct line){pattern, text_trim(text_from(line, n))};
    }
    return o;
}

struct bytes owners_of(const struct owners *o, struct bytes path)
{
    for (uint32_t i = o->count; i > 0; i--)
        if (ignore_names_below(o->line[i - 1].pattern, path))
            return o->line[i - 1].owners;
    return (struct bytes){0};
}
