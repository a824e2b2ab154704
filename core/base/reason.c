/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reason.h"

static const struct {
    const char *code, *meaning;
} table[] = {
#define REASON(name, code, meaning) {code, meaning},
#include "core/base/reason.def"
#undef REASON
};

_Static_assert(
    sizeof table / sizeof table[0] == REASON_COUNT, "one row for each reason");

const char *reason_code(enum reason r)
{
    return r < REASON_COUNT ? table[r].code : "unknown";
}

const char *reason_meaning(enum reason r)
{
    return r < REASON_COUNT ? table[r].meaning : "unknown";
}
