/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/growing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void growing_add(struct growing *g, struct bytes more)
{
    if (g->cap - g->len < more.len) {
        size_t cap = (g->len + more.len) * 2 + 256;
        uint8_t *at = realloc(g->at, cap);
        if (!at)
            _exit(GROWING_EXIT);
        g->at = at;
        g->cap = cap;
    }
    if (more.len)
        memcpy(g->at + g->len, more.at, more.len);
    g->len += more.len;
}

struct bytes growing_bytes(const struct growing *g)
{
    return (struct bytes){g->at, g->len};
}

void growing_free(struct growing *g)
{
    free(g->at);
    *g = (struct growing){0};
}
