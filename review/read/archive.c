/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/archive.h"

#include "review/read/growing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

struct archive {
    struct emit *out;
    zip_t *zip;
    struct growing mended;
    size_t document_len;
    uint64_t unfolded;
    bool damaged, bomb; /* each is said once */
};

static void say_damaged(struct archive *a, const char *what)
{
    if (!a->damaged)
        emit_note(a->out, NOTE_DAMAGED, 0, 0, text_of(what));
    a->damaged = true;
}

static void say_bomb(struct archive *a, const char *part)
{
    if (!a->bomb)
        emit_note(a->out, NOTE_BOMB, 0, 0, text_of(part));
    a->bomb = true;
}

static uint32_t le(struct bytes in, size_t at, size_t n)
{
    uint32_t value = 0;
    for (size_t i = n; i > 0; i--)
        value = value << 8 | in.at[at + i - 1];
    return value;
}

static void put(struct growing *b, uint32_t value, size_t n)
{
    for (size_t i = 0; i < n; i++, value >>= 8)
        growing_add(b, (struct bytes){&(uint8_t){(uint8_t)value}, 1});
}

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    DESCRIPTOR = 0x08074b50,
    LAST = 0x06054b50
};

/* Where the data of a part ends whose head does not say so: at the next thing with a mark. */
static size_t find_end(struct bytes zip, size_t from)
{
    for (size_t i = from; i + 4 <= zip.len; i++) {
        const uint8_t *p = memchr(zip.at + i, 'P', zip.len - i - 3);
        if (!p)
            break;
        i = (size_t)(p - zip.at);
        uint32_t mark = le(zip, i, 4);
        if (mark == LOCAL || mark == CENTRAL || mark == DESCRIPTOR)
            return i;
    }
    return zip.len;
}

/*
 * The directory of a zip file stands at its end: cut off, none of its parts can be found.
 * Each part has a head of its own, though; we write the directory anew from these.
 */
static uint32_t write_directory(struct bytes zip, struct growing *directory)
{
    enum { HEAD = 30, PARTS_MAX = 10000 };
    uint32_t parts = 0;
    size_t at = 0;
    while (at + HEAD <= zip.len && le(zip, at, 4) == LOCAL && parts < PARTS_MAX) {
        uint32_t folded = le(zip, at + 18, 4), name_len = le(zip, at + 26, 2);
        size_t data = at + HEAD + name_len + le(zip, at + 28, 2);
        if (data >= zip.len)
            break;
        size_t end = le(zip, at + 6, 2) & 8 && !folded ? find_end(zip, data)
            : folded > zip.len - data                  ? zip.len
                                                       : data + folded;
        put(directory, CENTRAL, 4);
        put(directory, 20, 2);
        growing_add(
            directory, (struct bytes){zip.at + at + 4, 14}); /* version .. check */
        put(directory, (uint32_t)(end - data), 4);
        put(directory, le(zip, at + 22, 4), 4);
        put(directory, name_len, 2);
        put(directory, 0, 12); /* no extra field, no comment, disk 0, no attributes */
        put(directory, (uint32_t)at, 4);
        growing_add(directory, (struct bytes){zip.at + at + HEAD, name_len});
        parts++;
        at = end;
        if (at + 16 <= zip.len && le(zip, at, 4) == DESCRIPTOR)
            at += 16;
    }
    return parts;
}

static zip_t *open_in_memory(struct bytes zip)
{
    zip_source_t *source = zip_source_buffer_create(zip.at, zip.len, 0, NULL);
    zip_t *z = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
    if (!z && source)
        zip_source_free(source);
    return z;
}

static void mend(struct archive *a, struct bytes document)
{
    struct growing directory = {0};
    uint32_t parts = write_directory(document, &directory);
    if (parts) {
        growing_add(&a->mended, document);
        growing_add(&a->mended, growing_bytes(&directory));
        put(&a->mended, LAST, 4);
        put(&a->mended, 0, 4);
        put(&a->mended, parts, 2);
        put(&a->mended, parts, 2);
        put(&a->mended, (uint32_t)directory.len, 4);
        put(&a->mended, (uint32_t)document.len, 4);
        put(&a->mended, 0, 2);
        a->zip = open_in_memory(growing_bytes(&a->mended));
    }
    growing_free(&directory);
}

struct archive *archive_new(struct bytes document, struct emit *out)
{
    struct archive *a = calloc(1, sizeof *a);
    if (!a)
        _exit(GROWING_EXIT);
    a->out = out;
    a->document_len = document.len;
    a->zip = document.len ? open_in_memory(document) : NULL;
    if (!a->zip) {
        say_damaged(a, "the archive has no directory");
        mend(a, document);
    }
    if (a->zip)
        return a;
    archive_free(a);
    return NULL;
}

void archive_free(struct archive *a)
{
    if (!a)
        return;
    if (a->zip)
        zip_discard(a->zip);
    growing_free(&a->mended);
    free(a);
}

/* What the directory claims about the part is good; *folded is its size in the archive. */
static bool claim_is_good(
    struct archive *a, zip_uint64_t index, const char *part, uint64_t *folded)
{
    zip_stat_t st;
    zip_stat_init(&st);
    if (zip_stat_index(a->zip, index, 0, &st) != 0)
        return false;
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD)
        && st.encryption_method != ZIP_EM_NONE) {
        emit_note(a->out, NOTE_UNREADABLE, 0, 0, TEXT("the archive is encrypted"));
        return false;
    }
    if (!(st.valid & ZIP_STAT_COMP_METHOD)
        || (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)) {
        emit_note(a->out, NOTE_MALFORMED, 0, 0, TEXT("compression method"));
        return false;
    }
    bool whole = !a->mended.len;
    if (whole && st.valid & ZIP_STAT_SIZE && st.size > ARCHIVE_PART_MAX) {
        say_bomb(a, part);
        return false;
    }
    *folded = st.valid & ZIP_STAT_COMP_SIZE && st.comp_size < a->document_len
        ? st.comp_size
        : a->document_len;
    return true;
}

static bool too_large(const struct archive *a, uint64_t read, uint64_t folded)
{
    return read > ARCHIVE_PART_MAX || a->unfolded > ARCHIVE_ALL_MAX
        || (read > ARCHIVE_RATIO_FREE && read / ARCHIVE_RATIO_MAX > folded);
}

enum feeding { FED, FED_PART, FED_BOMB };

/* Small pieces: libzip gives nothing of a piece in which it meets the fault. */
static enum feeding feed(
    struct archive *a, zip_file_t *file, struct xml *x, uint64_t folded)
{
    uint8_t piece[4096];
    uint64_t read = 0;
    for (;;) {
        zip_int64_t n = zip_fread(file, piece, sizeof piece);
        if (n < 0)
            return FED_PART;
        if (n == 0)
            return FED;
        read += (uint64_t)n;
        a->unfolded += (uint64_t)n;
        if (too_large(a, read, folded))
            return FED_BOMB;
        if (!xml_feed(x, (struct bytes){piece, (size_t)n}))
            return FED;
    }
}

bool archive_xml(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx)
{
    zip_int64_t index = zip_name_locate(a->zip, part, 0);
    if (index < 0)
        return false;
    uint64_t folded = 0;
    if (!claim_is_good(a, (zip_uint64_t)index, part, &folded))
        return true;
    zip_file_t *file = zip_fopen_index(a->zip, (zip_uint64_t)index, 0);
    if (!file) {
        say_damaged(a, part);
        return true;
    }
    struct xml *x = xml_new(a->out, calls, ctx, text_of(part));
    enum feeding fed = feed(a, file, x, folded);
    zip_fclose(file);
    if (fed == FED_BOMB)
        say_bomb(a, part);
    else if (fed == FED_PART)
        say_damaged(a, part);
    if (fed == FED && !a->damaged)
        xml_end(x);
    else
        xml_drop(x);
    return true;
}

void archive_main(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx)
{
    if (!archive_xml(a, part, calls, ctx))
        say_damaged(a, part);
}

void archive_glance(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx)
{
    struct archive before = *a;
    a->out = emit_new(-1);
    archive_xml(a, part, calls, ctx);
    (void)emit_finish(a->out);
    *a = before;
}

size_t archive_each(
    struct archive *a, const char *ending, archive_part_fn *read, struct emit *out)
{
    enum { PARTS_MAX = 10000 };
    size_t count = 0;
    zip_int64_t all = zip_get_num_entries(a->zip, 0);
    for (zip_int64_t i = 0; i < all && i < PARTS_MAX && !emit_full(out); i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, 0);
        if (!name || !text_ends(text_of(name), text_of(ending)))
            continue;
        read(a, name, out);
        count++;
    }
    return count;
}

struct relation {
    struct bytes id;
    const char *type, *base;
    char *found;
};

static char *path_of(const char *base, struct bytes target)
{
    if (text_starts(target, TEXT("/"))) {
        target = text_from(target, 1);
        base = "";
    }
    size_t base_len = strlen(base);
    char *path = calloc(1, base_len + target.len + 1);
    if (!path)
        _exit(GROWING_EXIT);
    memcpy(path, base, base_len);
    if (target.len)
        memcpy(path + base_len, target.at, target.len);
    return path;
}

static void relation_open(void *self, const struct xml_tag *tag)
{
    struct relation *r = self;
    bool same = r->id.len ? text_same(xml_attribute(tag, "Id"), r->id)
                          : text_ends(xml_attribute(tag, "Type"), text_of(r->type));
    if (!r->found && same && text_same(tag->name, TEXT("Relationship")))
        r->found = path_of(r->base, xml_attribute(tag, "Target"));
}

static void no_close(void *self, struct bytes name)
{
    (void)self, (void)name;
}

static void no_text(void *self, struct bytes piece)
{
    (void)self, (void)piece;
}

char *archive_related(struct archive *a, const char *rels, const char *base,
    struct bytes id, const char *type, const char *otherwise)
{
    static const struct xml_calls calls = {relation_open, no_close, no_text};
    struct relation r = {.id = id, .type = type, .base = base};
    archive_xml(a, rels, &calls, &r);
    return r.found ? r.found : path_of("", text_of(otherwise));
}
