/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/catalogue.h"

#include "review/catalogue/builtin.h"
#include "review/catalogue/names.h"

#include <assert.h>

struct catalogue catalogue_new(void)
{
    return (struct catalogue){.files = LIST_OF(struct bytes),
        .clauses = LIST_OF(struct clause),
        .sources = LIST_OF(struct source),
        .columns = LIST_OF(struct column),
        .corrections = LIST_OF(struct correction),
        .contents = LIST_OF(struct contents),
        .severities = LIST_OF(struct severity_words),
        .questionnaires = LIST_OF(struct questionnaire)};
}

void catalogue_free(struct catalogue *c)
{
    list_free(&c->files);
    list_free(&c->clauses);
    list_free(&c->sources);
    list_free(&c->columns);
    list_free(&c->corrections);
    list_free(&c->contents);
    list_free(&c->severities);
    list_free(&c->questionnaires);
}

void catalogue_settle(struct catalogue *c)
{
    c->settled = (uint32_t)c->files.count;
}

void catalogue_builtin(struct arena *a, struct catalogue *into)
{
    struct bytes error = {0};
    for (size_t i = 0; i < builtin_clause_count; i++) {
        enum status s = catalogue_parse(
            a, text_of(builtin_clauses[i].name), builtin_clauses[i].text, into, &error);
        assert(s == OK);
    }
    catalogue_settle(into);
}

/* "81001-5-1" is how people call "iec81001-5-1". */
static bool same_standard(struct bytes id, struct bytes said)
{
    return text_same_word(id, said)
        || (text_starts(id, TEXT("iec")) && text_same_word(text_from(id, 3), said));
}

static bool has_number(const struct clause *c, struct bytes number)
{
    for (uint32_t i = 0; i < c->numbers.count; i++)
        if (text_same_word(c->numbers.at[i], number))
            return true;
    return false;
}

static bool answers_to(const struct clause *c, struct bytes name)
{
    size_t colon = text_find(name, TEXT(":")), own = text_find(c->id, TEXT(":"));
    struct bytes number = colon < name.len ? text_from(name, colon + 1) : name;
    if (colon < name.len
        && !same_standard(text_upto(c->id, own), text_upto(name, colon)))
        return false;
    return text_same_word(text_from(c->id, own + 1), number) || has_number(c, number);
}

/* The only one that answers, of all or of one standard; NULL and *others: several do. */
static const struct clause *only(struct arena *a, const struct catalogue *c,
    struct bytes standard, struct bytes name, struct bytes *others)
{
    const struct clause *found = NULL;
    *others = (struct bytes){0};
    for (uint32_t i = 0; i < clause_count(c); i++) {
        const struct clause *k = clause_at(c, i);
        if (!text_starts(k->id, standard) || !answers_to(k, name))
            continue;
        struct bytes before = others->len ? *others : found ? found->id : *others;
        if (found)
            *others = arena_print(a, "%.*s or %.*s", (int)before.len,
                (const char *)before.at, (int)k->id.len, (const char *)k->id.at);
        found = k;
    }
    return others->len ? NULL : found;
}

const struct clause *clause_find(
    struct arena *a, const struct catalogue *c, struct bytes name, struct bytes *others)
{
    *others = (struct bytes){0};
    for (uint32_t i = 0; i < clause_count(c); i++)
        if (text_same_word(clause_at(c, i)->id, name))
            return clause_at(c, i);
    const struct clause *k = NULL;
    if (text_find(name, TEXT(":")) == name.len)
        k = only(a, c, TEXT("iec81001-5-1:"), name, others);
    return k || others->len ? k : only(a, c, (struct bytes){0}, name, others);
}

uint8_t constraint_find(const struct clause *c, struct bytes id)
{
    for (uint32_t i = 0; i < c->constraint_count; i++)
        if (text_same(c->constraints[i].id, id))
            return (uint8_t)i;
    return CATALOGUE_NONE;
}

const struct source *source_find(const struct catalogue *c, struct bytes id)
{
    for (size_t i = 0; i < c->sources.count; i++)
        if (text_same(LIST_AT(&c->sources, struct source, i)->id, id))
            return LIST_AT(&c->sources, struct source, i);
    return NULL;
}

const struct column *column_find(const struct catalogue *c, struct bytes id)
{
    for (size_t i = 0; i < c->columns.count; i++)
        if (text_same(LIST_AT(&c->columns, struct column, i)->id, id))
            return LIST_AT(&c->columns, struct column, i);
    return NULL;
}

const struct questionnaire *questionnaire_find(
    const struct catalogue *c, struct bytes id)
{
    for (size_t i = 0; i < c->questionnaires.count; i++)
        if (text_same(
                LIST_AT(&c->questionnaires, const struct questionnaire, i)->id, id))
            return LIST_AT(&c->questionnaires, const struct questionnaire, i);
    return NULL;
}

const struct clause *clause_of(const struct catalogue *c, struct bytes constraint)
{
    for (uint32_t i = 0; i < clause_count(c); i++)
        if (constraint_find(clause_at(c, i), constraint) != CATALOGUE_NONE)
            return clause_at(c, i);
    return NULL;
}

const char *confidence_name(enum confidence c)
{
    return confidence_words[c];
}

const char *origin_name(enum origin o)
{
    return origin_words[o];
}

const char *force_name(enum force f)
{
    return force_words[f];
}

const char *judged_by_name(enum judged_by b)
{
    return judged_by_words[b];
}

const char *gap_severity_name(enum gap_severity s)
{
    return gap_severity_words[s];
}

const char *signal_weight_name(enum signal_weight w)
{
    return signal_weight_words[w];
}
