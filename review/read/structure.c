/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/structure.h"

#include "review/read/json.h"
#include "review/read/unit_parse.h"
#include "review/read/yaml.h"

static bool is_json(struct bytes text)
{
    text = text_trim(text);
    return text.len && (text.at[0] == '{' || text.at[0] == '[');
}

static struct bytes line_of(struct arena *a, struct bytes name, const struct note *n)
{
    const char *what = n->kind == NOTE_DUPLICATE_KEY ? "a key that stands twice: "
        : n->kind == NOTE_TOO_DEEP                   ? "nested too deep: "
        : n->kind == NOTE_TOO_MUCH                   ? "more than one file may hold: "
        : n->kind == NOTE_UTF8                       ? "expected UTF-8"
                                                     : "";
    return arena_print(a, "%.*s:%u: %s%.*s%s", (int)name.len, (const char *)name.at,
        n->line, what, (int)n->detail.len, (const char *)n->detail.at,
        n->kind == NOTE_DUPLICATE_KEY ? ": expected each key once" : "");
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
