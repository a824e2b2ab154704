/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/finding.h"

#include "core/base/hex.h"
#include "core/base/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct rule rules[RULE_COUNT] = {
#define RULE(id, name, severity, title, asks, fix) \
    {name, SEVERITY_##severity, title, asks, fix},
#include "review/check/rule.def"
#undef RULE
};

const struct rule *rule_of(enum rule_id r)
{
    return &rules[r];
}

const char *severity_name(enum severity s)
{
    static const char *const names[] = {"note", "minor", "major", "critical"};
    return names[s];
}

static void name_finding(struct finding *f, const struct bytes *parts, size_t count)
{
    struct sha256 s;
    struct digest d;
    uint8_t hex[FINDING_HEX + 1];
    sha256_start(&s);
    for (size_t i = 0; i < count; i++) {
        sha256_more(&s, parts[i]);
        sha256_more(&s, (struct bytes){(const uint8_t *)"", 1});
    }
    sha256_peek(&s, &d);
    hex_of((struct bytes){d.b, FINDING_HEX / 2}, ROOM_OF(hex));
    snprintf(f->id, sizeof f->id, "%s-%s", rules[f->rule].name, (const char *)hex);
}

static struct finding *add(struct judge *j, enum rule_id rule, struct bytes says)
{
    struct finding *f = list_add(&j->found);
    f->rule = (uint8_t)rule;
    f->severity = rules[rule].severity;
    f->item = ITEM_NONE;
    f->doc = UNIT_NONE;
    f->decision = ITEM_NONE;
    f->says = says;
    return f;
}

struct finding *judge_item(
    struct judge *j, enum rule_id rule, uint32_t item, struct bytes says)
{
    const struct item *i = &j->m->items[item];
    const struct unit *u = &j->m->corpus->units[i->unit];
    struct finding *f = add(j, rule, says);
    f->item = item;
    f->doc = u->doc;
    f->line = u->line;
    f->page = u->page;
    f->subject = i->id;
    name_finding(f, (struct bytes[]){i->id, {i->digest, sizeof i->digest}, says}, 3);
    return f;
}

struct finding *judge_place(struct judge *j, enum rule_id rule, uint32_t doc,
    uint32_t line, uint32_t page, struct bytes subject, struct bytes says)
{
    struct finding *f = add(j, rule, says);
    struct bytes path = {0};
    f->doc = doc;
    f->line = line;
    f->page = page;
    f->subject = subject;
    if (doc != UNIT_NONE)
        path = j->m->corpus->docs[doc].path;
    name_finding(f, (struct bytes[]){path, subject, says}, 3);
    return f;
}

void judge_bind(struct finding *f, struct bytes content)
{
    char id[FINDING_ID];
    memcpy(id, f->id, sizeof id);
    name_finding(f, (struct bytes[]){text_of(id), content}, 2);
}

static int by_weight(const void *x, const void *y)
{
    const struct finding *a = x, *b = y;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    int order = text_order(a->subject, b->subject);
    if (order == 0)
        order = strcmp(a->id, b->id);
    if (order)
        return order;
    if (a->doc != b->doc)
        return a->doc < b->doc ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

void judge_done(struct judge *j, struct findings *out)
{
    struct finding *f = arena_take(j->a, j->found.count * sizeof *f);
    uint32_t kept = 0;
    if (j->found.count) {
        qsort(j->found.at, j->found.count, sizeof *f, by_weight);
        memcpy(f, j->found.at, j->found.count * sizeof *f);
    }
    *out = (struct findings){.at = f};
    for (uint32_t i = 0; i < j->found.count; i++) {
        if (kept && strcmp(f[kept - 1].id, f[i].id) == 0)
            continue;
        f[kept++] = f[i];
        out->by_severity[f[i].severity] += !f[i].accepted;
    }
    out->count = kept;
    list_free(&j->found);
}

bool finding_is(const struct finding *f, struct bytes id)
{
    size_t least = strlen(rules[f->rule].name) + 1 + FINDING_HEX_MIN;
    return id.len >= least && text_starts(text_of(f->id), id);
}

const struct finding *findings_find(const struct findings *f, const char *id)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (finding_is(&f->at[i], text_of(id)))
            return &f->at[i];
    return NULL;
}
