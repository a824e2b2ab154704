/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/emit.h"

#include "core/base/utf8.h"
#include "review/read/growing.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FLUSH_AT = 65536, NAME_MAX_BYTES = 256, DETAIL_MAX = 512, WRAP_BYTES = 8 };

struct emit {
    int fd;
    bool broken, full, utf8_said, cut_said, counts_lines;
    uint64_t written;
    uint32_t units, notes;
    struct growing out, text, fields, wraps;
    struct { /* the unit that is open */
        bool open;
        uint8_t kind, level;
        uint16_t field_count;
        uint32_t line, page;
        uint32_t at_line, marked; /* of the text that comes; the last in wraps */
    } now;
};

static void put_le(struct growing *g, uint32_t value, size_t n)
{
    uint8_t b[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
        (uint8_t)(value >> 24)};
    growing_add(g, (struct bytes){b, n});
}

struct emit *emit_new(int out_fd)
{
    struct emit *e = calloc(1, sizeof *e);
    if (!e)
        _exit(GROWING_EXIT);
    e->fd = out_fd;
    return e;
}

static void flush(struct emit *e)
{
    if (e->fd < 0)
        return;
    size_t done = 0;
    while (done < e->out.len && !e->broken) {
        ssize_t n = write(e->fd, e->out.at + done, e->out.len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno != EINTR)
            e->broken = true;
    }
    e->written += e->out.len;
    e->out.len = 0;
}

enum status emit_finish(struct emit *e)
{
    assert(!e->now.open);
    put_le(&e->out, 'E', 1);
    flush(e);
    enum status s = e->broken ? BROKEN : OK;
    growing_free(&e->out);
    growing_free(&e->text);
    growing_free(&e->fields);
    growing_free(&e->wraps);
    free(e);
    return s;
}

struct bytes emit_peek_kept(struct emit *e)
{
    assert(e->fd < 0 && !e->now.open);
    put_le(&e->out, 'E', 1);
    struct bytes kept = growing_bytes(&e->out);
    e->out.len--; /* the next one is written behind what stands there */
    return kept;
}

bool emit_full(const struct emit *e)
{
    return e->full;
}

static bool white(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_nbsp(struct bytes in)
{
    return in.len == 2 && in.at[0] == 0xC2 && in.at[1] == 0xA0;
}

static bool printable(uint8_t c)
{
    return c > ' ' && c < 0x7F;
}

/* Printable ASCII is by far the most; single blanks between it stay as they are, too. */
static size_t printable_run(struct bytes in)
{
    size_t n = 0;
    while (n < in.len
        && (printable(in.at[n])
            || (in.at[n] == ' ' && n > 0 && in.at[n - 1] != ' ' && n + 1 < in.len
                && printable(in.at[n + 1]))))
        n++;
    return n;
}

/* What comes now is the first of its line in the text of the unit. */
static void mark_line(struct emit *e)
{
    if (e->now.at_line == e->now.marked)
        return;
    e->now.marked = e->now.at_line;
    put_le(&e->wraps, (uint32_t)e->text.len, 4);
    put_le(&e->wraps, e->now.at_line, 4);
}

/*
 * Append text by the rules of units: well-formed, no control characters; where `fold`, white
 * space (and no-break space) becomes one blank, none at the front.
 */
static void add_clean(
    struct emit *e, struct growing *g, size_t start, struct bytes piece, bool fold)
{
    static const uint8_t blank = ' ', replacement[] = {0xEF, 0xBF, 0xBD};
    while (piece.len) {
        size_t run = printable_run(piece);
        if (run) {
            if (g == &e->text)
                mark_line(e);
            growing_add(g, text_upto(piece, run));
            piece = text_from(piece, run);
            continue;
        }
        size_t n = utf8_char(piece);
        if (n == 0) {
            if (!e->utf8_said)
                emit_note(e, NOTE_UTF8, e->now.line, e->now.page, (struct bytes){0});
            e->utf8_said = true;
            growing_add(g, (struct bytes){replacement, sizeof replacement});
            n = 1;
        } else if (white(piece.at[0]) || is_nbsp(text_upto(piece, n))) {
            bool line = piece.at[0] == '\n';
            e->now.at_line += line && g == &e->text && g->len && e->counts_lines;
            if (!fold && (line || piece.at[0] == '\t' || piece.at[0] == ' '))
                growing_add(g, text_upto(piece, n));
            else if (!fold && piece.at[0] != '\r')
                growing_add(g, (struct bytes){&blank, 1});
            else if (fold && g->len > start && g->at[g->len - 1] != ' ')
                growing_add(g, (struct bytes){&blank, 1});
        } else if (piece.at[0] >= ' ' && piece.at[0] != 0x7F) {
            growing_add(g, text_upto(piece, n));
        } /* other control characters are dropped */
        piece = text_from(piece, n);
    }
}

/* Cut to the limit, on a whole character; trailing blanks go. */
static void close_text(struct emit *e, struct growing *g, size_t start)
{
    if (g->len - start > EMIT_TEXT_MAX) {
        g->len = start + EMIT_TEXT_MAX;
        while (g->len > start && (g->at[g->len] & 0xC0) == 0x80)
            g->len--;
        if (!e->cut_said)
            emit_note(
                e, NOTE_TOO_MUCH, e->now.line, e->now.page, TEXT("text of one unit"));
        e->cut_said = true;
    }
    while (g->len > start && white(g->at[g->len - 1]))
        g->len--;
}

void emit_begin(
    struct emit *e, enum unit_kind kind, uint8_t level, uint32_t line, uint32_t page)
{
    assert(!e->now.open);
    if (kind == UNIT_HEADING)
        level = level < 1 ? 1 : level > 6 ? 6 : level;
    e->now.open = true;
    e->now.kind = (uint8_t)kind;
    e->now.level = level;
    e->now.line = line;
    e->now.page = page;
    e->now.field_count = 0;
    e->now.at_line = e->now.marked = line;
    e->text.len = e->fields.len = e->wraps.len = 0;
}

void emit_at_line(struct emit *e, uint32_t line)
{
    assert(e->now.open);
    e->now.at_line = line;
}

void emit_counts_lines(struct emit *e)
{
    e->counts_lines = true;
}

void emit_text(struct emit *e, struct bytes piece)
{
    assert(e->now.open);
    if (e->full || e->text.len > EMIT_TEXT_MAX)
        return;
    /* What is cut anyway need not be cleaned: a line of 64 MiB costs no more than its limit. */
    add_clean(
        e, &e->text, 0, text_upto(piece, EMIT_TEXT_MAX * 4), e->now.kind != UNIT_CODE);
}

void emit_field(struct emit *e, struct bytes name, struct bytes value, uint32_t line)
{
    assert(e->now.open);
    if (e->full || e->now.field_count >= EMIT_FIELDS_MAX)
        return;
    struct growing *g = &e->fields;
    size_t head = g->len;
    put_le(g, line, 4);
    put_le(g, 0, 2);
    put_le(g, 0, 4);
    size_t name_at = g->len;
    add_clean(e, g, name_at, text_upto(name, NAME_MAX_BYTES * 2), true);
    bool cut = g->len - name_at > NAME_MAX_BYTES;
    if (cut)
        g->len = name_at + NAME_MAX_BYTES;
    while (cut && g->len > name_at
        && !utf8_valid((struct bytes){g->at + name_at, g->len - name_at}))
        g->len--;
    while (g->len > name_at && g->at[g->len - 1] == ' ')
        g->len--;
    size_t value_at = g->len;
    add_clean(e, g, value_at, text_upto(value, EMIT_TEXT_MAX * 4), true);
    close_text(e, g, value_at);
    size_t name_len = value_at - name_at, value_len = g->len - value_at;
    for (size_t i = 0; i < 2; i++)
        g->at[head + 4 + i] = (uint8_t)(name_len >> (8 * i));
    for (size_t i = 0; i < 4; i++)
        g->at[head + 6 + i] = (uint8_t)(value_len >> (8 * i));
    e->now.field_count++;
}

/* Marks of what the limit cut off. */
static void drop_late_marks(struct emit *e)
{
    for (; e->wraps.len; e->wraps.len -= WRAP_BYTES) {
        const uint8_t *last = e->wraps.at + e->wraps.len - WRAP_BYTES;
        uint32_t at = last[0] | (uint32_t)last[1] << 8 | (uint32_t)last[2] << 16
            | (uint32_t)last[3] << 24;
        if (at < e->text.len)
            break;
    }
}

void emit_end(struct emit *e)
{
    assert(e->now.open);
    close_text(e, &e->text, 0);
    drop_late_marks(e);
    e->now.open = false;
    if (e->full || (!e->text.len && !e->now.field_count))
        return;
    if (e->units >= EMIT_UNITS_MAX || e->written + e->out.len > EMIT_BYTES_MAX) {
        emit_note(e, NOTE_TOO_MUCH, e->now.line, e->now.page, TEXT("units"));
        e->full = true;
        return;
    }
    e->units++;
    put_le(&e->out, 'U', 1);
    put_le(&e->out, e->now.kind, 1);
    put_le(&e->out, e->now.level, 1);
    put_le(&e->out, e->now.line, 4);
    put_le(&e->out, e->now.page, 4);
    put_le(&e->out, (uint32_t)e->text.len, 4);
    growing_add(&e->out, growing_bytes(&e->text));
    put_le(&e->out, e->now.field_count, 2);
    growing_add(&e->out, growing_bytes(&e->fields));
    put_le(&e->out, (uint32_t)(e->wraps.len / WRAP_BYTES), 4);
    growing_add(&e->out, growing_bytes(&e->wraps));
    if (e->out.len >= FLUSH_AT)
        flush(e);
}

void emit_unit(struct emit *e, enum unit_kind kind, uint8_t level, uint32_t line,
    uint32_t page, struct bytes text)
{
    emit_begin(e, kind, level, line, page);
    emit_text(e, text);
    emit_end(e);
}

void emit_note(struct emit *e, enum note_kind kind, uint32_t line, uint32_t page,
    struct bytes detail)
{
    if (e->notes++ >= EMIT_NOTES_MAX)
        return;
    struct growing clean = {0};
    bool said = e->utf8_said;
    e->utf8_said = true; /* a note about a note would not end */
    add_clean(e, &clean, 0, text_upto(detail, DETAIL_MAX), true);
    e->utf8_said = said;
    if (clean.len > DETAIL_MAX * 2)
        clean.len = 0;
    put_le(&e->out, 'N', 1);
    put_le(&e->out, kind, 1);
    put_le(&e->out, line, 4);
    put_le(&e->out, page, 4);
    put_le(&e->out, (uint32_t)clean.len, 2);
    growing_add(&e->out, growing_bytes(&clean));
    growing_free(&clean);
}

void emit_format(struct emit *e, enum format f)
{
    put_le(&e->out, 'F', 1);
    put_le(&e->out, f, 1);
}
