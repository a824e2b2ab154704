/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Planted: a project as a table of lines, and one defect planted in it by swapping a piece of text.
 *
 * For tests of the reviewer's rules: the same table without the swap is the clean project.
 */
#pragma once

#include "review/read/emit.h"

#include <stdio.h>
#include <string.h>

struct line {
    const char *heading; /* or NULL: an entry */
    const char *fields; /* "id=…; text=…", or a section's sentence below `heading` */
};

struct swap {
    const char *from; /* NULL: nothing is planted */
    const char *to;   /* NULL: each line that holds `from` is dropped */
};

static inline void planted_entry(
    struct emit *e, const char *fields, enum unit_kind kind, uint32_t line)
{
    emit_begin(e, kind, 0, line, 0);
    for (struct bytes rest = text_of(fields); rest.len;) {
        size_t end = text_find(rest, TEXT("; "));
        struct bytes pair = text_upto(rest, end);
        size_t sign = text_find(pair, TEXT("="));
        struct bytes value = text_from(pair, sign + 1);
        if (text_same(text_upto(pair, sign), TEXT("text")))
            emit_text(e, value);
        emit_field(e, text_upto(pair, sign), value, line);
        rest = text_from(rest, end + 2);
    }
    emit_end(e);
}

/* The line with the swap made in it. */
static inline void planted_text(struct swap s, const char *line, char *out, size_t cap)
{
    const char *at = s.from ? strstr(line, s.from) : NULL;
    if (!at)
        snprintf(out, cap, "%s", line);
    else if (!s.to)
        out[0] = 0;
    else
        snprintf(
            out, cap, "%.*s%s%s", (int)(at - line), line, s.to, at + strlen(s.from));
}

/* Headings, and entries below them; "a|b" are two entries. */
static inline void planted_lines(struct emit *e, struct swap s, const struct line *l,
    size_t count, enum unit_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        char text[1024], *save = NULL;
        if (l[i].heading) {
            emit_unit(e, UNIT_HEADING, 1, (uint32_t)i * 10, 0, text_of(l[i].heading));
            continue;
        }
        planted_text(s, l[i].fields, text, sizeof text);
        for (char *part = strtok_r(text, "|", &save); part;
             part = strtok_r(NULL, "|", &save))
            planted_entry(e, part, kind, (uint32_t)i * 10 + 1);
    }
}
