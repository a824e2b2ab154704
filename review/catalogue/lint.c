/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/lint.h"

#include "review/catalogue/pattern.h"
#include "review/catalogue/placeholder.h"
#include "review/read/structure.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* A text that people read, with its place. */
struct said {
    struct bytes text;
    uint32_t file, line;
    uint32_t clause; /* index; UINT32_MAX: of none */
    bool praise;     /* may be printed as praise of a product */
};

struct linter {
    struct arena *a;
    const struct library *l;
    const struct catalogue *c;
    struct list lines; /* struct bytes */
    struct list said;  /* struct said */
};

static void complain_in(struct linter *x, struct bytes name, uint32_t line,
    struct bytes what, const char *expected)
{
    *(struct bytes *)list_add(&x->lines) = arena_print(x->a,
        "%.*s:%u: %.*s: expected %s", (int)name.len, (const char *)name.at, line,
        (int)what.len, (const char *)what.at, expected);
}

static void complain(struct linter *x, uint32_t file, uint32_t line, struct bytes what,
    const char *expected)
{
    complain_in(
        x, *LIST_AT(&x->c->files, const struct bytes, file), line, what, expected);
}

/* References between files ----------------------------------------------------------- */

static void want_source(struct linter *x, uint32_t file, uint32_t line, struct bytes id)
{
    if (id.len && !source_find(x->c, id))
        complain(x, file, line, id, "a source that a file of the catalogue defines");
}

static void want_sources(
    struct linter *x, uint32_t file, uint32_t line, struct texts ids)
{
    for (uint32_t i = 0; i < ids.count; i++)
        want_source(x, file, line, ids.at[i]);
}

static const struct contents *contents_of(
    const struct catalogue *c, struct bytes standard)
{
    for (size_t i = 0; i < c->contents.count; i++) {
        const struct contents *k = LIST_AT(&c->contents, const struct contents, i);
        if (text_same(k->id, standard))
            return k;
    }
    return NULL;
}

static const struct numbered *number_in(const struct contents *c, struct bytes number)
{
    for (uint32_t i = 0; i < c->number_count; i++)
        if (text_same(c->numbers[i].number, number))
            return &c->numbers[i];
    return NULL;
}

static struct bytes standard_of(struct bytes clause_id)
{
    return text_upto(clause_id, text_find(clause_id, TEXT(":")));
}

/* "iec81001_5_1" is the column of the standard "iec81001-5-1". */
static bool column_of_standard(struct bytes column, struct bytes standard)
{
    bool same = column.len == standard.len;
    for (size_t i = 0; i < column.len && same; i++)
        same = column.at[i]
            == (standard.at[i] == '-' || standard.at[i] == '.' ? '_' : standard.at[i]);
    return same;
}

/* A reference may say in brackets what of it is meant. */
static struct bytes bare(struct bytes reference)
{
    return text_upto(reference, text_find(reference, TEXT(" (")));
}

static bool item_known(const struct column *c, struct bytes reference)
{
    for (uint32_t i = 0; i < c->item_count; i++) {
        struct bytes item = c->items[i].reference;
        /* "3.3 Table 3" lies in 3.3. */
        if (text_same(item, bare(reference))
            || (text_starts(reference, item) && reference.len > item.len
                && reference.at[item.len] == ' '))
            return true;
    }
    return false;
}

static void check_reference(struct linter *x, const struct clause *k,
    const struct column *c, struct bytes reference)
{
    if (c->whole && !item_known(c, reference))
        complain(x, k->file, k->line,
            arena_print(x->a, "%.*s of %.*s", (int)reference.len,
                (const char *)reference.at, (int)c->id.len, (const char *)c->id.at),
            "an item of the column, which is whole");
    for (size_t i = 0; i < x->c->contents.count; i++) {
        const struct contents *s = LIST_AT(&x->c->contents, const struct contents, i);
        if (column_of_standard(c->id, s->id) && !number_in(s, bare(reference)))
            complain(x, k->file, k->line, reference, "a number of that standard");
    }
}

static void check_crosswalk(struct linter *x, const struct clause *k)
{
    for (uint32_t i = 0; i < k->crosswalk_count; i++) {
        const struct column *c = column_find(x->c, k->crosswalk[i].column);
        if (!c)
            complain(x, k->file, k->line, k->crosswalk[i].column,
                "a column that a file of the catalogue defines");
        for (uint32_t r = 0; c && r < k->crosswalk[i].references.count; r++)
            check_reference(x, k, c, k->crosswalk[i].references.at[r]);
    }
}

static void check_numbers(struct linter *x, const struct clause *k)
{
    const struct contents *s = contents_of(x->c, standard_of(k->id));
    for (uint32_t i = 0; s && i < k->numbers.count; i++)
        if (!number_in(s, k->numbers.at[i]))
            complain(x, k->file, k->line, k->numbers.at[i], "a number of the standard");
}

/* A clause of this standard has the number. */
static bool number_covered(
    const struct catalogue *c, struct bytes standard, struct bytes number)
{
    for (uint32_t i = 0; i < clause_count(c); i++) {
        const struct clause *k = clause_at(c, i);
        for (uint32_t n = 0; n < k->numbers.count; n++)
            if (text_same(standard_of(k->id), standard)
                && text_same(k->numbers.at[n], number))
                return true;
    }
    return false;
}

static void check_contents(struct linter *x)
{
    for (size_t i = 0; i < x->c->contents.count; i++) {
        const struct contents *s = LIST_AT(&x->c->contents, const struct contents, i);
        for (uint32_t n = 0; n < s->number_count; n++) {
            const struct numbered *m = &s->numbers[n];
            want_source(x, s->file, m->line, m->source);
            if (number_covered(x->c, s->id, m->number) != m->judged)
                complain(x, s->file, m->line, m->number,
                    m->judged ? "a clause that covers it" : "judged: true");
        }
    }
}

static void check_questionnaires(struct linter *x)
{
    for (size_t i = 0; i < x->c->questionnaires.count; i++) {
        const struct questionnaire *q =
            LIST_AT(&x->c->questionnaires, const struct questionnaire, i);
        want_source(x, q->file, q->line, q->source);
        for (uint32_t k = 0; k < q->item_count; k++)
            for (uint32_t n = 0; n < q->items[k].answered_by.count; n++)
                if (!clause_of(x->c, q->items[k].answered_by.at[n]))
                    complain(x, q->file, q->items[k].line,
                        q->items[k].answered_by.at[n], "the id of a constraint");
    }
}

static void check_tables(struct linter *x)
{
    for (size_t i = 0; i < x->c->columns.count; i++) {
        const struct column *c = LIST_AT(&x->c->columns, const struct column, i);
        want_source(x, c->file, c->line, c->source);
    }
    for (size_t i = 0; i < x->c->corrections.count; i++) {
        const struct correction *c =
            LIST_AT(&x->c->corrections, const struct correction, i);
        for (uint32_t k = 0; k < c->about.count; k++) {
            bool known = false;
            for (uint32_t n = 0; n < clause_count(x->c) && !known; n++)
                known = text_same(clause_at(x->c, n)->id, c->about.at[k]);
            if (!known)
                complain(x, c->file, c->line, c->about.at[k], "the id of a clause");
        }
    }
    check_contents(x);
    check_questionnaires(x);
}

/* One clause --------------------------------------------------------------------------- */

static void check_patterns(struct linter *x, const struct clause *k)
{
    for (uint32_t i = 0; i < k->file_count; i++) {
        const struct file_signal *f = &k->files[i];
        struct pattern *p = NULL;
        const char *expected;
        enum status s = pattern_new(f->pattern, &p, &expected);
        assert(s == OK); /* catalogue_parse took it */
        for (uint32_t n = 0; n < f->hit.count; n++)
            if (!pattern_found(p, f->hit.at[n]))
                complain(x, k->file, f->line, f->hit.at[n], "the pattern to find it");
        for (uint32_t n = 0; n < f->miss.count; n++)
            if (pattern_found(p, f->miss.at[n]))
                complain(
                    x, k->file, f->line, f->miss.at[n], "the pattern to pass it by");
        if (!f->hit.count || !f->miss.count)
            complain(x, k->file, f->line, f->pattern, "a sample for hit and for miss");
        pattern_free(p);
    }
}

static void check_constraints(struct linter *x, const struct clause *k)
{
    uint64_t asked = 0, gaps = 0;
    uint32_t groups = 0;
    for (uint32_t i = 0; i < k->question_count; i++)
        asked |= k->questions[i].constraints;
    for (uint32_t i = 0; i < k->gap_count; i++)
        gaps |= k->gaps[i].when;
    for (uint32_t i = 0; i < k->constraint_count; i++) {
        const struct constraint *m = &k->constraints[i];
        bool shall = m->force == FORCE_SHALL && k->force == FORCE_SHALL;
        want_source(x, k->file, m->line, m->source);
        if (m->group != CATALOGUE_NONE)
            groups |= UINT32_C(1) << m->group;
        if (!m->test.len)
            complain(x, k->file, m->line, m->id, "a test that would show it");
        if (m->by == BY_CONTENT && !(asked >> i & 1))
            complain(x, k->file, m->line, m->id, "a question that asks for it");
        if (shall && !(gaps >> i & 1))
            complain(x, k->file, m->line, m->id, "a gap for when it is not shown");
    }
    for (uint32_t i = 0; i < k->group_count; i++)
        if (!(groups >> i & 1))
            complain(
                x, k->file, k->line, k->groups[i].id, "a constraint in this group");
    if (!k->constraint_count)
        complain(x, k->file, k->line, k->id, "at least one constraint");
}

/* Placeholders of one text; a set of those that every defence must have. */
enum { HAS_DOCUMENT = 1, HAS_DATE = 2, HAS_PRODUCT = 4, HAS_ALL = 7 };

static unsigned check_placeholders(
    struct linter *x, const struct clause *k, struct bytes text)
{
    struct bytes name;
    unsigned has = 0;
    while (placeholder_next(&text, &name)) {
        if (!placeholder_find(name))
            complain(x, k->file, k->line,
                arena_print(x->a, "{%.*s}", (int)name.len, (const char *)name.at),
                "a placeholder of review/catalogue/placeholder.c");
        if (text_same(name, TEXT("document")) || text_same(name, TEXT("documents")))
            has |= HAS_DOCUMENT;
        if (text_same(name, TEXT("date")))
            has |= HAS_DATE;
        if (text_same(name, TEXT("product")) || text_same(name, TEXT("manufacturer")))
            has |= HAS_PRODUCT;
    }
    return has;
}

static void check_defence(struct linter *x, const struct clause *k)
{
    if (check_placeholders(x, k, k->defence.text) != HAS_ALL)
        complain(x, k->file, k->line, k->id,
            "a defence with {product}, {document} and {date}");
    check_placeholders(x, k, k->defence.open_points);
    for (uint32_t i = 0; i < k->defence.evidence.count; i++)
        check_placeholders(x, k, k->defence.evidence.at[i]);
}

/* Ids that reports and decisions name by themselves are each of one thing. */
static void check_id(struct linter *x, struct table *seen, const struct clause *k,
    uint32_t line, struct bytes id)
{
    if (table_get(seen, id) != TABLE_NONE)
        complain(x, k->file, line, id, "an id that no other clause has");
    table_put(seen, id, 0);
}

static void check_clause(struct linter *x, struct table *seen, const struct clause *k)
{
    want_sources(x, k->file, k->line, k->sources);
    if (text_find(k->id, TEXT(":")) == k->id.len)
        complain(x, k->file, k->line, k->id, "an id like standard:number");
    for (uint32_t i = 0; i < k->constraint_count; i++)
        check_id(x, seen, k, k->constraints[i].line, k->constraints[i].id);
    for (uint32_t i = 0; i < k->question_count; i++)
        check_id(x, seen, k, k->questions[i].line, k->questions[i].id);
    for (uint32_t i = 0; i < k->gap_count; i++) {
        check_id(x, seen, k, k->gaps[i].line, k->gaps[i].id);
        want_sources(x, k->file, k->gaps[i].line, k->gaps[i].basis);
        if (!k->gaps[i].when)
            complain(
                x, k->file, k->gaps[i].line, k->gaps[i].id, "a constraint in when");
    }
    check_numbers(x, k);
    check_crosswalk(x, k);
    check_patterns(x, k);
    check_constraints(x, k);
    check_defence(x, k);
}

/* Texts ------------------------------------------------------------------------------- */

static void say(struct linter *x, uint32_t clause, const struct clause *k,
    uint32_t line, struct bytes text, bool praise)
{
    if (text.len)
        *(struct said *)list_add(&x->said) =
            (struct said){text, k->file, line ? line : k->line, clause, praise};
}

static void gather_texts(struct linter *x, uint32_t clause)
{
    const struct clause *k = clause_at(x->c, clause);
    say(x, clause, k, 0, k->title, true);
    say(x, clause, k, 0, k->summary, true);
    for (uint32_t i = 0; i < k->practice_count; i++)
        say(x, clause, k, 0, k->practices[i].text, true);
    for (uint32_t i = 0; i < k->constraint_count; i++) {
        say(x, clause, k, k->constraints[i].line, k->constraints[i].text, true);
        say(x, clause, k, k->constraints[i].line, k->constraints[i].test, false);
    }
    for (uint32_t i = 0; i < k->question_count; i++)
        say(x, clause, k, k->questions[i].line, k->questions[i].text, false);
    for (uint32_t i = 0; i < k->gap_count; i++) {
        say(x, clause, k, k->gaps[i].line, k->gaps[i].title, false);
        say(x, clause, k, k->gaps[i].line, k->gaps[i].why, false);
    }
}

/* Defence texts are alike on purpose; they are asked for their promises only. */
static void gather_defence(struct linter *x, uint32_t clause)
{
    const struct clause *k = clause_at(x->c, clause);
    say(x, UINT32_MAX, k, 0, k->defence.text, true);
    say(x, UINT32_MAX, k, 0, k->defence.open_points, true);
    for (uint32_t i = 0; i < k->defence.evidence.count; i++)
        say(x, UINT32_MAX, k, 0, k->defence.evidence.at[i], true);
}

static bool letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || c >= 0x80;
}

/* The next run of letters and digits; *end: a sentence ended before it. */
static bool next_word(struct bytes *rest, struct bytes *word, bool *end)
{
    *end = false;
    while (rest->len && !letter(rest->at[0])) {
        bool stop = rest->at[0] == '.' || rest->at[0] == '!' || rest->at[0] == '?';
        *end |= stop && (rest->len == 1 || rest->at[1] == ' ');
        *rest = text_from(*rest, 1);
    }
    size_t n = 0;
    while (n < rest->len && letter(rest->at[n]))
        n++;
    *word = text_upto(*rest, n);
    *rest = text_from(*rest, n);
    return n > 0;
}

static void check_promises(struct linter *x, const struct said *s)
{
    static const char *const words[] = {
        "compliant", "certified", "unhackable", "compliance"};
    struct bytes rest = s->text, word;
    bool end;
    while (next_word(&rest, &word, &end))
        for (size_t i = 0; i < sizeof words / sizeof words[0] && s->praise; i++)
            if (text_same_word(word, text_of(words[i])))
                complain(x, s->file, s->line, word, "no promise that no tool can make");
}

static void check_sentences(struct linter *x, const struct said *s)
{
    struct bytes rest = s->text, word;
    unsigned count = 0;
    bool end, long_one = false;
    while (next_word(&rest, &word, &end)) {
        count = end ? 1 : count + 1;
        long_one |= count > LINT_SENTENCE_WORDS;
    }
    if (long_one)
        complain(x, s->file, s->line, text_upto(s->text, 40),
            "sentences of at most 40 words");
}

/* The last LINT_RUN_WORDS words, in lower case with single blanks. */
struct run {
    struct bytes words[LINT_RUN_WORDS];
    unsigned count;
};

static struct bytes run_text(struct arena *a, const struct run *r)
{
    size_t len = 0;
    for (unsigned i = 0; i < LINT_RUN_WORDS; i++)
        len += r->words[i].len + 1;
    uint8_t *at = arena_take(a, len);
    size_t n = 0;
    for (unsigned i = 0; i < LINT_RUN_WORDS; i++) {
        const struct bytes *w = &r->words[(r->count + i) % LINT_RUN_WORDS];
        for (size_t k = 0; k < w->len; k++)
            at[n++] = (uint8_t)(w->at[k] >= 'A' && w->at[k] <= 'Z' ? w->at[k] + 32
                                                                   : w->at[k]);
        at[n++] = ' ';
    }
    return (struct bytes){at, n};
}

/* What one clause says in its own words, another does not say in the same. */
static void check_runs(struct linter *x, struct table *seen, const struct said *s)
{
    struct bytes rest = s->text, word;
    struct run r = {.count = 0};
    bool end;
    while (next_word(&rest, &word, &end)) {
        r.words[r.count++ % LINT_RUN_WORDS] = word;
        if (r.count < LINT_RUN_WORDS)
            continue;
        struct bytes text = run_text(x->a, &r);
        uint32_t clause = table_get(seen, text);
        if (clause != TABLE_NONE && clause != s->clause) {
            complain(x, s->file, s->line, text_trim(text),
                "words of its own; another clause has the same");
            return;
        }
        table_put(seen, text, s->clause);
    }
}

static void check_texts(struct linter *x)
{
    struct table *seen = table_new(x->a, 16384);
    for (uint32_t i = 0; i < clause_count(x->c); i++) {
        gather_texts(x, i);
        gather_defence(x, i);
    }
    for (size_t i = 0; i < x->said.count; i++) {
        const struct said *s = LIST_AT(&x->said, const struct said, i);
        check_promises(x, s);
        check_sentences(x, s);
        if (s->clause != UINT32_MAX)
            check_runs(x, seen, s);
    }
}

/* Rubrics ------------------------------------------------------------------------------ */

static uint32_t line_of_constraint(const struct flat *f, uint32_t list, struct bytes id)
{
    for (uint32_t n = list ? flat_first(f, list) : 0; n; n = flat_after(f, list, n))
        if (text_same(flat_get_text(f, n, "id"), id))
            return flat_line(f, n);
    return 1;
}

static bool names_concept(const struct flat *f, uint32_t node, struct bytes name)
{
    if (flat_kind(f, node) == FLAT_TEXT) {
        struct bytes text = flat_text(f, node);
        return text.len > 1 && text.at[0] == '+' && text_same(text_from(text, 1), name);
    }
    for (uint32_t n = flat_first(f, node); n; n = flat_after(f, node, n))
        if (names_concept(f, n, name))
            return true;
    return false;
}

static uint32_t line_of_text(const struct flat *f, uint32_t node, struct bytes text)
{
    if (flat_kind(f, node) == FLAT_TEXT)
        return text_same(flat_text(f, node), text) ? flat_line(f, node) : 0;
    for (uint32_t n = flat_first(f, node); n; n = flat_after(f, node, n)) {
        uint32_t line = line_of_text(f, n, text);
        if (line)
            return line;
    }
    return 0;
}

uint32_t lint_line_of_phrase(
    struct arena *a, const struct rubric_file *file, struct bytes phrase)
{
    struct bytes error = {0};
    struct flat *f = structure_open(a, file->name, file->text, &error);
    assert(f); /* it is a rubric of the library */
    uint32_t line = line_of_text(f, 0, phrase);
    flat_free(f);
    return line ? line : 1;
}

static void check_concepts(struct linter *x, struct bytes file, const struct flat *f)
{
    uint32_t root = flat_first(f, 0), concepts = flat_get(f, root, "concepts");
    for (uint32_t n = concepts ? flat_first(f, concepts) : 0; n;
         n = flat_after(f, concepts, n))
        if (!names_concept(f, root, flat_key_of(f, n)))
            complain_in(x, file, flat_line(f, n), arena_copy(x->a, flat_key_of(f, n)),
                "a facet that uses the concept");
}

/* No facet brings more: an assertion with evidence and names brings 18 tenths for each point of
 * its weight, a second passage a few. */
static bool reachable(const struct rubric *r, const struct rubric_constraint *c)
{
    uint32_t most = 0;
    for (uint8_t i = 0; i < c->facet_count; i++)
        most += r->sum.fade ? c->facets[i].weight * 18u * 100 / (100u - r->sum.fade)
                            : c->facets[i].weight * 20u + 10u;
    return c->met.facets <= c->facet_count && c->met.score <= most
        && c->partial.facets <= c->met.facets;
}

static void check_rubric_constraints(struct linter *x, const struct clause *k,
    const struct rubric *r, struct bytes file, const struct flat *f)
{
    uint32_t list = flat_get(f, flat_first(f, 0), "constraints");
    uint64_t has = 0;
    for (uint32_t i = 0; i < r->constraint_count; i++) {
        const struct rubric_constraint *c = &r->constraints[i];
        uint8_t place = constraint_find(k, c->id);
        uint32_t line = line_of_constraint(f, list, c->id);
        if (place == CATALOGUE_NONE || k->constraints[place].by != BY_CONTENT)
            complain_in(x, file, line, c->id,
                "a constraint of the clause that is judged by content");
        else
            has |= UINT64_C(1) << place;
        if (c->derived == DERIVED_NO && !reachable(r, c))
            complain_in(x, file, line, c->id, "thresholds that its facets can reach");
    }
    for (uint32_t i = 0; i < k->constraint_count; i++)
        if (k->constraints[i].by == BY_CONTENT && !(has >> i & 1))
            complain_in(x, file, 1, k->constraints[i].id, "its rubric in this file");
}

static void check_rubric(struct linter *x, const struct clause *k)
{
    const struct rubric_file *file = library_rubric_file(x->l, k->id);
    bool wanted = false;
    for (uint32_t i = 0; i < k->constraint_count; i++)
        wanted |= k->constraints[i].by == BY_CONTENT;
    if (!file) {
        if (wanted)
            complain(x, k->file, k->line, k->id, "a file of its rubric");
        return;
    }
    struct rubric r;
    struct bytes error = {0};
    struct flat *f = structure_open(x->a, file->name, file->text, &error);
    bool sound = f && library_rubric(x->a, x->l, k->id, &r);
    assert(sound); /* library_rubric's own claim */
    check_rubric_constraints(x, k, &r, file->name, f);
    check_concepts(x, file->name, f);
    flat_free(f);
}

static void check_rubric_names(struct linter *x)
{
    for (size_t i = 0; i < x->l->rubrics.count; i++) {
        const struct rubric_file *file =
            LIST_AT(&x->l->rubrics, const struct rubric_file, i);
        bool known = false;
        for (uint32_t n = 0; n < clause_count(x->c) && !known; n++) {
            const struct rubric_file *of =
                library_rubric_file(x->l, clause_at(x->c, n)->id);
            known = of && text_same(of->name, file->name);
        }
        const struct rubric_file *later = NULL; /* a team's stands for it */
        for (size_t k = i + 1; k < x->l->rubrics.count && !later; k++)
            if (text_ends(LIST_AT(&x->l->rubrics, const struct rubric_file, k)->name,
                    text_from(file->name, text_find(file->name, TEXT("rubric/")))))
                later = LIST_AT(&x->l->rubrics, const struct rubric_file, k);
        if (!known && !later)
            complain_in(
                x, file->name, 1, TEXT("the rubric"), "a clause that it is named for");
    }
}

struct list lint(struct arena *a, const struct library *l)
{
    struct linter x = {.a = a,
        .l = l,
        .c = &l->catalogue,
        .lines = LIST_OF(struct bytes),
        .said = LIST_OF(struct said)};
    struct table *seen = table_new(a, 1024);
    check_tables(&x);
    for (uint32_t i = 0; i < clause_count(x.c); i++) {
        check_clause(&x, seen, clause_at(x.c, i));
        check_rubric(&x, clause_at(x.c, i));
    }
    check_rubric_names(&x);
    check_texts(&x);
    list_free(&x.said);
    return x.lines;
}
