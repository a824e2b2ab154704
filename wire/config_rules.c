/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/config_rules.h"

#include "core/base/utf8.h"

#include <string.h>

/* NUL-ended here, so a NUL inside has shortened it: length is judged after that. */
static bool text_holds(const char *s, size_t cap)
{
    size_t len = strnlen(s, cap);
    return len >= 1 && len < cap
        && utf8_printable((struct bytes){(const uint8_t *)s, len});
}

bool config_rules_hold(const struct config *c)
{
    return c->batch_s >= 10 && c->batch_s <= 60 && text_holds(c->ward, sizeof c->ward)
        && text_holds(c->time_zone, sizeof c->time_zone)
        && (!c->has_label || text_holds(c->label, sizeof c->label));
}

bool answer_rules_hold(const struct answer *a)
{
    if (a->verdict_count < 1 || a->verdict_count > LIMIT_ANSWER_OUTCOMES
        || a->server_utc_ms > 9007199254740991)
        return false;
    for (uint8_t i = 0; i < a->verdict_count; i++)
        if (a->verdicts[i].outcome > OUTCOME_NOT_NOW)
            return false;
    if (a->pins_len > sizeof a->pins)
        return false;
    if (a->renew_to == 1 || a->m2_len > sizeof a->m2
        || (a->m2_len > 0 && (a->renew_to == 0 || a->m2_len <= sizeof(struct digest))))
        return false;
    return !a->has_config || config_rules_hold(&a->config);
}
