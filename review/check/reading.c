/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/groups.h"

void check_reading(struct judge *j)
{
    const struct corpus *c = j->m->corpus;
    for (uint32_t i = 0; i < c->note_count; i++) {
        const struct note *n = &c->notes[i];
        enum rule_id rule =
            (enum rule_id)(RULE_READ_EMPTY + n->kind); /* in one order */
        struct bytes says = n->detail.len ? n->detail : text_of(rule_of(rule)->title);
        judge_place(j, rule, n->doc, n->line, n->page, c->docs[n->doc].path, says);
    }
    if (c->unit_count == 0)
        judge_place(j, RULE_READ_NOTHING, UNIT_NONE, 0, 0, TEXT("project"),
            arena_print(j->a, "%u files were looked at, none of them says anything",
                c->doc_count));
}
