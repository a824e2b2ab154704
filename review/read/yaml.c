/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/yaml.h"

#include "core/base/utf8.h"
#include "review/read/entries.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/secret.h"
#include "review/read/threat_models.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = READ_DEPTH_MAX + 2 };

struct taker {
    struct flat *flat;
    struct emit *notes;
    struct arena *arena;
    struct table *anchors; /* name -> node */
    uint32_t first_line, line;
    uint32_t depth;
    struct {
        bool map, wants_key;
    } open[DEPTH];
    uint32_t skip;       /* levels open inside a key that is itself a map or list */
    bool merge, merging; /* the key was "<<"; its value is a list of aliases */
    bool complex_said;
};

static void say(struct taker *t, enum note_kind kind, uint32_t line, const char *what)
{
    emit_note(t->notes, kind, line, 0, text_of(what));
}

static bool at_key(const struct taker *t)
{
    return t->depth && t->open[t->depth - 1].map && t->open[t->depth - 1].wants_key;
}

/* A value was taken where one was wanted: a map wants its next key. */
static void value_taken(struct taker *t)
{
    if (t->depth)
        t->open[t->depth - 1].wants_key = true;
    t->merge = false;
}

static struct bytes token_text(struct fy_token *token)
{
    size_t len = 0;
    const char *at = token ? fy_token_get_text(token, &len) : NULL;
    return (struct bytes){(const uint8_t *)at, at ? len : 0};
}

static bool is_null(struct bytes text, struct fy_token *token)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    if (token && fy_token_scalar_style(token) != FYSS_PLAIN)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        if (text_same(text, text_of(nulls[i])))
            return true;
    return false;
}

static void keep_anchor(struct taker *t, struct fy_token *anchor)
{
    if (anchor)
        table_put(
            t->anchors, arena_copy(t->arena, token_text(anchor)), flat_next(t->flat));
}

static bool take_scalar(struct taker *t, const struct fy_event *e)
{
    struct bytes text = token_text(e->scalar.value);
    if (at_key(t)) {
        t->open[t->depth - 1].wants_key = false;
        t->merge = text_same(text, TEXT("<<"));
        return flat_key(t->flat, text, t->line);
    }
    keep_anchor(t, e->scalar.anchor);
    bool null = is_null(text, e->scalar.value);
    if (null)
        text.len = 0;
    value_taken(t);
    return flat_scalar(t->flat, null ? FLAT_NULL : FLAT_TEXT, text, t->line);
}

static bool take_alias(struct taker *t, struct fy_event *e)
{
    uint32_t node = table_get(t->anchors, token_text(e->alias.anchor));
    if (node == TABLE_NONE || node >= flat_next(t->flat)) {
        say(t, NOTE_MALFORMED, t->line,
            "YAML: expected an alias of an anchor above it");
        return false;
    }
    if (at_key(t)) {
        t->open[t->depth - 1].wants_key = false;
        return flat_key(t->flat, flat_text(t->flat, node), t->line);
    }
    enum status s = flat_again(t->flat, node, t->merge || t->merging);
    if (s == MALFORMED)
        say(t, NOTE_MALFORMED, t->line,
            "YAML: expected an alias that does not hold itself");
    if (!t->merging)
        value_taken(t);
    return s == OK;
}

static bool take_open(struct taker *t, bool map, struct fy_token *anchor)
{
    if (at_key(t)) {
        t->skip = 1;
        if (!t->complex_said)
            say(t, NOTE_MALFORMED, t->line, "YAML: expected a key that is one value");
        t->complex_said = true;
        return true;
    }
    if (t->merge && !map) {
        t->merging = true;
        return true;
    }
    keep_anchor(t, anchor);
    value_taken(t);
    if (!flat_open(t->flat, map ? FLAT_MAP : FLAT_LIST, t->line))
        return false;
    t->open[t->depth].map = t->open[t->depth].wants_key = map;
    t->depth++;
    return true;
}

static bool take_close(struct taker *t)
{
    if (t->merging) {
        t->merging = false;
        value_taken(t);
    } else if (t->depth) {
        t->depth--;
        flat_close(t->flat);
    }
    return true;
}

/* Inside a key that is a map or a list: everything up to its end is passed over. */
static bool skipped(struct taker *t, enum fy_event_type type)
{
    if (!t->skip)
        return false;
    if (type == FYET_MAPPING_START || type == FYET_SEQUENCE_START)
        t->skip++;
    else if (type == FYET_MAPPING_END || type == FYET_SEQUENCE_END)
        t->skip--;
    if (t->skip == 0) {
        t->open[t->depth - 1].wants_key = false;
        flat_key(t->flat, TEXT("?"), t->line);
    }
    return true;
}

static bool take_event(struct taker *t, struct fy_event *e)
{
    const struct fy_mark *mark = fy_event_start_mark(e);
    if (mark)
        t->line = t->first_line + (uint32_t)mark->line;
    if (skipped(t, e->type))
        return t->skip < READ_DEPTH_MAX;
    switch (e->type) {
    case FYET_SCALAR: return take_scalar(t, e);
    case FYET_ALIAS: return take_alias(t, e);
    case FYET_MAPPING_START: return take_open(t, true, e->mapping_start.anchor);
    case FYET_SEQUENCE_START: return take_open(t, false, e->sequence_start.anchor);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END: return take_close(t);
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_START:
    case FYET_DOCUMENT_END: return true;
    }
    return true;
}

static void say_error(struct taker *t, struct fy_diag *diag)
{
    char line[200];
    void *at = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);
    uint32_t number =
        e && e->line > 0 ? t->first_line + (uint32_t)e->line - 1 : t->line;
    snprintf(line, sizeof line, "YAML: %s", e && e->msg ? e->msg : "not understood");
    say(t, NOTE_MALFORMED, number, line);
}

static void quiet(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    (void)diag, (void)user, (void)text, (void)len;
}

/* Whether it was taken to its end. */
static bool take_all(struct taker *t, struct bytes text)
{
    struct fy_diag_cfg silent = {
        .output_fn = quiet, .level = FYET_ERROR, .module_mask = ~0u};
    struct fy_diag *diag = fy_diag_create(&silent);
    struct fy_parse_cfg cfg = {.diag = diag, .flags = FYPCF_DISABLE_DEPTH_LIMIT};
    fy_diag_set_collect_errors(diag, true);
    struct fy_parser *parser = fy_parser_create(&cfg);
    bool go_on =
        parser && fy_parser_set_string(parser, (const char *)text.at, text.len) == 0;
    while (go_on) {
        struct fy_event *e = fy_parser_parse(parser);
        if (!e)
            break;
        go_on = take_event(t, e);
        fy_parser_event_free(parser, e);
    }
    if (go_on && fy_parser_get_stream_error(parser)) {
        say_error(t, diag);
        go_on = false;
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return go_on;
}

/* libfyaml stops at the first byte that is no UTF-8; here it becomes U+FFFD. */
static struct bytes well_formed(struct bytes text)
{
    uint8_t *to = malloc(text.len * 3 + 1);
    if (!to)
        _exit(4); /* the parent says MEMORY */
    size_t len = 0;
    while (text.len) {
        size_t n = utf8_char(text);
        memcpy(to + len, n ? text.at : TEXT("\xEF\xBF\xBD").at, n ? n : 3);
        len += n ? n : 3;
        text = text_from(text, n ? n : 1);
    }
    return (struct bytes){to, len};
}

/* To the library a NUL is the end of the text, and what is behind it would be gone unsaid. */
static struct bytes before_nul(struct taker *t, struct bytes text)
{
    size_t nul = text_find(text, (struct bytes){(const uint8_t *)"", 1});
    uint32_t line = t->first_line;
    if (nul == text.len)
        return text;
    for (size_t i = 0; i < nul; i++)
        line += text.at[i] == '\n';
    say(t, NOTE_MALFORMED, line, "YAML: a NUL, and nothing behind it is read");
    return text_upto(text, nul);
}

struct flat *yaml_flat(struct bytes text, uint32_t first_line, struct emit *notes)
{
    struct taker t = {.notes = notes, .first_line = first_line, .line = first_line};
    bool whole = true, sound = utf8_valid(text);
    bool wide =
        text_starts(text, TEXT("\xFF\xFE")) || text_starts(text, TEXT("\xFE\xFF"));
    if (!sound && !wide) {
        text = well_formed(text);
        say(&t, NOTE_UTF8, first_line, "");
    }
    size_t len = text.len;
    if (!wide)
        text = before_nul(&t, text);
    whole = text.len == len;
    t.flat = flat_new(text, notes);
    if (!sound && !wide)
        flat_keep(t.flat, (void *)(uintptr_t)text.at);
    if (wide) {
        say(&t, NOTE_MALFORMED, first_line, "YAML: expected UTF-8, found UTF-16");
        whole = false;
    } else if (text_trim(text).len) {
        t.arena = arena_new();
        t.anchors = table_new(t.arena, 16);
        whole = take_all(&t, text) && whole;
        arena_free(t.arena);
    }
    flat_end(t.flat, whole);
    return t.flat;
}

void read_yaml(struct bytes document, struct emit *out)
{
    secret_scan(document, out);
    struct flat *f = yaml_flat(document, 1, out);
    uint32_t root = flat_first(f, 0);
    if (!root || !threat_model_emit(f, root, out))
        entries_emit(f, out);
    flat_free(f);
}
