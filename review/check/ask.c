/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/ask.h"
#include "review/check/groups.h"

struct asking {
    struct arena *a;
    const struct model *m;
    const struct findings *f;
    struct asked out;
};

static void point(struct asking *q, uint32_t item, const char *what)
{
    const struct item *i = &q->m->items[item];
    if (q->out.lines.count >= ASK_LINES)
        return;
    struct bytes place = item_place(q->a, q->m, i);
    *(struct bytes *)list_add(&q->out.lines) =
        arena_print(q->a, "%.*s  %s  (%.*s)", (int)i->id.len, (const char *)i->id.at,
            what, (int)place.len, (const char *)place.at);
}

static void answer(struct asking *q, uint32_t good, uint32_t all)
{
    q->out.answer = all == 0 || good == 0 ? ANSWER_NOT_SHOWN
        : good == all                     ? ANSWER_SHOWN
                                          : ANSWER_PARTLY;
}

static const char *shown_of(const struct asking *q, uint32_t i)
{
    return shown_name(row_of(q->m, i).shown);
}

static bool counted(const struct asking *q, uint32_t i)
{
    return q->m->items[i].kind == ITEM_REQUIREMENT && row_of(q->m, i).children == 0;
}

static void principles(struct asking *q)
{
    static const char *const names[] = {
        "least privilege", "defence in depth", "fail secure", "input validation"};
    uint32_t met = 0;
    struct bytes says = {0};
    for (unsigned p = 0; p < 4; p++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < q->m->item_count; i++)
            if (q->m->items[i].kind == ITEM_REQUIREMENT
                && q->m->items[i].principles >> p & 1u) {
                point(q, i, names[p]);
                n++;
            }
        met += n > 0;
        says = arena_print(q->a, "%.*s%s%s: %u requirements", (int)says.len,
            (const char *)says.at, p ? "; " : "", names[p], n);
    }
    q->out.says = says;
    answer(q, met, 4);
}

static void traced(struct asking *q)
{
    uint32_t all = 0, good = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++) {
        if (!counted(q, i) || !q->m->items[i].security)
            continue;
        struct row r = row_of(q->m, i);
        bool whole = (r.designs || r.code)
            && (r.shown == SHOWN_VERIFIED || r.shown == SHOWN_DEMONSTRATED);
        all++;
        good += whole;
        if (!whole)
            point(q, i, r.designs || r.code ? "no passed result" : "no design output");
    }
    q->out.says = arena_print(q->a,
        "%u of %u security requirements have a design output and a passed result; below, those "
        "that have not",
        good, all);
    answer(q, good, all);
}

static bool has_finding(const struct asking *q, enum rule_id rule)
{
    for (uint32_t i = 0; i < q->f->count; i++)
        if (q->f->at[i].rule == rule && !q->f->at[i].accepted)
            return true;
    return false;
}

static void cloud_gone(struct asking *q)
{
    uint32_t all = 0, good = 0;
    bool missing = has_finding(q, RULE_SEC_NO_CLOUD_LOSS);
    for (uint32_t i = 0; i < q->m->item_count; i++)
        if (counted(q, i) && q->m->items[i].principles & PRINCIPLE_FAIL_SECURE) {
            enum shown s = row_of(q->m, i).shown;
            all++;
            good += s == SHOWN_VERIFIED || s == SHOWN_DEMONSTRATED;
            point(q, i, shown_of(q, i));
        }
    q->out.says = missing
        ? TEXT("no fail-secure requirement speaks of the loss of the cloud")
        : arena_print(
            q->a, "%u of %u fail-secure requirements have a passed result", good, all);
    answer(q, missing ? 0 : good, all);
}

static void soup_reviews(struct asking *q)
{
    uint32_t all = 0, good = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++) {
        const struct item *c = &q->m->items[i];
        if (c->kind == ITEM_COMPONENT
            && q->m->corpus->units[c->unit].kind != UNIT_COMPONENT) {
            struct bytes review = item_field(c, "review");
            all++;
            good += review.len > 0;
            point(q, i,
                review.len
                    ? (const char *)arena_copy(q->a, text_trim(text_upto(review, 60)))
                          .at
                    : "no review");
        }
    }
    q->out.says =
        arena_print(q->a, "%u of %u components have a review record", good, all);
    answer(q, good, all);
}

static void testable(struct asking *q)
{
    uint32_t all = 0, vague = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++)
        all += counted(q, i) && q->m->items[i].security;
    for (uint32_t i = 0; i < q->f->count; i++) {
        const struct finding *f = &q->f->at[i];
        if (f->rule == RULE_WORDING_VAGUE && q->m->items[f->item].security) {
            vague++;
            point(q, f->item, (const char *)arena_copy(q->a, f->says).at);
        }
    }
    q->out.says = arena_print(q->a,
        "%u of %u security requirements are worded so that a trial decides",
        all > vague ? all - vague : 0, all);
    answer(q, all > vague ? all - vague : 0, all);
}

static void designed_in(struct asking *q)
{
    uint32_t inside = 0, appendix = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++) {
        if (!counted(q, i) || !q->m->items[i].security)
            continue;
        for (uint32_t k = q->m->in[i]; k < q->m->in[i + 1]; k++) {
            const struct link *l = &q->m->links[q->m->in_links[k]];
            if (l->kind != LINK_SATISFIES || q->m->items[l->from].kind != ITEM_DESIGN)
                continue;
            inside += !q->m->items[l->from].appendix;
            appendix += q->m->items[l->from].appendix;
        }
    }
    q->out.says = arena_print(q->a,
        "security requirements are named in sections of design documents %u times, in appendices "
        "%u times; when it was written only the history can show",
        inside, appendix);
    answer(q, inside, inside + appendix);
}

static void paragraph(struct asking *q)
{
    uint32_t sections = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++) {
        const struct item *d = &q->m->items[i];
        bool names = false;
        if (d->kind != ITEM_DESIGN || d->appendix)
            continue;
        for (uint32_t l = q->m->out[i]; l < q->m->out[i + 1] && !names; l++)
            names = q->m->links[l].to != ITEM_NONE
                && q->m->items[q->m->links[l].to].security;
        if (names) {
            sections++;
            point(q, i, "names security requirements");
        }
    }
    q->out.says = arena_print(
        q->a, "%u sections of the architecture carry security requirements", sections);
    answer(q, sections, sections);
}

static void leaks(struct asking *q)
{
    uint32_t all = 0, good = 0;
    for (uint32_t i = 0; i < q->m->item_count; i++) {
        const struct item *c = &q->m->items[i];
        if (c->kind != ITEM_CREDENTIAL)
            continue;
        struct bytes leak = credential_damage(c);
        all++;
        good += leak.len > 0;
        point(q, i,
            leak.len
                ? (const char *)arena_copy(q->a, text_trim(text_upto(leak, 120))).at
                : "not said");
    }
    q->out.says = arena_print(
        q->a, "the damage of a leak is written for %u of %u credentials", good, all);
    answer(q, good, all);
}

struct asked ask_question(
    struct arena *a, const struct model *m, const struct findings *f, unsigned number)
{
    static const struct {
        const char *question;
        void (*answer)(struct asking *q);
    } questions[QUESTIONS] = {
        {"Which requirements carry the four principles?", principles},
        {"Has every security requirement a design output and a verification result?",
            traced},
        {"What does the device do when the cloud is gone?", cloud_gone},
        {"When did a component's update last lead to a review of the security architecture?",
            soup_reviews},
        {"Can the security requirements be tested?", testable},
        {"Was security considered in the architecture, or after it?", designed_in},
        {"Where does the architecture address information security?", paragraph},
        {"What is the damage if a credential leaks?", leaks},
    };
    struct asking q = {.a = a, .m = m, .f = f, .out = {.lines = LIST_OF(struct bytes)}};
    q.out.question = questions[number - 1].question;
    questions[number - 1].answer(&q);
    return q.out;
}

const char *answer_name(enum answer x)
{
    static const char *const names[] = {"shown", "partly shown", "not shown"};
    return names[x];
}
