/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/out.h"

#include <string.h>

void out_text(FILE *out, struct bytes t)
{
    fwrite_unlocked(t.at, 1, t.len, out);
}

/* Runs without special characters are written at once; they are nearly all there is. */
static void out_escaped(
    FILE *out, struct bytes t, const char *(*escape)(uint8_t c, char room[8]))
{
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        char room[8];
        const char *e = escape(t.at[i], room);
        if (!e)
            continue;
        fwrite_unlocked(t.at + from, 1, i - from, out);
        fputs_unlocked(e, out);
        from = i + 1;
    }
    fwrite_unlocked(t.at + from, 1, t.len - from, out);
}

static const char *json_escape(uint8_t c, char room[8])
{
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\t': return "\\t";
    default: break;
    }
    if (c >= ' ' && c != 0x7F)
        return NULL;
    snprintf(room, 8, "\\u%04x", c);
    return room;
}

void out_json(FILE *out, struct bytes t)
{
    putc_unlocked('"', out);
    out_escaped(out, t, json_escape);
    putc_unlocked('"', out);
}

static const char *xml_escape(uint8_t c, char room[8])
{
    (void)room;
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return (c < ' ' && c != '\n' && c != '\t') ? " " : NULL;
    }
}

void out_xml(FILE *out, struct bytes t)
{
    out_escaped(out, t, xml_escape);
}

static const char *csv_escape(uint8_t c, char room[8])
{
    (void)room;
    return c == '"' ? "\"\"" : NULL;
}

/* A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
void out_csv(FILE *out, struct bytes t)
{
    bool formula = t.len && memchr("=+-@\t\r", t.at[0], 6);
    bool quote = formula;
    for (size_t i = 0; i < t.len && !quote; i++)
        quote = memchr(",;\"\r\n", t.at[i], 5) != NULL;
    if (!quote) {
        out_text(out, t);
        return;
    }
    fputs_unlocked(formula ? "\"'" : "\"", out);
    out_escaped(out, t, csv_escape);
    putc_unlocked('"', out);
}

unsigned out_columns(struct bytes t)
{
    unsigned n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += (t.at[i] & 0xC0) != 0x80;
    return n;
}

void out_wrapped(
    FILE *out, struct bytes t, unsigned at, unsigned indent, unsigned width)
{
    bool first = true;
    while (t.len) {
        size_t end = text_find(t, TEXT(" "));
        struct bytes word = text_upto(t, end);
        unsigned columns = out_columns(word);
        if (!first && at + 1 + columns > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            putc_unlocked(' ', out);
            at++;
        }
        out_text(out, word);
        at += columns;
        first = false;
        t = text_from(t, end + 1);
    }
}
