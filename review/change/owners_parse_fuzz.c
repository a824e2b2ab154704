/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a path, the rest the file. A last line that names the path itself decides,
 * whatever stands before it; owners are a part of the file, printable as it is. */
#include "review/change/owners.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    size_t line = text_find(all, TEXT("\n"));
    struct bytes path = text_upto(all, line < 64 ? line : 64),
                 file = text_from(all, line + 1);
    struct arena *a = arena_new();
    struct bytes who = owners_of(owners_parse(a, file), path);
    if (who.len && (who.at < file.at || who.at + who.len > file.at + file.len))
        __builtin_trap();

    bool plain = path.len > 0;
    for (size_t i = 0; i < path.len; i++)
        plain &= path.at[i] >= 'a' && path.at[i] <= 'z';
    size_t lines = 0;
    for (size_t i = 0; i < file.len; i++)
        lines += file.at[i] == '\n';
    if (plain && lines + 2 < OWNERS_LINES_MAX) {
        struct bytes longer =
            arena_print(a, "%.*s @me", (int)path.len, (const char *)path.at);
        uint8_t *both = arena_take(a, file.len + longer.len + 1);
        if (file.len)
            memcpy(both, file.at, file.len);
        both[file.len] = '\n';
        memcpy(both + file.len + 1, longer.at, longer.len);
        who = owners_of(
            owners_parse(a, (struct bytes){both, file.len + longer.len + 1}), path);
        if (!text_same(who, TEXT("@me")))
            __builtin_trap();
    }
    arena_free(a);
    return 0;
}
