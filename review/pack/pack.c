/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/pack.h"

#include "core/base/utf8.h"
#include "review/pack/pack_form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 20, /* of the format: 2.0 */
    UNIX = 3,
    FIRST_DAY = 0x21, /* 1980-01-01 */
};

static uint8_t *put(uint8_t *to, uint32_t value, size_t n)
{
    for (size_t i = 0; i < n; i++, value >>= 8)
        *to++ = (uint8_t)value;
    return to;
}

static bool ascii(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] >= 0x80)
            return false;
    return true;
}

/* What both heads have in common: version to the length of the extra field. */
static uint8_t *put_common(uint8_t *to, const struct pack_head *h)
{
    to = put(to, VERSION, 2);
    to = put(to, ascii(h->name) ? 0 : PACK_UTF8, 2);
    to = put(to, PACK_STORED, 2);
    to = put(to, 0, 2); /* time of day */
    to = put(to, FIRST_DAY, 2);
    to = put(to, h->check, 4);
    to = put(to, h->size, 4); /* as stored */
    to = put(to, h->size, 4); /* as it is */
    to = put(to, (uint32_t)h->name.len, 2);
    return put(to, 0, 2); /* no extra field */
}

void pack_form_local(const struct pack_head *h, uint8_t out[PACK_LOCAL])
{
    uint8_t *end = put_common(put(out, 0x04034b50, PACK_MARK), h);
    assert(end == out + PACK_LOCAL);
}

void pack_form_entry(const struct pack_head *h, uint8_t out[PACK_ENTRY])
{
    uint8_t *to = put(out, 0x02014b50, PACK_MARK);
    to = put(to, VERSION | UNIX << 8, 2);
    to = put_common(to, h);
    to = put(to, 0, 2 + 2 + 2); /* no comment, disk 0, no attributes of the content */
    to = put(to, (uint32_t)PACK_MODE << 16, 4);
    to = put(to, h->at, 4);
    assert(to == out + PACK_ENTRY);
}

void pack_form_last(
    uint32_t count, uint32_t directory_len, uint32_t at, uint8_t out[PACK_LAST])
{
    uint8_t *to = put(out, 0x06054b50, PACK_MARK);
    to = put(to, 0, 2 + 2); /* disk 0, directory on disk 0 */
    to = put(to, count, 2);
    to = put(to, count, 2);
    to = put(to, directory_len, 4);
    to = put(to, at, 4);
    to = put(to, 0, 2); /* no comment */
    assert(to == out + PACK_LAST);
}

static bool good_part(struct bytes part)
{
    return part.len && !text_same(part, TEXT(".")) && !text_same(part, TEXT(".."));
}

const char *pack_name_fault(struct bytes name)
{
    if (!name.len || name.len > PACK_NAME_MAX)
        return "is empty or too long";
    if (!utf8_printable(name))
        return "is not printable UTF-8";
    if (text_find(name, TEXT("\\")) < name.len)
        return "has a backslash, which some take for a folder";
    for (;;) {
        size_t end = text_find(name, TEXT("/"));
        if (!good_part(text_upto(name, end)))
            return "could lead out of the folder";
        if (end == name.len)
            return NULL;
        name = text_from(name, end + 1);
        if (!name.len)
            return "is a folder";
    }
}

static int by_name(const void *a, const void *b)
{
    return text_order(
        ((const struct pack_file *)a)->name, ((const struct pack_file *)b)->name);
}

void pack_sort(struct pack_file *files, uint32_t count)
{
    if (count)
        qsort(files, count, sizeof *files, by_name);
}

uint64_t pack_size(const struct pack_file *files, uint32_t count)
{
    uint64_t size = PACK_LAST;
    for (uint32_t i = 0; i < count; i++)
        size += PACK_LOCAL + PACK_ENTRY + 2 * files[i].name.len
            + (uint64_t)files[i].content.len;
    return size;
}

/* CRC-32 as zip and Ethernet have it, by a table for each byte. */
struct check_table {
    uint32_t of[256];
};

static void check_table_make(struct check_table *t)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
        t->of[i] = c;
    }
}

static uint32_t check_of(const struct check_table *t, struct bytes content)
{
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < content.len; i++)
        c = c >> 8 ^ t->of[(c ^ content.at[i]) & 0xFF];
    return ~c;
}

static bool write_all(const struct pack_file *files, const struct pack_head *heads,
    uint32_t count, const struct pack_sink *to)
{
    uint8_t local[PACK_LOCAL], entry[PACK_ENTRY], last[PACK_LAST];
    uint32_t at = 0, directory_len = 0;
    for (uint32_t i = 0; i < count; i++) {
        pack_form_local(&heads[i], local);
        if (!to->take(to->ctx, BYTES_OF(local)) || !to->take(to->ctx, heads[i].name)
            || !to->take(to->ctx, files[i].content))
            return false;
        at = heads[i].at + PACK_LOCAL + (uint32_t)heads[i].name.len + heads[i].size;
    }
    for (uint32_t i = 0; i < count; i++) {
        pack_form_entry(&heads[i], entry);
        if (!to->take(to->ctx, BYTES_OF(entry)) || !to->take(to->ctx, heads[i].name))
            return false;
        directory_len += PACK_ENTRY + (uint32_t)heads[i].name.len;
    }
    pack_form_last(count, directory_len, at, last);
    return to->take(to->ctx, BYTES_OF(last));
}

/* Which files may stand in a pack together. */
static bool may_be(const struct pack_file *files, uint32_t count)
{
    if (!count || count > PACK_FILES_MAX || pack_size(files, count) > PACK_BYTES_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (pack_name_fault(files[i].name)
            || (i && by_name(&files[i - 1], &files[i]) >= 0))
            return false;
    return true;
}

bool pack_write(struct arena *a, const struct pack_file *files, uint32_t count,
    const struct pack_sink *to)
{
    assert(may_be(files, count));
    struct check_table t;
    struct pack_head *heads = arena_take(a, count * sizeof *heads);
    uint32_t at = 0;
    check_table_make(&t);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes content = files[i].content;
        heads[i] = (struct pack_head){
            files[i].name, check_of(&t, content), (uint32_t)content.len, at};
        at += PACK_LOCAL + (uint32_t)(files[i].name.len + content.len);
    }
    return write_all(files, heads, count, to);
}

static bool same_piece(void *ctx, struct bytes piece)
{
    struct bytes *rest = ctx;
    bool same = text_starts(*rest, piece);
    *rest = text_from(*rest, piece.len);
    return same;
}

bool pack_is(struct arena *a, struct bytes archive, const struct pack_file *files,
    uint32_t count)
{
    struct bytes rest = archive;
    return may_be(files, count)
        && pack_write(a, files, count, &(struct pack_sink){&rest, same_piece})
        && rest.len == 0;
}
