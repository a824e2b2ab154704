/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/cyclonedx.h"

#include "review/read/entries.h"

#include <stdio.h>

struct sbom {
    const struct flat *flat;
    struct emit *out;
    struct table *depends; /* ref -> its `dependsOn` list */
};

static void field_if(
    const struct sbom *s, struct bytes name, struct bytes value, uint32_t line)
{
    if (value.len)
        emit_field(s->out, name, value, line);
}

static void say_key(
    const struct sbom *s, uint32_t map, const char *key, const char *name)
{
    uint32_t n = flat_get(s->flat, map, key);
    if (n)
        field_if(s, text_of(name), flat_text(s->flat, n), flat_line(s->flat, n));
}

static void say_texts(const struct sbom *s, uint32_t list, const char *name)
{
    const struct flat *f = s->flat;
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c))
        field_if(s, text_of(name), flat_text(f, c), flat_line(f, c));
}

static struct bytes name_in(const struct flat *f, uint32_t map, const char *key)
{
    uint32_t n = flat_get(f, map, key);
    return n ? flat_get_text(f, n, "name") : (struct bytes){0};
}

static void say_supplier(const struct sbom *s, uint32_t component)
{
    const struct flat *f = s->flat;
    uint32_t line = flat_line(f, component);
    struct bytes who = name_in(f, component, "supplier");
    if (!who.len)
        who = name_in(f, component, "manufacturer");
    if (!who.len)
        who = flat_get_text(f, component, "publisher");
    if (!who.len)
        who = flat_get_text(f, component, "author");
    field_if(s, TEXT("supplier"), who, line);
}

static void say_licences(const struct sbom *s, uint32_t component)
{
    const struct flat *f = s->flat;
    uint32_t list = flat_get(f, component, "licenses");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c)) {
        uint32_t one = flat_get(f, c, "license");
        say_key(s, c, "expression", "licence");
        if (!one)
            continue;
        say_key(s, one, flat_get(f, one, "id") ? "id" : "name", "licence");
    }
}

static void say_hashes(const struct sbom *s, uint32_t component)
{
    const struct flat *f = s->flat;
    uint32_t list = flat_get(f, component, "hashes");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c)) {
        char name[64];
        struct bytes alg = text_upto(flat_get_text(f, c, "alg"), 32);
        int n = snprintf(name, sizeof name, "hash.%.*s", (int)alg.len,
            alg.len ? (const char *)alg.at : "");
        field_if(s, (struct bytes){(const uint8_t *)name, (size_t)n},
            flat_get_text(f, c, "content"), flat_line(f, c));
    }
}

static void say_depends(const struct sbom *s, struct bytes ref)
{
    uint32_t list = ref.len ? table_get(s->depends, ref) : TABLE_NONE;
    if (list != TABLE_NONE)
        say_texts(s, list, "depends");
}

static void say_component(
    const struct sbom *s, uint32_t component, struct bytes parent, const char *role)
{
    const struct flat *f = s->flat;
    struct bytes ref = flat_get_text(f, component, "bom-ref");
    struct bytes version = flat_get_text(f, component, "version");
    emit_begin(s->out, UNIT_COMPONENT, 0, flat_line(f, component), 0);
    emit_text(s->out, flat_get_text(f, component, "name"));
    if (version.len) {
        emit_text(s->out, TEXT(" "));
        emit_text(s->out, version);
    }
    say_key(s, component, "name", "name");
    say_key(s, component, "version", "version");
    say_key(s, component, "group", "group");
    say_key(s, component, "type", "type");
    say_key(s, component, "purl", "purl");
    say_key(s, component, "cpe", "cpe");
    say_supplier(s, component);
    say_licences(s, component);
    say_key(s, component, "scope", "scope");
    field_if(s, TEXT("ref"), ref, flat_line(f, component));
    field_if(s, TEXT("role"), text_of(role), flat_line(f, component));
    field_if(s, TEXT("parent"), parent, flat_line(f, component));
    say_hashes(s, component);
    say_depends(s, ref);
    emit_end(s->out);
}

/* Depth is bounded by READ_DEPTH_MAX. */
static void say_components(const struct sbom *s, uint32_t list, struct bytes parent)
{
    const struct flat *f = s->flat;
    for (uint32_t c = flat_first(f, list); c && !emit_full(s->out);
         c = flat_after(f, list, c)) {
        if (flat_kind(f, c) != FLAT_MAP)
            continue;
        say_component(s, c, parent, "");
        uint32_t nested = flat_get(f, c, "components");
        if (nested)
            say_components(s, nested, flat_get_text(f, c, "bom-ref"));
    }
}

static void say_vulnerability(const struct sbom *s, uint32_t v)
{
    const struct flat *f = s->flat;
    struct bytes text = flat_get_text(f, v, "description");
    emit_begin(s->out, UNIT_ENTRY, 0, flat_line(f, v), 0);
    emit_text(s->out, text.len ? text : flat_get_text(f, v, "id"));
    say_key(s, v, "id", "id");
    say_key(s, v, "recommendation", "recommendation");
    field_if(s, TEXT("source"), name_in(f, v, "source"), flat_line(f, v));
    uint32_t list = flat_get(f, v, "ratings");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c)) {
        say_key(s, c, "severity", "severity");
        say_key(s, c, "score", "score");
    }
    uint32_t analysis = flat_get(f, v, "analysis");
    if (analysis) {
        say_key(s, analysis, "state", "state");
        say_key(s, analysis, "justification", "justification");
        say_key(s, analysis, "detail", "detail");
        say_texts(s, flat_get(f, analysis, "response"), "response");
    }
    list = flat_get(f, v, "affects");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c))
        say_key(s, c, "ref", "affects");
    emit_end(s->out);
}

static void say_vulnerabilities(const struct sbom *s, uint32_t list)
{
    const struct flat *f = s->flat;
    emit_unit(s->out, UNIT_HEADING, 1, flat_line(f, list), 0, TEXT("vulnerabilities"));
    for (uint32_t c = flat_first(f, list); c && !emit_full(s->out);
         c = flat_after(f, list, c))
        if (flat_kind(f, c) == FLAT_MAP)
            say_vulnerability(s, c);
}

static void find_depends(struct sbom *s, uint32_t list)
{
    const struct flat *f = s->flat;
    for (uint32_t c = flat_first(f, list); c; c = flat_after(f, list, c)) {
        struct bytes ref = flat_get_text(f, c, "ref");
        uint32_t on = flat_get(f, c, "dependsOn");
        if (!ref.len || !on)
            continue;
        if (table_get(s->depends, ref) != TABLE_NONE)
            emit_note(s->out, NOTE_DUPLICATE_KEY, flat_line(f, c), 0, ref);
        else
            table_put(s->depends, ref, on);
    }
}

static bool version_known(struct bytes v)
{
    return text_same(v, TEXT("1.4")) || text_same(v, TEXT("1.5"))
        || text_same(v, TEXT("1.6"));
}

void cyclonedx_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    struct arena *a = arena_new();
    struct sbom s = {f, out, table_new(a, 1024)};
    uint32_t list = flat_get(f, root, "dependencies"), n;
    struct bytes version = flat_get_text(f, root, "specVersion");

    emit_format(out, FORMAT_CYCLONEDX);
    if (!version_known(version))
        emit_note(out, NOTE_VERSION, flat_line(f, root), 0, version);
    if (list)
        find_depends(&s, list);
    n = flat_get(f, root, "metadata");
    n = n ? flat_get(f, n, "component") : FLAT_NO;
    if (n && flat_kind(f, n) == FLAT_MAP)
        say_component(&s, n, (struct bytes){0}, "product");
    n = flat_get(f, root, "components");
    if (n) {
        emit_unit(out, UNIT_HEADING, 1, flat_line(f, n), 0, TEXT("components"));
        say_components(&s, n, (struct bytes){0});
    }
    n = flat_get(f, root, "services");
    if (n)
        entries_list(f, n, TEXT("services"), out);
    n = flat_get(f, root, "vulnerabilities");
    if (n)
        say_vulnerabilities(&s, n);
    arena_free(a);
}
