/* SPDX-License-Identifier: Apache-2.0 */
/* The chain from requirement to design output to verification to result (EN 62304 5.1, 5.7). */
#include "review/check/groups.h"

#include "core/base/hex.h"

#include <string.h>

static void check_design(struct judge *j, uint32_t req)
{
    const struct model *m = j->m;
    bool document = false, code = false;
    for (uint32_t k = m->in[req]; k < m->in[req + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind != LINK_SATISFIES)
            continue;
        code |= m->items[l->from].kind == ITEM_CODE;
        document |= m->items[l->from].kind != ITEM_CODE;
    }
    if (!document && !code)
        judge_item(j, RULE_TRACE_NO_DESIGN, req,
            TEXT("no section of a design document and no source file names it"));
    else if (!document)
        judge_item(j, RULE_TRACE_CODE_ONLY, req,
            TEXT("source files name it, but no section of a design document"));
}

/* The newest of the code that covers it, if that is newer than `since_s`; else NULL. */
static const struct document *newer_code(
    const struct model *m, uint32_t req, int64_t since_s)
{
    const struct document *newest = NULL;
    for (uint32_t k = m->in[req]; k < m->in[req + 1]; k++) {
        const struct item *from = &m->items[m->links[m->in_links[k]].from];
        const struct document *d = item_document(m, from);
        if (from->kind != ITEM_CODE || d->changed_s <= since_s)
            continue;
        since_s = d->changed_s;
        newest = d;
    }
    return newest;
}

static void check_stale(struct judge *j, uint32_t req, const struct verified *v)
{
    const struct item *i = &j->m->items[req];
    const struct document *d = item_document(j->m, i);
    const struct document *code = newer_code(j->m, req, v->newest_s);
    int64_t days = j->rules->fresh_days;
    if (v->newest_s < (i->since_s ? i->since_s : d->changed_s))
        judge_item(j, RULE_TRACE_STALE, req,
            arena_print(j->a,
                i->dated
                    ? "its newest passed result is older than the change of its text in %.*s"
                    : "its newest passed result is older than %.*s, and when its own text "
                      "there changed is not known",
                (int)d->path.len, (const char *)d->path.at));
    else if (code)
        judge_item(j, RULE_TRACE_STALE, req,
            arena_print(j->a,
                "its newest passed result is older than code that it covers: %.*s",
                (int)code->path.len, (const char *)code->path.at));
    else if (days && j->rules->as_of_s
        && v->newest_s + days * 86400 < j->rules->as_of_s)
        judge_item(j, RULE_TRACE_STALE, req,
            arena_print(j->a, "its newest passed result is older than %u days",
                j->rules->fresh_days));
}

static bool has_result(const struct model *m, uint32_t kase)
{
    for (uint32_t k = m->in[kase]; k < m->in[kase + 1]; k++)
        if (m->links[m->in_links[k]].kind == LINK_RESULT)
            return true;
    return false;
}

/* Some tests passed, others that are named did not run. A comment in a test names no run of it. */
static void check_partly(struct judge *j, uint32_t req)
{
    const struct model *m = j->m;
    uint32_t missing = 0, first = ITEM_NONE;
    for (uint32_t k = m->in[req]; k < m->in[req + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        const struct item *from = &m->items[l->from];
        if (l->kind != LINK_VERIFIES || from->kind != ITEM_CASE
            || m->corpus->units[l->unit].kind == UNIT_TAG || has_result(m, l->from))
            continue;
        missing++;
        if (first == ITEM_NONE)
            first = l->from;
    }
    if (missing)
        judge_item(j, RULE_TRACE_PARTLY, req,
            arena_print(j->a,
                "%u of its verification cases without a result, first %.*s", missing,
                (int)m->items[first].id.len, (const char *)m->items[first].id.at));
}

static void check_verification(struct judge *j, uint32_t req)
{
    struct verified v = verified_of(j->m, req);
    struct finding *f;
    if (v.cases == 0) {
        f = judge_item(
            j, RULE_TRACE_NO_CASE, req, TEXT("no test and no result names it"));
        struct bytes id = j->m->items[req].id;
        f->skeleton = arena_print(j->a,
            "verified_by: [path/of/the_test] # in %.*s, or in the test's result:\n"
            "<property name=\"requirement\" value=\"%.*s\"/>",
            (int)id.len, (const char *)id.at, (int)id.len, (const char *)id.at);
    } else if (v.failed) {
        struct bytes r = j->m->items[v.first_failed].id;
        judge_item(j, RULE_TRACE_FAILED, req,
            arena_print(j->a, "%u of its results failed, first %.*s", v.failed,
                (int)r.len, (const char *)r.at));
    } else if (v.passed) {
        check_stale(j, req, &v);
        check_partly(j, req);
    } else if (v.skipped) {
        judge_item(j, RULE_TRACE_SKIPPED, req,
            arena_print(j->a, "%u results, all skipped", v.skipped));
    } else if (v.manual) {
        judge_item(j, RULE_TRACE_MANUAL, req,
            arena_print(j->a, "%u results, all written by hand", v.manual));
    } else {
        judge_item(j, RULE_TRACE_NO_RESULT, req,
            arena_print(
                j->a, "%u verification cases name it, none has a result", v.cases));
    }
}

static void check_links(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->link_count; i++) {
        const struct link *l = &m->links[i];
        if (l->to == ITEM_NONE) {
            const struct unit *u = &m->corpus->units[l->unit];
            struct bytes from =
                l->from == ITEM_NONE ? TEXT("running text") : m->items[l->from].id;
            struct bytes says = arena_print(j->a, "named by %.*s, defined nowhere",
                (int)from.len, (const char *)from.at);
            judge_place(
                j, RULE_TRACE_DANGLING, u->doc, l->line, u->page, l->target, says);
        } else if (l->confirmed
            && memcmp(l->digest, m->items[l->to].digest, sizeof l->digest) != 0) {
            uint8_t hex[2 * sizeof l->digest + 1];
            struct bytes to = m->items[l->to].id;
            hex_of(
                (struct bytes){m->items[l->to].digest, sizeof l->digest}, ROOM_OF(hex));
            judge_item(j, RULE_TRACE_SUSPECT, l->from,
                arena_print(j->a,
                    "%.*s changed after the link was confirmed; its digest is now %s",
                    (int)to.len, (const char *)to.at, (const char *)hex));
        }
    }
}

static bool stands_alone(const struct model *m, uint32_t i)
{
    for (uint32_t l = m->out[i]; l < m->out[i + 1]; l++)
        if (m->links[l].to != ITEM_NONE)
            return false;
    return m->in[i] == m->in[i + 1];
}

static void check_loose(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->item_count; i++) {
        switch ((enum item_kind)m->items[i].kind) {
        case ITEM_DESIGN:
        case ITEM_BOUNDARY:
        case ITEM_THREAT:
        case ITEM_HAZARD:
        case ITEM_CONTROL:
            if (stands_alone(m, i))
                judge_item(j, RULE_TRACE_ORPHAN, i,
                    arena_print(j->a, "this %s names nothing, and nothing names it",
                        item_kind_name((enum item_kind)m->items[i].kind)));
            break;
        case ITEM_CASE:
            if (m->out[i] == m->out[i + 1])
                judge_item(j, RULE_TRACE_NO_REQUIREMENT, i,
                    TEXT("it verifies nothing by name"));
            break;
        case ITEM_REQUIREMENT:
        case ITEM_FLOW:
        case ITEM_RESULT:
        case ITEM_COMPONENT:
        case ITEM_CREDENTIAL:
        case ITEM_DECISION:
        case ITEM_CODE:
        case ITEM_KINDS: break;
        }
    }
}

static void check_twice(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t t = 0; t < m->twice_count; t++) {
        uint32_t i = m->twice[t];
        if (m->items[i].kind == ITEM_RESULT || m->items[i].kind == ITEM_COMPONENT)
            continue; /* tests run more than once; an SBOM and a register name one library */
        bool same = text_same(m->items[i].text, m->items[i - 1].text);
        struct bytes other = item_place(j->a, m, &m->items[i - 1]);
        judge_item(j, same ? RULE_TRACE_REPEATED : RULE_TRACE_DUPLICATE, i,
            arena_print(
                j->a, "also defined at %.*s", (int)other.len, (const char *)other.at));
    }
}

/* Walk up by parents; a node met again on the same walk closes a cycle. Each is told once. */
static void check_cycles(struct judge *j)
{
    const struct model *m = j->m;
    uint32_t *walk = arena_take(j->a, ((size_t)m->item_count + 1) * sizeof *walk);
    uint32_t *next = arena_take(j->a, ((size_t)m->item_count + 1) * sizeof *next);
    uint8_t *state =
        arena_take(j->a, (size_t)m->item_count + 1); /* 0 new, 1 on the walk, 2 done */
    for (uint32_t start = 0; start < m->item_count; start++) {
        uint32_t depth = 0;
        if (state[start] || m->items[start].kind != ITEM_REQUIREMENT)
            continue;
        walk[depth] = start;
        next[depth] = m->out[start];
        state[start] = 1;
        for (;;) {
            uint32_t at = walk[depth];
            if (next[depth] == m->out[at + 1]) {
                state[at] = 2;
                if (depth-- == 0)
                    break;
                continue;
            }
            const struct link *l = &m->links[next[depth]++];
            if (l->kind != LINK_PARENT || l->to == ITEM_NONE)
                continue;
            if (state[l->to] == 1) {
                struct bytes to = m->items[l->to].id;
                judge_item(j, RULE_TRACE_CYCLE, at,
                    arena_print(j->a, "its parents lead back to itself by %.*s",
                        (int)to.len, (const char *)to.at));
            } else if (state[l->to] == 0) {
                state[l->to] = 1;
                walk[++depth] = l->to;
                next[depth] = m->out[l->to];
            }
        }
    }
}

void check_trace(struct judge *j)
{
    for (uint32_t i = 0; i < j->m->item_count; i++) {
        if (j->m->items[i].kind != ITEM_REQUIREMENT)
            continue;
        bool parent = item_has_in(j->m, i, LINK_PARENT);
        if (!parent)
            check_design(j, i);
        /* A parent is shown by its children; what it names itself must hold all the same. */
        if (!parent || verified_of(j->m, i).cases)
            check_verification(j, i);
    }
    check_links(j);
    check_loose(j);
    check_twice(j);
    check_cycles(j);
}
