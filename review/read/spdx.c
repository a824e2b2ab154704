/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/spdx.h"

#include "review/read/readers.h"

#include <stdio.h>
#include <stdlib.h>

struct package {
    struct bytes ref, name, version, supplier, purl, cpe, purpose;
    struct bytes licence; /* concluded, else declared */
    uint32_t line;
};

struct digest_of {
    uint32_t package;
    struct bytes alg, value;
    uint32_t line;
};

struct relation {
    struct bytes from, to;
    uint32_t line, package; /* of `from` */
};

struct spdx {
    struct list packages, digests, relations;
    struct emit *out;
};

static struct spdx spdx_start(struct emit *out)
{
    return (struct spdx){LIST_OF(struct package), LIST_OF(struct digest_of),
        LIST_OF(struct relation), out};
}

static struct bytes said(struct bytes value)
{
    bool nothing =
        text_same(value, TEXT("NOASSERTION")) || text_same(value, TEXT("NONE"));
    return nothing ? (struct bytes){0} : value;
}

/* "Organization: Example (mail)" -> the name. */
static struct bytes who(struct bytes value)
{
    static const char *const fronts[] = {"Organization:", "Person:", "Tool:"};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (text_starts(value, text_of(fronts[i])))
            return text_trim(text_from(value, text_of(fronts[i]).len));
    return said(value);
}

static void add_relation(struct spdx *s, struct bytes from, struct bytes kind,
    struct bytes to, uint32_t line)
{
    static const struct {
        const char *kind;
        bool turned; /* the element on the right needs the one on the left */
    } rows[] = {
        {"DEPENDS_ON", false},
        {"CONTAINS", false},
        {"DYNAMIC_LINK", false},
        {"STATIC_LINK", false},
        {"HAS_PREREQUISITE", false},
        {"DEPENDENCY_OF", true},
        {"RUNTIME_DEPENDENCY_OF", true},
        {"PROVIDED_DEPENDENCY_OF", true},
        {"OPTIONAL_DEPENDENCY_OF", true},
        {"CONTAINED_BY", true},
        {"PREREQUISITE_FOR", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!text_same(kind, text_of(rows[i].kind)))
            continue;
        *(struct relation *)list_add(&s->relations) = (struct relation){
            rows[i].turned ? to : from, rows[i].turned ? from : to, line, TABLE_NONE};
        return;
    }
}

static struct bytes alg_name(struct bytes alg)
{
    static const struct {
        const char *from, *to;
    } rows[] = {{"SHA1", "SHA-1"}, {"SHA224", "SHA-224"}, {"SHA256", "SHA-256"},
        {"SHA384", "SHA-384"}, {"SHA512", "SHA-512"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (text_same_word(alg, text_of(rows[i].from)))
            return text_of(rows[i].to);
    return alg;
}

static void field_if(
    struct emit *out, struct bytes name, struct bytes value, uint32_t line)
{
    if (value.len)
        emit_field(out, name, value, line);
}

static void say_digest(struct emit *out, const struct digest_of *d)
{
    char name[64];
    struct bytes alg = text_upto(alg_name(d->alg), 32);
    int n = snprintf(name, sizeof name, "hash.%.*s", (int)alg.len,
        alg.len ? (const char *)alg.at : "");
    field_if(out, (struct bytes){(const uint8_t *)name, (size_t)n}, d->value, d->line);
}

static int by_package(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static void sort_relations(struct spdx *s)
{
    struct arena *a = arena_new();
    struct table *known = table_new(a, s->packages.count);
    for (uint32_t i = 0; i < s->packages.count; i++) {
        const struct package *p = LIST_AT(&s->packages, struct package, i);
        if (p->ref.len && table_get(known, p->ref) == TABLE_NONE)
            table_put(known, p->ref, i);
    }
    for (size_t i = 0; i < s->relations.count; i++) {
        struct relation *r = LIST_AT(&s->relations, struct relation, i);
        r->package = table_get(known, r->from);
    }
    if (s->relations.count)
        qsort(s->relations.at, s->relations.count, sizeof(struct relation), by_package);
    arena_free(a);
}

static void say_package(struct emit *out, const struct package *p)
{
    emit_begin(out, UNIT_COMPONENT, 0, p->line, 0);
    emit_text(out, p->name);
    if (p->version.len) {
        emit_text(out, TEXT(" "));
        emit_text(out, p->version);
    }
    field_if(out, TEXT("name"), p->name, p->line);
    field_if(out, TEXT("version"), p->version, p->line);
    field_if(out, TEXT("type"), p->purpose, p->line);
    field_if(out, TEXT("purl"), p->purl, p->line);
    field_if(out, TEXT("cpe"), p->cpe, p->line);
    field_if(out, TEXT("supplier"), p->supplier, p->line);
    field_if(out, TEXT("licence"), p->licence, p->line);
    field_if(out, TEXT("ref"), p->ref, p->line);
}

static void spdx_finish(struct spdx *s)
{
    size_t d = 0, r = 0;
    sort_relations(s);
    if (s->packages.count)
        emit_unit(s->out, UNIT_HEADING, 1,
            LIST_AT(&s->packages, struct package, 0)->line, 0, TEXT("packages"));
    for (uint32_t i = 0; i < s->packages.count; i++) {
        say_package(s->out, LIST_AT(&s->packages, struct package, i));
        for (; d < s->digests.count
             && LIST_AT(&s->digests, struct digest_of, d)->package == i;
             d++)
            say_digest(s->out, LIST_AT(&s->digests, struct digest_of, d));
        for (; r < s->relations.count
             && LIST_AT(&s->relations, struct relation, r)->package == i;
             r++) {
            const struct relation *one = LIST_AT(&s->relations, struct relation, r);
            emit_field(s->out, TEXT("depends"), one->to, one->line);
        }
        emit_end(s->out);
    }
    list_free(&s->packages);
    list_free(&s->digests);
    list_free(&s->relations);
}

static void check_version(struct emit *out, struct bytes version, uint32_t line)
{
    if (!text_same(version, TEXT("SPDX-2.3")) && !text_same(version, TEXT("SPDX-2.2")))
        emit_note(out, NOTE_VERSION, line, 0, version);
}

static void take_digests(struct spdx *s, const struct flat *f, uint32_t list)
{
    for (uint32_t c = flat_first(f, list); c; c = flat_after(f, list, c))
        *(struct digest_of *)list_add(&s->digests) = (struct digest_of){
            (uint32_t)s->packages.count - 1, flat_get_text(f, c, "algorithm"),
            flat_get_text(f, c, "checksumValue"), flat_line(f, c)};
}

static void take_reference(struct package *p, struct bytes type, struct bytes place)
{
    if (text_same(type, TEXT("purl")) && !p->purl.len)
        p->purl = place;
    else if (text_starts(type, TEXT("cpe2")) && !p->cpe.len)
        p->cpe = place;
}

static void take_package(struct spdx *s, const struct flat *f, uint32_t n)
{
    struct package *p = list_add(&s->packages);
    p->line = flat_line(f, n);
    p->ref = flat_get_text(f, n, "SPDXID");
    p->name = flat_get_text(f, n, "name");
    p->version = said(flat_get_text(f, n, "versionInfo"));
    p->supplier = who(flat_get_text(f, n, "supplier"));
    p->purpose = flat_get_text(f, n, "primaryPackagePurpose");
    p->licence = said(flat_get_text(f, n, "licenseConcluded"));
    if (!p->licence.len)
        p->licence = said(flat_get_text(f, n, "licenseDeclared"));
    uint32_t list = flat_get(f, n, "externalRefs");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c))
        take_reference(p, flat_get_text(f, c, "referenceType"),
            flat_get_text(f, c, "referenceLocator"));
    list = flat_get(f, n, "checksums");
    if (list)
        take_digests(s, f, list);
}

void spdx_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    struct spdx s = spdx_start(out);
    emit_format(out, FORMAT_SPDX_JSON);
    check_version(out, flat_get_text(f, root, "spdxVersion"), flat_line(f, root));
    uint32_t list = flat_get(f, root, "packages");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c))
        if (flat_kind(f, c) == FLAT_MAP)
            take_package(&s, f, c);
    list = flat_get(f, root, "relationships");
    for (uint32_t c = list ? flat_first(f, list) : FLAT_NO; c;
         c = flat_after(f, list, c))
        add_relation(&s, flat_get_text(f, c, "spdxElementId"),
            flat_get_text(f, c, "relationshipType"),
            flat_get_text(f, c, "relatedSpdxElement"), flat_line(f, c));
    spdx_finish(&s);
}

/* One part up to a blank, and what stands behind it. */
static struct bytes first_word(struct bytes *rest)
{
    struct bytes t = text_trim(*rest);
    size_t n = 0;
    while (n < t.len && t.at[n] != ' ' && t.at[n] != '\t')
        n++;
    *rest = text_trim(text_from(t, n));
    return text_upto(t, n);
}

struct tags {
    struct spdx s;
    bool in_package; /* SPDXID names the package, not a file or the document */
};

static struct package *tag_package(struct tags *t)
{
    return t->in_package
        ? LIST_AT(&t->s.packages, struct package, t->s.packages.count - 1)
        : NULL;
}

static void tag_in_package(struct tags *t, struct package *p, struct bytes tag,
    struct bytes value, uint32_t line)
{
    if (text_same(tag, TEXT("SPDXID"))) {
        p->ref = value;
    } else if (text_same(tag, TEXT("PackageVersion"))) {
        p->version = said(value);
    } else if (text_same(tag, TEXT("PackageSupplier"))) {
        p->supplier = who(value);
    } else if (text_same(tag, TEXT("PrimaryPackagePurpose"))) {
        p->purpose = value;
    } else if (text_same(tag, TEXT("PackageLicenseConcluded"))) {
        if (said(value).len)
            p->licence = value;
    } else if (text_same(tag, TEXT("PackageLicenseDeclared"))) {
        if (!p->licence.len)
            p->licence = said(value);
    } else if (text_same(tag, TEXT("PackageChecksum"))) {
        size_t colon = text_find(value, TEXT(":"));
        *(struct digest_of *)list_add(&t->s.digests) =
            (struct digest_of){(uint32_t)t->s.packages.count - 1,
                text_upto(value, colon), text_trim(text_from(value, colon + 1)), line};
    } else if (text_same(tag, TEXT("ExternalRef"))) {
        first_word(&value); /* category */
        struct bytes type = first_word(&value);
        take_reference(p, type, first_word(&value));
    }
}

static void take_tag(
    struct tags *t, struct bytes tag, struct bytes value, uint32_t line)
{
    if (text_same(tag, TEXT("SPDXVersion"))) {
        check_version(t->s.out, value, line);
    } else if (text_same(tag, TEXT("PackageName"))) {
        struct package *p = list_add(&t->s.packages);
        p->name = value;
        p->line = line;
        t->in_package = true;
    } else if (text_same(tag, TEXT("FileName")) || text_same(tag, TEXT("SnippetSPDXID"))
        || text_same(tag, TEXT("LicenseID"))) {
        t->in_package = false;
    } else if (text_same(tag, TEXT("Relationship"))) {
        struct bytes from = first_word(&value), kind = first_word(&value);
        add_relation(&t->s, from, kind, first_word(&value), line);
    } else if (tag_package(t)) {
        tag_in_package(t, tag_package(t), tag, value, line);
    }
}

static uint32_t lines_in(struct bytes text)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == '\n';
    return n;
}

void read_spdx_tag(struct bytes document, struct emit *out)
{
    static const struct bytes open = {(const uint8_t *)"<text>", 6};
    struct tags t = {.s = spdx_start(out)};
    uint32_t line = 1;
    bool malformed = false;
    while (document.len) {
        size_t end = text_find(document, TEXT("\n"));
        struct bytes row = text_trim(text_upto(document, end));
        size_t colon = text_find(row, TEXT(":"));
        struct bytes value = text_trim(text_from(row, colon + 1));
        uint32_t at = line++;
        document = text_from(document, end + 1);
        if (!row.len || row.at[0] == '#')
            continue;
        if (colon == row.len) {
            if (!malformed)
                emit_note(
                    out, NOTE_MALFORMED, at, 0, TEXT("SPDX: expected 'Tag: value'"));
            malformed = true;
            continue;
        }
        if (text_starts(value, open)) { /* over several lines */
            struct bytes from = {value.at + open.len,
                (size_t)(document.at + document.len - value.at) - open.len};
            size_t close = text_find(from, TEXT("</text>"));
            if (close == from.len) {
                emit_note(out, NOTE_DAMAGED, at, 0, TEXT("SPDX: expected </text>"));
                break;
            }
            value = text_upto(from, close);
            struct bytes rest = text_from(from, close);
            struct bytes left = text_from(rest, text_find(rest, TEXT("\n")) + 1);
            line =
                at + lines_in((struct bytes){value.at, (size_t)(left.at - value.at)});
            document = left;
        }
        take_tag(&t, text_upto(row, colon), value, at);
    }
    spdx_finish(&t.s);
}
