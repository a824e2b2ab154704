/* SPDX-License-Identifier: Apache-2.0 */
#include "review/change/significance.h"

#include "review/change/owners.h"

#include <string.h>

#define ARG(t)  (int)(t).len, (const char *)(t).at
#define KIND(k) (1u << ITEM_##k)

enum { NAMED = 3, OWNERS_MAX = 256 };

static struct bytes called(const struct gate *g, const struct change_item *c)
{
    const struct item *i = c->after != ITEM_NONE ? &g->after->items[c->after]
                                                 : &g->before->items[c->before];
    return i->kind == ITEM_COMPONENT && i->title.len ? i->title : i->id;
}

/* "SEC-002, SEC-003 and 4 more"; empty: nothing of these kinds changed. */
static struct bytes changed(
    const struct gate *g, const struct change *c, uint32_t kinds, uint32_t *count)
{
    struct bytes text = {0};
    *count = 0;
    for (uint32_t i = 0; i < c->item_count; i++) {
        if (!(kinds & (1u << c->items[i].item_kind))
            || c->items[i].kind == CHANGE_LINKS)
            continue;
        if (++*count > NAMED)
            continue;
        struct bytes id = called(g, &c->items[i]);
        text = text.len ? arena_print(g->a, "%.*s, %.*s", ARG(text), ARG(id)) : id;
    }
    if (*count > NAMED)
        text = arena_print(g->a, "%.*s and %u more", ARG(text), *count - NAMED);
    return text;
}

static struct bytes reopened(
    const struct gate *g, const struct change *c, enum reopen kind, uint32_t *count)
{
    struct bytes text = {0};
    *count = 0;
    for (uint32_t i = 0; i < c->reopened_count; i++) {
        if (c->reopened[i].kind != kind || ++*count > NAMED)
            continue;
        struct bytes id = c->reopened[i].what;
        text = text.len ? arena_print(g->a, "%.*s, %.*s", ARG(text), ARG(id)) : id;
    }
    if (*count > NAMED)
        text = arena_print(g->a, "%.*s and %u more", ARG(text), *count - NAMED);
    return text;
}

/* %s: what changed. */
static const struct {
    uint32_t kinds;
    uint8_t reopens; /* asked also when this is re-opened; REOPEN_KINDS: not */
    const char *front, *back;
} asked[] = {
    {KIND(REQUIREMENT), REOPEN_KINDS, "Does the change to ",
        " alter what the device is meant to do, for whom, or how well it must do it?"},
    {KIND(HAZARD), REOPEN_HAZARD, "Can ",
        " now arise in a new way, more often, or with worse harm?"},
    {KIND(CONTROL), REOPEN_CONTROL, "Is the risk behind ",
        " still as low as the risk file says?"},
    {KIND(BOUNDARY) | KIND(FLOW), REOPEN_KINDS, "Is there, by ",
        ", a new way into or out of the device that users or the hospital must know of?"},
    {KIND(THREAT), REOPEN_KINDS, "Is the risk that remains after the change to ",
        " still acceptable, and to whom?"},
    {KIND(COMPONENT), REOPEN_KINDS, "Does the change to ",
        " only mend faults, or alter behaviour on which the device relies?"},
    {KIND(CREDENTIAL), REOPEN_KINDS, "Must devices in the field be reached because of ",
        ", and what of those that are not?"},
    {KIND(CODE) | KIND(DESIGN), REOPEN_KINDS, "Is the change to ",
        " within the requirements as they stand, or does it do something they do not say?"},
};

static void add_questions(const struct gate *g, struct change *c)
{
    c->questions =
        arena_take(g->a, sizeof asked / sizeof asked[0] * sizeof *c->questions);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        uint32_t count;
        struct bytes what = changed(g, c, asked[i].kinds, &count);
        if (!count && asked[i].reopens != REOPEN_KINDS)
            what = reopened(g, c, (enum reopen)asked[i].reopens, &count);
        if (count)
            c->questions[c->question_count++] =
                arena_print(g->a, "%s%.*s%s", asked[i].front, ARG(what), asked[i].back);
    }
}

static const struct {
    const char *who;
    uint32_t kinds;
    uint8_t reopens;
} roles[] = {
    {"product owner", KIND(REQUIREMENT), REOPEN_KINDS},
    {"software architect",
        KIND(DESIGN) | KIND(CODE) | KIND(BOUNDARY) | KIND(FLOW) | KIND(COMPONENT),
        REOPEN_KINDS},
    {"security",
        KIND(BOUNDARY) | KIND(FLOW) | KIND(THREAT) | KIND(COMPONENT) | KIND(CREDENTIAL)
            | KIND(CONTROL),
        REOPEN_CONTROL},
    {"risk management", KIND(HAZARD), REOPEN_HAZARD},
    {"verification", KIND(CASE), REOPEN_TEST},
    {"quality", KIND(DECISION), REOPEN_DOCUMENT},
};

struct sign_list {
    const struct gate *g;
    struct list found; /* struct signer */
};

static void add_signer(struct sign_list *s, struct bytes who, struct bytes why)
{
    *(struct signer *)list_add(&s->found) = (struct signer){who, why};
}

static void add_roles(struct sign_list *s, const struct change *c)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        uint32_t count;
        struct bytes what = changed(s->g, c, roles[i].kinds, &count);
        if (!count && roles[i].reopens != REOPEN_KINDS)
            what = reopened(s->g, c, (enum reopen)roles[i].reopens, &count);
        if (count)
            add_signer(
                s, text_of(roles[i].who), arena_print(s->g->a, "for %.*s", ARG(what)));
    }
}

struct owned {
    struct bytes who, path;
    uint32_t more;
};

static void own(struct owned *all, uint32_t *count, struct bytes who, struct bytes path)
{
    while (who.len) {
        size_t end = text_find(who, TEXT(" "));
        struct bytes one = text_upto(who, end);
        who = text_trim(text_from(who, end));
        uint32_t i = 0;
        while (i < *count && !text_same(all[i].who, one))
            i++;
        if (i < *count)
            all[i].more++;
        else if (*count < OWNERS_MAX)
            all[(*count)++] = (struct owned){one, path, 0};
    }
}

static void add_owners(struct sign_list *s, struct bytes file)
{
    const struct gate *g = s->g;
    if (!file.len)
        return;
    const struct owners *o = owners_parse(g->a, file);
    struct owned *all = arena_take(g->a, OWNERS_MAX * sizeof *all);
    uint32_t count = 0;
    for (uint32_t d = 0; d < g->after->corpus->doc_count; d++) {
        const struct document *doc = &g->after->corpus->docs[d];
        uint32_t was = g->pairs.doc_before_of[d];
        if (was == UNIT_NONE
            || memcmp(g->before->corpus->docs[was].digest, doc->digest, 32) != 0)
            own(all, &count, owners_of(o, doc->path), doc->path);
    }
    for (uint32_t d = 0; d < g->before->corpus->doc_count; d++)
        if (g->pairs.doc_after_of[d] == UNIT_NONE) {
            struct bytes path = g->before->corpus->docs[d].path;
            own(all, &count, owners_of(o, path), path);
        }
    for (uint32_t i = 0; i < count; i++)
        add_signer(s, all[i].who,
            all[i].more ? arena_print(g->a, "owns %.*s and %u more changed files",
                ARG(all[i].path), all[i].more)
                        : arena_print(g->a, "owns %.*s", ARG(all[i].path)));
}

void significance(const struct gate *g, struct bytes owners, struct change *out)
{
    struct sign_list s = {g, LIST_OF(struct signer)};
    add_questions(g, out);
    add_roles(&s, out);
    add_owners(&s, owners);
    out->signers = arena_take(g->a, s.found.count * sizeof *out->signers);
    if (s.found.count)
        memcpy(out->signers, s.found.at, s.found.count * sizeof *out->signers);
    out->signer_count = (uint32_t)s.found.count;
    list_free(&s.found);
}
