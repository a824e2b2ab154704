/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/git_list.h"

#include <string.h>

enum { HEAD = 27, FILES_MAX = 4000000 };

static uint64_t number(const uint8_t *at, size_t n)
{
    uint64_t value = 0;
    for (size_t i = n; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

static bool good_part(struct bytes part)
{
    return part.len > 0 && !text_same(part, TEXT(".")) && !text_same(part, TEXT(".."));
}

static bool good_path(struct bytes path)
{
    const struct bytes nul = {(const uint8_t *)"", 1};
    if (text_find(path, nul) < path.len)
        return false;
    for (;;) {
        size_t end = text_find(path, TEXT("/"));
        if (!good_part(text_upto(path, end)))
            return false;
        if (end == path.len)
            return true;
        path = text_from(path, end + 1);
    }
}

static size_t take(struct bytes in, struct git_file *f)
{
    if (in.len < HEAD)
        return 0;
    size_t len = (size_t)number(in.at + 25, 2);
    if (in.len - HEAD < len || in.at[24] > 1)
        return 0;
    f->changed_s = (int64_t)number(in.at, 8);
    f->seen_ns = (int64_t)number(in.at + 8, 8);
    f->size = number(in.at + 16, 8);
    f->link = in.at[24] == 1;
    f->path = (struct bytes){in.at + HEAD, len};
    return good_path(f->path) ? HEAD + len : 0;
}

struct bytes git_pointer_parse(struct bytes in, struct bytes front)
{
    const struct bytes nul = {(const uint8_t *)"", 1};
    if (!text_starts(in, front) || text_find(in, nul) < in.len)
        return (struct bytes){0};
    struct bytes rest = text_from(in, front.len);
    return text_trim(text_upto(rest, text_find(rest, TEXT("\n"))));
}

enum status git_list_parse(struct bytes in, struct git_list *out)
{
    struct git_list got = {.files = LIST_OF(struct git_file)};
    if (in.len < GIT_ID)
        return MALFORMED;
    memcpy(got.commit, in.at, GIT_ID);
    in = text_from(in, GIT_ID);
    while (in.len) {
        struct git_file f = {0};
        size_t n = got.files.count < FILES_MAX ? take(in, &f) : 0;
        if (n == 0) {
            list_free(&got.files);
            return MALFORMED;
        }
        *(struct git_file *)list_add(&got.files) = f;
        in = text_from(in, n);
    }
    *out = got;
    return OK;
}
