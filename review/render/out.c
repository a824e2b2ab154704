/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/out.h"

#include <string.h>

void out_text(FILE *out, struct bytes t)
{
    if (t.len) /* nothing may be nowhere */
        fwrite_unlocked(t.at, 1, t.len, out);
}

void out_words(FILE *out, const char *literal)
{
    fputs_unlocked(literal, out);
}

void out_number(FILE *out, uint64_t n)
{
    char text[20];
    size_t at = sizeof text;
    do
        text[--at] = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    fwrite_unlocked(text + at, 1, sizeof text - at, out);
}

#define EVERY(byte) ((byte)*0x0101010101010101u)

static uint64_t has_zero(uint64_t eight)
{
    return (eight - EVERY(1u)) & ~eight & EVERY(0x80u);
}

/* Whether one of eight bytes is below ' ' or one of `special`; reports are mostly other ones. */
static bool any_special(const uint8_t *at, const char special[5])
{
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    uint64_t hit = (eight - EVERY(0x20u)) & ~eight & EVERY(0x80u);
    for (size_t i = 0; i < 5; i++)
        hit |= has_zero(eight ^ EVERY((uint64_t)(uint8_t)special[i]));
    return hit != 0;
}

/* Runs without special characters are written at once; they are nearly all there is. */
static inline void out_escaped(FILE *out, struct bytes t, const char special[5],
    const char *(*escape)(uint8_t c, char room[8]))
{
    size_t from = 0;
    for (size_t i = 0; i < t.len;) {
        if (i + 8 <= t.len && !any_special(t.at + i, special)) {
            i += 8;
            continue;
        }
        for (size_t end = i + 8 < t.len ? i + 8 : t.len; i < end; i++) {
            char room[8];
            const char *e = escape(t.at[i], room);
            if (!e)
                continue;
            fwrite_unlocked(t.at + from, 1, i - from, out);
            fputs_unlocked(e, out);
            from = i + 1;
        }
    }
    out_text(out, text_from(t, from));
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
    out_escaped(out, t, "\"\\\x7f\x7f\x7f", json_escape);
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
    out_escaped(out, t, "&<>\"'", xml_escape);
}

static const char *csv_escape(uint8_t c, char room[8])
{
    (void)room;
    return c == '"' ? "\"\"" : NULL;
}

/* What a spreadsheet would take for a formula gets an apostrophe in front. */
static bool is_formula(struct bytes t)
{
    return t.len && memchr("=+-@\t\r", t.at[0], 6);
}

void out_csv_open(FILE *out, struct bytes first)
{
    out_words(out, is_formula(first) ? "\"'" : "\"");
}

void out_csv_part(FILE *out, struct bytes t)
{
    out_escaped(out, t, "\"\"\"\"\"", csv_escape);
}

void out_csv_close(FILE *out)
{
    putc_unlocked('"', out);
}

void out_markdown(FILE *out, struct bytes t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] && strchr("\\|*_`[]<>#", t.at[i]))
            fputc('\\', out);
        fputc(t.at[i] == '\n' ? ' ' : t.at[i], out);
    }
}

void out_csv(FILE *out, struct bytes t)
{
    static const char must[] = ",;\"\r\n";
    bool quote = is_formula(t);
    for (size_t i = 0; i + 1 < sizeof must && !quote; i++)
        quote = t.len && memchr(t.at, must[i], t.len);
    if (!quote) {
        out_text(out, t);
        return;
    }
    out_csv_open(out, t);
    out_csv_part(out, t);
    out_csv_close(out);
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

void out_uri(FILE *out, struct bytes path)
{
    static const char good[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    putc('"', out);
    for (size_t i = 0; i < path.len; i++) {
        bool plain = false;
        for (size_t k = 0; k + 1 < sizeof good && !plain; k++)
            plain = (uint8_t)good[k] == path.at[i];
        if (plain)
            putc(path.at[i], out);
        else
            fprintf(out, "%%%02X", path.at[i]);
    }
    putc('"', out);
}

void out_html_begin(FILE *out)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>",
        out);
}
