/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/utf8.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool text_in_range(const char *s, size_t cap)
{
    size_t len = strnlen(s, cap);
    return len > 0 && len < cap
        && utf8_printable((struct bytes){(const uint8_t *)s, len});
}

static bool config_in_range(const struct config *c)
{
    return c->batch_s >= 10 && c->batch_s <= 60 && text_in_range(c->ward, 65)
        && text_in_range(c->time_zone, 65)
        && (!c->has_label || text_in_range(c->label, 33));
}

static bool in_range(const struct answer *a)
{
    bool good = a->verdict_count >= 1 && a->verdict_count <= 8
        && a->server_utc_ms < 1ull << 53
        && (!a->has_config || config_in_range(&a->config));
    good = good && a->renew_to != 1
        && (a->m2_len == 0 || (a->renew_to > 1 && a->m2_len > 32 && a->m2_len <= 1056));
    for (uint8_t i = 0; good && i < a->verdict_count; i++)
        good = a->verdicts[i].outcome <= 4;
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answer a, before;
    static uint8_t again[LIMIT_ANSWER];
    size_t len;

    memset(&a, 0x5a, sizeof a);
    memcpy(&before, &a, sizeof a);
    if (answer_parse((struct bytes){data, size}, &a) != OK) {
        if (memcmp(&a, &before, sizeof a) != 0)
            abort();
        return 0;
    }
    if (!in_range(&a))
        abort();
    if (answer_build(&a, ROOM_OF(again), &len) != OK || len != size
        || memcmp(again, data, size) != 0)
        abort();
    return 0;
}
