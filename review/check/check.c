/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/groups.h"

void check_model(struct arena *a, const struct model *m, const struct rules *rules,
    void (*also)(struct judge *), struct findings *out)
{
    static void (*const groups[])(struct judge *) = {
        check_reading,
        check_trace,
        check_ladder,
        check_wording,
        check_security,
        check_credentials,
        check_components,
    };
    struct judge j = {.a = a, .m = m, .rules = rules, .found = LIST_OF(struct finding)};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        groups[i](&j);
    if (also)
        also(&j);
    check_decisions(&j);
    judge_done(&j, out);
}
