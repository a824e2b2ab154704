/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/printed.h"

#include <stdlib.h>

enum { OUT_OF_MEMORY = 4 };

static _Noreturn void no_memory(void)
{
    fputs("error: out of memory: expected room for a report\n", stderr);
    exit(OUT_OF_MEMORY);
}

void printed_begin(struct printed *p)
{
    *p = (struct printed){0};
    p->out = open_memstream(&p->at, &p->len);
    if (!p->out)
        no_memory();
}

struct bytes printed_end(struct printed *p, struct arena *a)
{
    if (ferror(p->out) | fclose(p->out))
        no_memory();
    return printed_closed(p, a);
}

struct bytes printed_closed(struct printed *p, struct arena *a)
{
    struct bytes copy = arena_copy(a, (struct bytes){(const uint8_t *)p->at, p->len});
    free(p->at);
    *p = (struct printed){0};
    return copy;
}
