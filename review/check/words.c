/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements whose words no trial decides, and those that ask for several things at once. */
#include "review/check/groups.h"
#include "review/check/wording.h"

static struct bytes skeleton(enum wording_gap gap)
{
    switch (gap) {
    case GAP_MECHANISM:
        return TEXT(
            "The credential of a device shall give access to that device's own endpoint only; any\n"
            "other request shall be answered 403 and logged.\n"
            "Every message between device and cloud shall be protected by TLS 1.3 with pinning and,\n"
            "independently, by a message authentication code under a per-device key.\n"
            "While the cloud cannot be reached the device shall keep measuring, store N h, use no\n"
            "unauthenticated channel, and show the unsynchronised state within N s.\n"
            "Every payload received shall be checked against its schema before use; one that fails\n"
            "shall be refused and logged.");
    case GAP_OPEN_WORD:
    case GAP_WEAK_VERB:
        return TEXT(
            "When <condition>, the <item> shall <observable action> within <bound>; "
            "otherwise it shall <refuse, show, log>.");
    case GAP_ESCAPE:
        return TEXT(
            "The <item> shall <action>, except when <closed list of conditions>, and then "
            "shall <observable action>.");
    case GAP_NONE:
    case GAP_UNFINISHED: break;
    }
    return (struct bytes){0};
}

static struct bytes quoted_words(struct arena *a, const struct wording *w)
{
    struct bytes out = {0};
    for (uint32_t i = 0; i < w->word_count; i++)
        out = arena_print(a, "%.*s%s\"%.*s\"", (int)out.len, (const char *)out.at,
            i ? ", " : "", (int)w->words[i].len, (const char *)w->words[i].at);
    return out;
}

void check_wording(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *r = &m->items[i];
        struct bytes text = r->text.len ? r->text : r->title;
        if (r->kind != ITEM_REQUIREMENT || !text.len)
            continue;
        struct wording w = wording_of(text);
        if (w.vague) {
            struct bytes words = quoted_words(j->a, &w);
            struct finding *f = judge_item(j, RULE_WORDING_VAGUE, i,
                arena_print(
                    j->a, "%.*s: %s", (int)words.len, (const char *)words.at, w.why));
            f->skeleton = skeleton(w.gap);
            if (!r->security)
                f->severity = SEVERITY_MINOR;
        }
        uint32_t parts = wording_parts(text);
        if (parts > 1 && verified_of(m, i).cases == 1)
            judge_item(j, RULE_WORDING_COMPOUND, i,
                arena_print(j->a, "it asks for %u things", parts));
    }
}
