/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/structure.h"

#include "review/read/growing.h"
#include "review/read/json.h"
#include "review/read/readers.h"
#include "review/read/unit_parse.h"
#include "review/read/yaml.h"

#include <string.h>

static bool is_json(struct bytes text)
{
    text = text_trim(text);
    return text.len && (text.at[0] == '{' || text.at[0] == '[');
}

static const char *sentence(uint8_t kind)
{
    static const char *const sentences[] = {
#define NOTE(id, name, severity, text) text,
#include "review/read/note.def"
#undef NOTE
    };
    return sentences[kind];
}

/* What a grammar says has its own expectation. */
static struct bytes line_of(struct arena *a, struct bytes name, const struct note *n)
{
    int len = (int)n->detail.len;
    const char *detail = len ? (const char *)n->detail.at : "";
    if (n->kind == NOTE_MALFORMED && len)
        return arena_print(a, "%.*s:%u: %.*s", (int)name.len, (const char *)name.at,
            n->line, len, detail);
    if (n->kind == NOTE_DUPLICATE_KEY)
        return arena_print(a, "%.*s:%u: %.*s: expected each key once", (int)name.len,
            (const char *)name.at, n->line, len, detail);
    return arena_print(a, "%.*s:%u: %s%s%.*s: expected YAML or JSON in UTF-8",
        (int)name.len, (const char *)name.at, n->line ? n->line : 1, sentence(n->kind),
        len ? ", " : "", len, detail);
}

/* The first thing that was noted, as the one line; empty: nothing was. */
static struct bytes first_fault(struct arena *a, struct bytes name, struct emit *notes)
{
    struct gather g = GATHER;
    uint8_t format = FORMAT_NONE;
    struct bytes line = {0};
    if (units_parse(emit_peek_kept(notes), 0, &format, &g) == OK && g.notes.count)
        line = line_of(a, name, LIST_AT(&g.notes, struct note, 0));
    gather_free(&g);
    return line;
}

struct flat *structure_open(
    struct arena *a, struct bytes name, struct bytes text, struct bytes *error)
{
    struct emit *notes = emit_new(-1);
    struct flat *f = is_json(text) ? json_flat(text, notes) : yaml_flat(text, 1, notes);
    struct bytes fault = first_fault(a, name, notes);
    (void)emit_finish(notes);
    if (!fault.len)
        return f;
    *error = fault;
    flat_free(f);
    return NULL;
}

struct writer {
    struct emit *out;
    const struct flat *flat;
    struct growing text; /* not emitted yet */
    uint32_t line;
};

/* A piece ends behind a value, so that nothing is at its end that folding would take. */
enum { PIECE = EMIT_TEXT_MAX / 2 };

static void hand_over(struct writer *w)
{
    if (w->text.len)
        emit_unit(w->out, UNIT_CODE, 0, 1, 0, growing_bytes(&w->text));
    w->text.len = 0;
}

static void put(struct writer *w, struct bytes text)
{
    growing_add(&w->text, text);
}

static void put_string(struct writer *w, struct bytes text)
{
    static const char hex[] = "0123456789abcdef";
    put(w, TEXT("\""));
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        uint8_t escaped[6] = {
            '\\', 'u', '0', '0', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};
        if (c < ' ' || c == '"' || c == '\\' || c == 0x7F)
            put(w, BYTES_OF(escaped));
        else
            put(w, (struct bytes){&text.at[i], 1});
    }
    put(w, TEXT("\""));
}

/* To the line of the value; an alias stands above it, and stays on the line of its use. */
static void go_down(struct writer *w, uint32_t line)
{
    for (; w->line < line && w->text.len < PIECE; w->line++)
        put(w, TEXT("\n"));
}

static void put_node(struct writer *w, uint32_t node);

static void put_children(struct writer *w, uint32_t node, bool map)
{
    bool first = true;
    for (uint32_t n = flat_first(w->flat, node); n; n = flat_after(w->flat, node, n)) {
        if (!first)
            put(w, TEXT(","));
        first = false;
        go_down(w, flat_line(w->flat, n));
        if (map) {
            put_string(w, flat_key_of(w->flat, n));
            put(w, TEXT(":"));
        }
        put_node(w, n);
        if (w->text.len >= PIECE)
            hand_over(w);
    }
}

/* As deep as READ_DEPTH_MAX lets a flat be. */
static void put_node(struct writer *w, uint32_t node)
{
    switch (flat_kind(w->flat, node)) {
    case FLAT_NULL: put(w, TEXT("null")); break;
    case FLAT_TEXT: put_string(w, flat_text(w->flat, node)); break;
    case FLAT_MAP:
        put(w, TEXT("{"));
        put_children(w, node, true);
        put(w, TEXT("}"));
        break;
    case FLAT_LIST:
        put(w, TEXT("["));
        put_children(w, node, false);
        put(w, TEXT("]"));
        break;
    }
}

void read_structure(struct bytes document, struct emit *out)
{
    struct flat *f =
        is_json(document) ? json_flat(document, out) : yaml_flat(document, 1, out);
    struct writer w = {.out = out, .flat = f, .line = 1};
    uint32_t root = flat_first(f, 0);
    if (root && flat_after(f, 0, root)) {
        emit_note(out, NOTE_MALFORMED, flat_line(f, flat_after(f, 0, root)), 0,
            TEXT("a second document: expected one in a file"));
    } else if (root) {
        go_down(&w, flat_line(f, root));
        put_node(&w, root);
    }
    hand_over(&w);
    growing_free(&w.text);
    flat_free(f);
}

struct bytes structure_of(struct arena *a, const struct corpus *c, uint32_t doc,
    struct bytes name, struct bytes *error)
{
    const struct document *d = &c->docs[doc];
    struct bytes none = {0};
    size_t len = 0;
    *error = none;
    for (uint32_t i = 0; i < c->note_count && !error->len; i++)
        if (c->notes[i].doc == doc)
            *error = line_of(a, name, &c->notes[i]);
    if (error->len)
        return none;
    for (uint32_t u = d->unit; u < d->unit + d->unit_count; u++)
        len += c->units[u].text.len;
    uint8_t *at = arena_take(a, len + 1), *to = at;
    for (uint32_t u = d->unit; u < d->unit + d->unit_count; u++) {
        memcpy(to, c->units[u].text.at, c->units[u].text.len);
        to += c->units[u].text.len;
    }
    return (struct bytes){at, len};
}
