/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/shown.h"

#include "core/base/utf8.h"

#include <string.h>

struct bytes shown_text(struct arena *a, struct bytes foreign)
{
    char line[SHOWN_MAX + 4];
    size_t n = 0;
    while (foreign.len && n + 4 <= SHOWN_MAX) {
        size_t len = utf8_char(foreign);
        bool good = len && utf8_printable(text_upto(foreign, len));
        if (good)
            memcpy(line + n, foreign.at, len);
        else
            line[n] = '?';
        n += good ? len : 1;
        foreign = text_from(foreign, len ? len : 1);
    }
    return arena_print(a, "%.*s%s", (int)n, line, foreign.len ? "..." : "");
}
