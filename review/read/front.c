/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/front.h"

#include "review/read/entries.h"
#include "review/read/yaml.h"

enum { FRONT_MAX = 262144 };

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

size_t front_read(struct bytes document, struct emit *out)
{
    struct bytes inside = {0};
    size_t len = extent(document, &inside);
    if (len == 0 || inside.len == 0)
        return 0;

    struct flat *f = yaml_flat(inside, 2, out);
    uint32_t root = flat_first(f, 0);
    /* Two thematic breaks with a paragraph between are none; nor is what breaks off, whose rest
     * would be lost. */
    bool map = flat_whole(f) && root && flat_kind(f, root) == FLAT_MAP;
    if (map) {
        emit_begin(out, UNIT_ENTRY, 0, 1, 0);
        entries_fields(f, root, TEXT(""), out);
        emit_end(out);
    }
    flat_free(f);
    return map ? len : 0;
}
