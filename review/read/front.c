/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/front.h"

#include "review/read/growing.h"

#include <libfyaml.h>

enum { FRONT_MAX = 262144, FRONT_DEPTH = 16 };

/* Offset behind the line that ends the front matter; *inside gets what is between. */
static size_t extent(struct bytes document, struct bytes *inside)
{
    struct bytes rest = text_upto(document, FRONT_MAX);
    size_t at = 0, first = 0;

    while (at < rest.len) {
        struct bytes from = text_from(rest, at);
        struct bytes line = text_upto(from, text_find(from, TEXT("\n")));
        struct bytes word = text_trim(line);
        bool rule = text_same(word, TEXT("---")) && text_starts(line, TEXT("---"));
        if (at == 0 && !rule)
            return 0;
        if (at > 0 && (rule || text_same(word, TEXT("...")))) {
            *inside = (struct bytes){rest.at + first, at - first};
            return at + line.len + (at + line.len < document.len);
        }
        at += line.len + 1;
        if (first == 0)
            first = at;
    }
    return 0;
}

static uint32_t line_of(struct fy_node *n)
{
    struct fy_token *t = fy_node_get_scalar_token(n);
    const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
    return m ? (uint32_t)m->line + 2 : 1; /* from 0, and the "---" is above */
}

static struct bytes scalar(struct fy_node *n)
{
    size_t len = 0;
    const char *at =
        n && fy_node_get_type(n) == FYNT_SCALAR ? fy_node_get_scalar(n, &len) : NULL;
    return (struct bytes){(const uint8_t *)at, at ? len : 0};
}

/* Aliases are left out: they can unfold without end, and say nothing new. */
static void put(struct emit *out, struct growing *name, struct fy_node *n, int depth)
{
    void *at = NULL;
    struct fy_node *each;
    struct fy_node_pair *pair;
    size_t len = name->len;

    if (!n || depth > FRONT_DEPTH || fy_node_is_alias(n))
        return;
    switch (fy_node_get_type(n)) {
    case FYNT_SCALAR:
        emit_field(out, growing_bytes(name), scalar(n), line_of(n));
        break;
    case FYNT_SEQUENCE:
        while ((each = fy_node_sequence_iterate(n, &at)) != NULL)
            put(out, name, each, depth + 1);
        break;
    case FYNT_MAPPING:
        while ((pair = fy_node_mapping_iterate(n, &at)) != NULL) {
            growing_add(name, len ? TEXT(".") : TEXT(""));
            growing_add(name, scalar(fy_node_pair_key(pair)));
            put(out, name, fy_node_pair_value(pair), depth + 1);
            name->len = len;
        }
        break;
    }
}

/* Without a taker of its own libfyaml writes what it dislikes to stderr. */
static void say_nothing(struct fy_diag *d, void *user, const char *text, size_t len)
{
    (void)d, (void)user, (void)text, (void)len;
}

static struct fy_document *parse(struct bytes in)
{
    struct fy_diag_cfg silent;
    fy_diag_cfg_default(&silent);
    silent.fp = NULL;
    silent.output_fn = say_nothing;
    struct fy_diag *diag = fy_diag_create(&silent);
    struct fy_parse_cfg cfg = {.search_path = "",
        .flags = (enum fy_parse_cfg_flags)(
            FYPCF_QUIET | FYPCF_DISABLE_MMAP_OPT | FYPCF_ALLOW_DUPLICATE_KEYS),
        .diag = diag};
    struct fy_document *d =
        fy_document_build_from_string(&cfg, (const char *)in.at, in.len);
    fy_diag_destroy(diag);
    return d;
}

size_t front_read(struct bytes document, struct emit *out)
{
    struct bytes inside = {0};
    size_t len = extent(document, &inside);
    if (len == 0 || inside.len == 0)
        return 0;

    struct fy_document *d = parse(inside);
    struct fy_node *root = d ? fy_document_root(d) : NULL;
    bool map = root && fy_node_get_type(root) == FYNT_MAPPING;
    if (map) {
        struct growing name = {0};
        emit_begin(out, UNIT_ENTRY, 0, 1, 0);
        put(out, &name, root, 0);
        emit_end(out);
        growing_free(&name);
    } else if (!d) {
        emit_note(out, NOTE_MALFORMED, 1, 0, TEXT("front matter is no YAML"));
    }
    if (d)
        fy_document_destroy(d);
    return map ? len : 0; /* two thematic breaks with a paragraph between are none */
}
