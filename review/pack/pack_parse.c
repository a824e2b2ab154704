/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/pack.h"
#include "review/pack/pack_form.h"
#include "review/pack/shown.h"

#include <string.h>

enum { NAMED_UP_TO = 22 + 65535, TYPE = 0170000, LINK = 0120000 };

struct parsing {
    struct arena *a;
    struct bytes archive;
    struct bytes *why;
};

static uint32_t number(struct bytes in, size_t at, size_t n)
{
    uint32_t value = 0;
    for (size_t i = n; i > 0; i--)
        value = value << 8 | in.at[at + i - 1];
    return value;
}

static enum status refuse(
    struct parsing *p, enum status s, const char *what, const char *expected)
{
    *p->why = arena_print(p->a, "%s: expected %s", what, expected);
    return s;
}

static enum status refuse_file(
    struct parsing *p, struct bytes name, const char *what, const char *expected)
{
    struct bytes shown = shown_text(p->a, name);
    *p->why = arena_print(
        p->a, "\"%s\" %s: expected %s", (const char *)shown.at, what, expected);
    return REFUSED;
}

struct last {
    uint32_t count, directory_len, at;
};

/* An end record that is not the last thing: something was hung on. */
static bool ends_earlier(struct bytes archive)
{
    size_t from = archive.len > NAMED_UP_TO ? archive.len - NAMED_UP_TO : 0;
    struct bytes back = text_from(archive, from);
    return text_find(back, TEXT("PK\x05\x06")) < back.len;
}

static enum status take_last(struct parsing *p, struct last *out)
{
    uint8_t form[PACK_LAST];
    struct bytes in = text_from(p->archive,
        p->archive.len < PACK_LAST ? p->archive.len : p->archive.len - PACK_LAST);
    if (in.len < PACK_LAST || !text_starts(in, TEXT("PK\x05\x06")))
        return ends_earlier(p->archive)
            ? refuse(p, REFUSED, "bytes behind the end of the archive", "none")
            : refuse(p, MALFORMED, "the archive has no end: no pack, or cut off",
                "a pack that is whole");
    *out = (struct last){number(in, 10, 2), number(in, 12, 4), number(in, 16, 4)};
    if (out->count > PACK_FILES_MAX)
        return refuse(p, REFUSED, "too many files in the archive", "at most 65,000");
    pack_form_last(out->count, out->directory_len, out->at, form);
    if (!text_same(in, BYTES_OF(form)))
        return refuse(p, REFUSED, "the end of the archive is not as a pack has it",
            "one part, no comment");
    if (!out->count)
        return refuse(p, REFUSED, "no file in the archive", "at least the statement");
    if ((uint64_t)out->at + out->directory_len != p->archive.len - PACK_LAST)
        return refuse(p, MALFORMED, "the directory does not reach to the end",
            "a pack that is whole");
    return OK;
}

/* Forms that other archives have, and that have a name of their own. */
static enum status entry_kind(struct parsing *p, struct bytes name, struct bytes entry)
{
    uint32_t flags = number(entry, 8, 2), mode = number(entry, 38, 4) >> 16;
    const char *fault = pack_name_fault(name);
    if (fault)
        return refuse_file(p, name, fault, "a name below the pack's own folder");
    if (flags & PACK_LOCKED)
        return refuse_file(p, name, "is encrypted", "to be readable");
    if (number(entry, 10, 2) != PACK_STORED)
        return refuse_file(p, name, "is compressed", "all files as they are");
    if ((mode & TYPE) == LINK)
        return refuse_file(p, name, "is a symbolic link", "regular files only");
    if (mode != PACK_MODE)
        return refuse_file(p, name, "is no plain file", "regular files only");
    if (flags & PACK_BEHIND)
        return refuse_file(p, name, "has its size behind it", "it in front");
    return OK;
}

static enum status take_entry(
    struct parsing *p, struct bytes *directory, struct pack_head *out)
{
    uint8_t form[PACK_ENTRY];
    struct bytes in = *directory;
    if (in.len < PACK_ENTRY || !text_starts(in, TEXT("PK\x01\x02")))
        return refuse(p, MALFORMED, "the directory ends before its last file",
            "as many files as it says");
    uint32_t len = number(in, 28, 2);
    if (in.len - PACK_ENTRY < len)
        return refuse(p, MALFORMED, "a name in the directory is cut off", "all of it");
    *out = (struct pack_head){.name = {in.at + PACK_ENTRY, len},
        .check = number(in, 16, 4),
        .size = number(in, 24, 4),
        .at = number(in, 42, 4)};
    TRY(entry_kind(p, out->name, in));
    pack_form_entry(out, form);
    if (!text_starts(in, BYTES_OF(form)))
        return refuse_file(
            p, out->name, "stands in the directory in another form", "a pack's own");
    *directory = text_from(in, PACK_ENTRY + len);
    return OK;
}

/* The file's own head and content, where the one before it ended. */
static enum status take_file(struct parsing *p, const struct pack_head *h,
    const struct last *last, uint32_t *at, struct pack_file *out)
{
    uint8_t form[PACK_LOCAL];
    struct bytes in = text_upto(text_from(p->archive, *at), last->at - *at);
    if (h->at != *at)
        return refuse_file(
            p, h->name, "does not follow the file before it", "no bytes between files");
    pack_form_local(h, form);
    struct bytes name = text_from(in, PACK_LOCAL);
    if (!text_starts(in, BYTES_OF(form)) || !text_starts(name, h->name))
        return refuse_file(
            p, h->name, "has a head that differs from the directory", "the same twice");
    struct bytes content = text_from(name, h->name.len);
    if (content.len < h->size)
        return refuse_file(p, h->name, "is cut off", "all of it");
    *out = (struct pack_file){h->name, text_upto(content, h->size)};
    *at += PACK_LOCAL + (uint32_t)h->name.len + h->size;
    return OK;
}

static enum status take_order(
    struct parsing *p, const struct pack_file *before, const struct pack_file *f)
{
    int order = text_order(before->name, f->name);
    if (order == 0)
        return refuse_file(p, f->name, "stands twice", "each name once");
    if (order > 0)
        return refuse_file(
            p, f->name, "is out of order", "files in order of their names' bytes");
    return OK;
}

static enum status take_files(
    struct parsing *p, const struct last *last, struct pack_file *files)
{
    struct bytes directory =
        text_upto(text_from(p->archive, last->at), last->directory_len);
    uint32_t at = 0;
    for (uint32_t i = 0; i < last->count; i++) {
        struct pack_head h;
        TRY(take_entry(p, &directory, &h));
        TRY(take_file(p, &h, last, &at, &files[i]));
        if (i)
            TRY(take_order(p, &files[i - 1], &files[i]));
    }
    if (directory.len || at != last->at)
        return refuse(
            p, REFUSED, "bytes in the archive that belong to no file", "none");
    return OK;
}

enum status pack_parse(struct arena *a, struct bytes archive, struct pack_file **files,
    uint32_t *count, struct bytes *why)
{
    struct parsing p = {a, archive, why};
    struct last last;
    if (archive.len > PACK_BYTES_MAX)
        return refuse(&p, REFUSED, "the archive is too large", "at most 256 MiB");
    TRY(take_last(&p, &last));
    struct pack_file *got = arena_take(a, last.count * sizeof *got);
    TRY(take_files(&p, &last, got));
    *files = got;
    *count = last.count;
    return OK;
}
