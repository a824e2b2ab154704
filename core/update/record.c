/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include <string.h>

static size_t place(const struct update_record *r, const struct digest *bundle)
{
    size_t i = 0;

    while (i < UPDATE_REMEMBERED
        && (r->tried[i].tries == 0
            || memcmp(r->tried[i].bundle.b, bundle->b, sizeof bundle->b) != 0))
        i++;
    return i;
}

uint8_t update_tries(const struct update_record *r, const struct digest *bundle)
{
    size_t at = place(r, bundle);
    return at < UPDATE_REMEMBERED ? r->tried[at].tries : 0;
}

void update_tried(struct update_record *r, const struct digest *bundle)
{
    size_t at = place(r, bundle);
    struct update_tried t = {.bundle = *bundle, .tries = 1};

    if (at < UPDATE_REMEMBERED && r->tried[at].tries < LIMIT_UPDATE_TRIES)
        t.tries = (uint8_t)(r->tried[at].tries + 1);
    else if (at < UPDATE_REMEMBERED)
        t.tries = LIMIT_UPDATE_TRIES;
    else
        at = 0;
    /* it is the newest now: the ones after it move down */
    memmove(&r->tried[at], &r->tried[at + 1],
        (UPDATE_REMEMBERED - 1 - at) * sizeof r->tried[0]);
    r->tried[UPDATE_REMEMBERED - 1] = t;
}
