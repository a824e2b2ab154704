/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzzer makes is read as an archive, and as lines: a name, a content, a name, … from
 * which a pack is made, read again, and read once more with some bytes of it replaced.
 */
#include "review/base/text.h"
#include "review/pack/pack.h"
#include "review/read/growing.h"

enum { FILES = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

static bool inside(struct bytes part, struct bytes whole)
{
    return part.at >= whole.at && part.at + part.len <= whole.at + whole.len;
}

static bool look(struct arena *a, struct bytes archive)
{
    struct pack_file *files = NULL;
    uint32_t count = 0;
    struct bytes why = {0};
    if (pack_parse(a, archive, &files, &count, &why) != OK) {
        must(why.len && text_find(why, TEXT(": expected ")) < why.len);
        return false;
    }
    must(count && pack_size(files, count) == archive.len);
    for (uint32_t i = 0; i < count; i++)
        must(!pack_name_fault(files[i].name) && inside(files[i].name, archive)
            && inside(files[i].content, archive)
            && (!i || text_order(files[i - 1].name, files[i].name) < 0));
    return pack_is(a, archive, files, count);
}

static struct bytes line(struct bytes *rest)
{
    size_t end = text_find(*rest, TEXT("\n"));
    struct bytes got = text_upto(*rest, end);
    *rest = text_from(*rest, end + 1);
    return got;
}

static bool keep(void *ctx, struct bytes piece)
{
    growing_add(ctx, piece);
    return true;
}

static void look_at_made(struct arena *a, struct bytes lines)
{
    struct pack_file files[FILES];
    struct growing g = {0};
    uint32_t count = 0;
    while (lines.len && count < FILES) {
        struct bytes name = line(&lines);
        files[count++] = (struct pack_file){name, line(&lines)};
    }
    pack_sort(files, count);
    bool good = count;
    for (uint32_t i = 0; i < count; i++)
        good = good && !pack_name_fault(files[i].name)
            && (!i || text_order(files[i - 1].name, files[i].name) < 0);
    if (!good)
        return;
    must(pack_write(a, files, count, &(struct pack_sink){&g, keep}));
    must(look(a, growing_bytes(&g)));
    /* a content that says where, and by what, spoils the archive */
    struct bytes by = files[0].content;
    for (size_t i = 0; i + 1 < by.len; i += 2)
        g.at[g.len - 1 - by.at[i] % g.len] = by.at[i + 1];
    look(a, growing_bytes(&g));
    growing_free(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    look(a, (struct bytes){data, size});
    look_at_made(a, (struct bytes){data, size});
    arena_free(a);
    return 0;
}
