/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is the path, the rest the rules. A rule that is the path itself, anchored and
 * escaped, must name it, whatever rules stand before. */
#include "review/read/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    size_t line = text_find(all, TEXT("\n"));
    struct bytes path = text_upto(all, line < 64 ? line : 64),
                 rules = text_from(all, line + 1);
    uint8_t escaped[256];
    size_t n = 0;
    struct arena *a = arena_new();
    struct ignore *above = ignore_parse(a, rules, TEXT(""), NULL);

    (void)ignore_names(above, path, false);
    escaped[n++] = '/';
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] != '/')
            escaped[n++] = '\\';
        escaped[n++] = path.at[i];
    }
    bool plain = path.len && path.at[0] != '/' && path.at[path.len - 1] != '/'
        && path.at[path.len - 1] != '\r';
    struct ignore *own = ignore_parse(a, (struct bytes){escaped, n}, TEXT(""), above);
    if (plain && !ignore_names(own, path, false))
        __builtin_trap();
    arena_free(a);
    return 0;
}
