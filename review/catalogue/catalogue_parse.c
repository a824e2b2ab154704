/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/catalogue.h"
#include "review/catalogue/fields.h"
#include "review/catalogue/names.h"
#include "review/catalogue/pattern.h"
#include "review/read/structure.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
/* A list of `type` by the rules of `table`. */
#define ROWS(type, table, max) \
    ((struct field_rows_kind){ \
        (table), COUNT(table), sizeof(type), (max), offsetof(type, line)})

enum { ROWS_MAX = 1000, FEW_MAX = 32 };

/* References as they stand in the file, until the clause is whole. */
struct taken_constraint {
    struct constraint is;
    struct texts practices;
    struct bytes group;
    uint32_t line;
};
struct taken_question {
    struct question is;
    struct texts constraints;
    uint32_t line;
};
struct taken_gap {
    struct gap is;
    struct texts when;
    uint32_t line;
};
struct taken_practice {
    struct practice is;
    uint32_t line;
};
struct taken_group {
    struct control_group is;
    uint32_t line;
};
struct taken_clause {
    struct clause is;
    struct field_rows practices, groups, constraints, questions, gaps;
    uint32_t line;
};

static bool take_confidence(struct fields *f, uint32_t n, void *to)
{
    return field_word(
        f, n, confidence_words, COUNT(confidence_words), "low, medium or high", to);
}

static bool take_origin(struct fields *f, uint32_t n, void *to)
{
    return field_word(
        f, n, origin_words, COUNT(origin_words), "clause, reading or added", to);
}

static bool take_force(struct fields *f, uint32_t n, void *to)
{
    return field_word(f, n, force_words, COUNT(force_words), "shall or should", to);
}

static bool take_by(struct fields *f, uint32_t n, void *to)
{
    return field_word(
        f, n, judged_by_words, COUNT(judged_by_words), "content or model", to);
}

static bool take_severity(struct fields *f, uint32_t n, void *to)
{
    return field_word(f, n, gap_severity_words, COUNT(gap_severity_words),
        "minor, major or critical", to);
}

static bool take_pattern(struct fields *f, uint32_t n, void *to)
{
    struct pattern *p = NULL;
    const char *expected = NULL;
    struct bytes text = flat_text(f->flat, n);
    enum status s = pattern_new(text, &p, &expected);
    pattern_free(p);
    if (s != OK)
        return fields_refuse(f, n, text.len ? text : flat_key_of(f->flat, n),
            expected ? expected : "memory for it");
    *(struct bytes *)to = arena_copy(f->a, text);
    return true;
}

static bool take_weight(struct fields *f, uint32_t n, void *to)
{
    return field_word(f, n, signal_weight_words, COUNT(signal_weight_words),
        "support, medium or strong", to);
}

static const struct field_rule practice_rules[] = {
    {"id", true, field_id, offsetof(struct taken_practice, is.id)},
    {"name", true, field_text, offsetof(struct taken_practice, is.name)},
    {"text", true, field_text, offsetof(struct taken_practice, is.text)},
};

static const struct field_rule group_rules[] = {
    {"id", true, field_id, offsetof(struct taken_group, is.id)},
    {"applies_if", true, field_text, offsetof(struct taken_group, is.applies_if)},
};

static const struct field_rule constraint_rules[] = {
    {"id", true, field_id, offsetof(struct taken_constraint, is.id)},
    {"text", true, field_text, offsetof(struct taken_constraint, is.text)},
    {"name", false, field_text, offsetof(struct taken_constraint, is.name)},
    {"test", false, field_text, offsetof(struct taken_constraint, is.test)},
    {"origin", true, take_origin, offsetof(struct taken_constraint, is.origin)},
    {"source", false, field_id, offsetof(struct taken_constraint, is.source)},
    {"force", false, take_force, offsetof(struct taken_constraint, is.force)},
    {"by", false, take_by, offsetof(struct taken_constraint, is.by)},
    {"practices", false, field_ids, offsetof(struct taken_constraint, practices)},
    {"group", false, field_id, offsetof(struct taken_constraint, group)},
};

static const struct field_rule file_rules[] = {
    {"pattern", true, take_pattern, offsetof(struct file_signal, pattern)},
    {"weight", true, take_weight, offsetof(struct file_signal, weight)},
    {"language", false, field_id, offsetof(struct file_signal, language)},
    {"hit", true, field_texts, offsetof(struct file_signal, hit)},
    {"miss", true, field_texts, offsetof(struct file_signal, miss)},
};

static const struct field_rule question_rules[] = {
    {"id", true, field_id, offsetof(struct taken_question, is.id)},
    {"question", true, field_text, offsetof(struct taken_question, is.text)},
    {"constraints", true, field_ids, offsetof(struct taken_question, constraints)},
};

static const struct field_rule gap_rules[] = {
    {"id", true, field_id, offsetof(struct taken_gap, is.id)},
    {"severity", true, take_severity, offsetof(struct taken_gap, is.severity)},
    {"when", true, field_ids, offsetof(struct taken_gap, when)},
    {"title", true, field_text, offsetof(struct taken_gap, is.title)},
    {"why", true, field_text, offsetof(struct taken_gap, is.why)},
    {"basis", false, field_ids, offsetof(struct taken_gap, is.basis)},
};

static const struct field_rule defence_rules[] = {
    {"text", true, field_text, offsetof(struct defence, text)},
    {"open_points", false, field_text, offsetof(struct defence, open_points)},
    {"evidence", false, field_texts, offsetof(struct defence, evidence)},
    {"do_not_say", false, field_texts, offsetof(struct defence, do_not_say)},
};

static bool take_defence(struct fields *f, uint32_t n, void *to)
{
    return fields_take(f, n, defence_rules, COUNT(defence_rules), to);
}

static bool take_crosswalk(struct fields *f, uint32_t node, void *to)
{
    struct clause *c = to;
    uint32_t i = 0;
    if (flat_kind(f->flat, node) != FLAT_MAP)
        return fields_refuse(
            f, node, TEXT("crosswalk"), "a map of columns, each a list of references");
    for (uint32_t n = flat_first(f->flat, node); n; n = flat_after(f->flat, node, n))
        c->crosswalk_count++;
    if (c->crosswalk_count > FEW_MAX)
        return fields_refuse(f, node, TEXT("crosswalk"), "at most 32 columns");
    c->crosswalk = arena_take(f->a, c->crosswalk_count * sizeof *c->crosswalk);
    for (uint32_t n = flat_first(f->flat, node); n;
         n = flat_after(f->flat, node, n), i++) {
        struct bytes column = flat_key_of(f->flat, n);
        if (column.len > FIELD_ID_MAX)
            return fields_refuse(f, n, column, "the id of a column");
        c->crosswalk[i].column = arena_copy(f->a, column);
        if (!field_texts(f, n, &c->crosswalk[i].references))
            return false;
    }
    return true;
}

static bool take_practices(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind =
        ROWS(struct taken_practice, practice_rules, PRACTICES_MAX);
    return field_rows(f, n, &kind, to);
}

static bool take_groups(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind = ROWS(struct taken_group, group_rules, FEW_MAX);
    return field_rows(f, n, &kind, to);
}

static bool take_constraints(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind =
        ROWS(struct taken_constraint, constraint_rules, CONSTRAINTS_MAX);
    return field_rows(f, n, &kind, to);
}

static bool take_questions(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind =
        ROWS(struct taken_question, question_rules, CONSTRAINTS_MAX);
    return field_rows(f, n, &kind, to);
}

static bool take_gaps(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind =
        ROWS(struct taken_gap, gap_rules, CONSTRAINTS_MAX);
    return field_rows(f, n, &kind, to);
}

static bool take_files(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind = ROWS(struct file_signal, file_rules, FEW_MAX);
    struct clause *c = to;
    struct field_rows rows;
    if (!field_rows(f, n, &kind, &rows))
        return false;
    c->files = rows.at;
    c->file_count = rows.count;
    return true;
}

static const struct field_rule clause_rules[] = {
    {"id", true, field_id, offsetof(struct taken_clause, is.id)},
    {"numbers", true, field_texts, offsetof(struct taken_clause, is.numbers)},
    {"title", true, field_text, offsetof(struct taken_clause, is.title)},
    {"force", false, take_force, offsetof(struct taken_clause, is.force)},
    {"confidence", true, take_confidence, offsetof(struct taken_clause, is.confidence)},
    {"confidence_note", false, field_text,
        offsetof(struct taken_clause, is.confidence_note)},
    {"sources", true, field_ids, offsetof(struct taken_clause, is.sources)},
    {"summary", true, field_text, offsetof(struct taken_clause, is.summary)},
    {"practices", false, take_practices, offsetof(struct taken_clause, practices)},
    {"groups", false, take_groups, offsetof(struct taken_clause, groups)},
    {"constraints", true, take_constraints, offsetof(struct taken_clause, constraints)},
    {"files", false, take_files, offsetof(struct taken_clause, is)},
    {"questions", false, take_questions, offsetof(struct taken_clause, questions)},
    {"gaps", false, take_gaps, offsetof(struct taken_clause, gaps)},
    {"defence", true, take_defence, offsetof(struct taken_clause, is.defence)},
    {"crosswalk", false, take_crosswalk, offsetof(struct taken_clause, is)},
};

static const struct field_rule source_rules[] = {
    {"id", true, field_id, offsetof(struct source, id)},
    {"title", true, field_text, offsetof(struct source, title)},
    {"at", false, field_text, offsetof(struct source, at)},
    {"gives", false, field_text, offsetof(struct source, gives)},
};

static const struct field_rule item_rules[] = {
    {"ref", true, field_text, offsetof(struct column_item, reference)},
    {"text", true, field_text, offsetof(struct column_item, text)},
    {"asks", false, field_texts, offsetof(struct column_item, asks)},
};

static bool take_items(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind = ROWS(struct column_item, item_rules, ROWS_MAX);
    struct column *c = to;
    struct field_rows rows;
    if (!field_rows(f, n, &kind, &rows))
        return false;
    c->items = rows.at;
    c->item_count = rows.count;
    return true;
}

static const struct field_rule column_rules[] = {
    {"id", true, field_id, offsetof(struct column, id)},
    {"title", true, field_text, offsetof(struct column, title)},
    {"source", true, field_id, offsetof(struct column, source)},
    {"note", false, field_text, offsetof(struct column, note)},
    {"whole", false, field_bool, offsetof(struct column, whole)},
    {"items", false, take_items, 0},
};

static const struct field_rule correction_rules[] = {
    {"id", true, field_id, offsetof(struct correction, id)},
    {"where", true, field_text, offsetof(struct correction, where)},
    {"says", true, field_text, offsetof(struct correction, says)},
    {"finding", true, field_text, offsetof(struct correction, finding)},
    {"confidence", true, take_confidence, offsetof(struct correction, confidence)},
    {"about", true, field_ids, offsetof(struct correction, about)},
};

static const struct field_rule number_rules[] = {
    {"number", true, field_text, offsetof(struct numbered, number)},
    {"title", true, field_text, offsetof(struct numbered, title)},
    {"text", true, field_text, offsetof(struct numbered, text)},
    {"source", true, field_id, offsetof(struct numbered, source)},
    {"note", false, field_text, offsetof(struct numbered, note)},
    {"confidence", true, take_confidence, offsetof(struct numbered, confidence)},
    {"judged", true, field_bool, offsetof(struct numbered, judged)},
};

static bool take_numbers(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind = ROWS(struct numbered, number_rules, ROWS_MAX);
    struct contents *c = to;
    struct field_rows rows;
    if (!field_rows(f, n, &kind, &rows))
        return false;
    c->numbers = rows.at;
    c->number_count = rows.count;
    return true;
}

static const struct field_rule contents_rules[] = {
    {"id", true, field_id, offsetof(struct contents, id)},
    {"standard", true, field_text, offsetof(struct contents, standard)},
    {"numbers", true, take_numbers, 0},
};

static const struct field_rule severity_rules[] = {
    {"id", true, field_id, offsetof(struct severity_words, id)},
    {"text", true, field_text, offsetof(struct severity_words, text)},
};

static const struct field_rule asked_rules[] = {
    {"item", false, field_id, offsetof(struct asked_item, item)},
    {"asks", true, field_text, offsetof(struct asked_item, asks)},
    {"answered_by", true, field_ids, offsetof(struct asked_item, answered_by)},
};

static bool take_asked(struct fields *f, uint32_t n, void *to)
{
    const struct field_rows_kind kind = ROWS(struct asked_item, asked_rules, ROWS_MAX);
    struct questionnaire *q = to;
    struct field_rows rows;
    if (!field_rows(f, n, &kind, &rows))
        return false;
    q->items = rows.at;
    q->item_count = rows.count;
    return true;
}

static const struct field_rule questionnaire_rules[] = {
    {"id", true, field_id, offsetof(struct questionnaire, id)},
    {"title", true, field_text, offsetof(struct questionnaire, title)},
    {"source", true, field_id, offsetof(struct questionnaire, source)},
    {"note", false, field_text, offsetof(struct questionnaire, note)},
    {"items", true, take_asked, 0},
};

/* A file before anything of it is believed. */
struct taken_file {
    struct bytes schema, standard;
    struct field_rows clauses, sources, columns, corrections, contents, severities,
        questionnaires;
};

static bool take_schema(struct fields *f, uint32_t n, void *to)
{
    if (!text_same(flat_text(f->flat, n), TEXT("holdfast-catalogue/1")))
        return fields_refuse(f, n, TEXT("schema"), "holdfast-catalogue/1");
    return field_text(f, n, to);
}

#define TAKE_ROWS(name, type, table)                                       \
    static bool take_##name(struct fields *f, uint32_t n, void *to)        \
    {                                                                      \
        const struct field_rows_kind kind = ROWS(type, (table), ROWS_MAX); \
        return field_rows(f, n, &kind, to);                                \
    }
TAKE_ROWS(clauses, struct taken_clause, clause_rules)
TAKE_ROWS(sources, struct source, source_rules)
TAKE_ROWS(columns, struct column, column_rules)
TAKE_ROWS(corrections, struct correction, correction_rules)
TAKE_ROWS(contents, struct contents, contents_rules)
TAKE_ROWS(severities, struct severity_words, severity_rules)
TAKE_ROWS(questionnaires, struct questionnaire, questionnaire_rules)

static const struct field_rule file_keys[] = {
    {"schema", true, take_schema, offsetof(struct taken_file, schema)},
    {"standard", false, field_text, offsetof(struct taken_file, standard)},
    {"clauses", false, take_clauses, offsetof(struct taken_file, clauses)},
    {"sources", false, take_sources, offsetof(struct taken_file, sources)},
    {"columns", false, take_columns, offsetof(struct taken_file, columns)},
    {"corrections", false, take_corrections, offsetof(struct taken_file, corrections)},
    {"contents", false, take_contents, offsetof(struct taken_file, contents)},
    {"severities", false, take_severities, offsetof(struct taken_file, severities)},
    {"questionnaires", false, take_questionnaires,
        offsetof(struct taken_file, questionnaires)},
};

/* For what is found wrong after the row of nodes was read: the line is known, not the node. */
static bool refuse_line(
    struct fields *f, uint32_t line, struct bytes what, const char *expected)
{
    *f->error = arena_print(f->a, "%.*s:%u: %.*s: expected %s", (int)f->name.len,
        (const char *)f->name.at, line, (int)what.len, (const char *)what.at, expected);
    return false;
}

/* The ids of a list of `each` bytes begin each of its structs. */
static bool no_twins(struct fields *f, const void *at, uint32_t count, size_t each,
    size_t line_at, const char *what)
{
    for (uint32_t i = 1; i < count; i++) {
        struct bytes id, other;
        const char *row = (const char *)at + each * i;
        memcpy(&id, row, sizeof id);
        for (uint32_t k = 0; k < i; k++) {
            memcpy(&other, (const char *)at + each * k, sizeof other);
            if (!text_same(id, other))
                continue;
            uint32_t line;
            memcpy(&line, row + line_at, sizeof line);
            return refuse_line(f, line, id, what);
        }
    }
    return true;
}
#define NO_TWINS(f, type, rows, what) \
    no_twins((f), (rows).at, (rows).count, sizeof(type), offsetof(type, line), (what))

static bool own_ids(struct fields *f, const struct taken_clause *c)
{
    return NO_TWINS(
               f, struct taken_practice, c->practices, "each practice under its own id")
        && NO_TWINS(f, struct taken_group, c->groups, "each group under its own id")
        && NO_TWINS(f, struct taken_constraint, c->constraints,
            "each constraint under its own id")
        && NO_TWINS(
            f, struct taken_question, c->questions, "each question under its own id")
        && NO_TWINS(f, struct taken_gap, c->gaps, "each gap under its own id");
}

/* Place of an id among the first fields of a list, or CATALOGUE_NONE. */
static uint8_t place_of(const void *at, uint32_t count, size_t each, struct bytes id)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bytes other;
        memcpy(&other, (const char *)at + each * i, sizeof other);
        if (text_same(id, other))
            return (uint8_t)i;
    }
    return CATALOGUE_NONE;
}

static bool settle_constraint(struct fields *f, const struct clause *c,
    const struct taken_constraint *from, struct constraint *to)
{
    *to = from->is;
    to->line = from->line;
    for (uint32_t i = 0; i < from->practices.count; i++) {
        struct bytes id = from->practices.at[i];
        uint8_t place =
            place_of(c->practices, c->practice_count, sizeof *c->practices, id);
        if (place == CATALOGUE_NONE)
            return refuse_line(f, to->line, id, "a practice of this clause");
        to->practices |= UINT32_C(1) << place;
    }
    to->group = place_of(c->groups, c->group_count, sizeof *c->groups, from->group);
    if (from->group.len && to->group == CATALOGUE_NONE)
        return refuse_line(f, to->line, from->group, "a group of this clause");
    return (to->origin == ORIGIN_ADDED) == (to->source.len > 0)
        || refuse_line(
            f, to->line, to->id, "a source where, and only where, the origin is added");
}

static bool settle_constraints(struct fields *f, struct taken_clause *t)
{
    struct clause *c = &t->is;
    const struct taken_constraint *from = t->constraints.at;
    c->constraint_count = t->constraints.count;
    c->constraints = arena_take(f->a, c->constraint_count * sizeof *c->constraints);
    for (uint32_t i = 0; i < c->constraint_count; i++)
        if (!settle_constraint(f, c, &from[i], &c->constraints[i]))
            return false;
    return true;
}

static bool settle_practices(struct fields *f, struct taken_clause *t)
{
    struct clause *c = &t->is;
    const struct taken_practice *practice = t->practices.at;
    const struct taken_group *group = t->groups.at;
    c->practice_count = t->practices.count;
    c->group_count = t->groups.count;
    c->practices = arena_take(f->a, c->practice_count * sizeof *c->practices);
    c->groups = arena_take(f->a, c->group_count * sizeof *c->groups);
    for (uint32_t i = 0; i < c->practice_count; i++)
        c->practices[i] = practice[i].is;
    for (uint32_t i = 0; i < c->group_count; i++)
        c->groups[i] = group[i].is;
    return true;
}

static bool bits_of(struct fields *f, const struct clause *c, struct texts ids,
    uint32_t line, uint64_t *bits)
{
    for (uint32_t i = 0; i < ids.count; i++) {
        uint8_t place = constraint_find(c, ids.at[i]);
        if (place == CATALOGUE_NONE)
            return refuse_line(f, line, ids.at[i], "a constraint of this clause");
        *bits |= UINT64_C(1) << place;
    }
    return true;
}

static bool settle_questions(struct fields *f, struct taken_clause *t)
{
    struct clause *c = &t->is;
    const struct taken_question *from = t->questions.at;
    c->question_count = t->questions.count;
    c->questions = arena_take(f->a, c->question_count * sizeof *c->questions);
    for (uint32_t i = 0; i < c->question_count; i++) {
        struct question *to = &c->questions[i];
        *to = from[i].is;
        to->line = from[i].line;
        if (!bits_of(f, c, from[i].constraints, to->line, &to->constraints))
            return false;
    }
    return true;
}

static bool settle_gaps(struct fields *f, struct taken_clause *t)
{
    struct clause *c = &t->is;
    const struct taken_gap *from = t->gaps.at;
    c->gap_count = t->gaps.count;
    c->gaps = arena_take(f->a, c->gap_count * sizeof *c->gaps);
    for (uint32_t i = 0; i < c->gap_count; i++) {
        struct gap *to = &c->gaps[i];
        *to = from[i].is;
        to->line = from[i].line;
        if (!bits_of(f, c, from[i].when, to->line, &to->when))
            return false;
    }
    return true;
}

static bool settle_clause(
    struct fields *f, struct taken_clause *t, struct bytes standard)
{
    if (!standard.len)
        return refuse_line(
            f, t->line, t->is.id, "the key standard at the top of the file");
    t->is.standard = standard;
    t->is.line = t->line;
    return own_ids(f, t) && settle_practices(f, t) && settle_constraints(f, t)
        && settle_questions(f, t) && settle_gaps(f, t);
}

static bool settle_file(struct fields *f, const struct taken_file *t)
{
    struct taken_clause *clauses = t->clauses.at;
    for (uint32_t i = 0; i < t->clauses.count; i++)
        if (!settle_clause(f, &clauses[i], t->standard))
            return false;
    return NO_TWINS(f, struct taken_clause, t->clauses, "each clause under its own id")
        && NO_TWINS(f, struct source, t->sources, "each source under its own id")
        && NO_TWINS(f, struct column, t->columns, "each column under its own id")
        && NO_TWINS(
            f, struct correction, t->corrections, "each correction under its own id")
        && NO_TWINS(f, struct contents, t->contents, "each standard once")
        && NO_TWINS(f, struct severity_words, t->severities, "each severity once")
        && NO_TWINS(f, struct questionnaire, t->questionnaires,
            "each questionnaire under its own id");
}

/* One list of the catalogue, its structs beginning with an id and holding file and line. */
struct joint {
    struct list *into;
    size_t file, line;
};

/* The one of this id that stands there, or SIZE_MAX. */
static size_t standing(const struct list *l, struct bytes id)
{
    for (size_t i = 0; i < l->count; i++) {
        struct bytes other;
        memcpy(&other, (const char *)l->at + l->each * i, sizeof other);
        if (text_same(id, other))
            return i;
    }
    return SIZE_MAX;
}

static bool may_join(struct fields *f, const struct catalogue *c, const struct joint *j,
    const char *from, size_t each, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bytes id;
        memcpy(&id, from + each * i, sizeof id);
        size_t at = standing(j->into, id);
        uint32_t file, line;
        if (at == SIZE_MAX)
            continue;
        memcpy(&file, (const char *)j->into->at + j->into->each * at + j->file,
            sizeof file);
        memcpy(&line, from + each * i + j->line, sizeof line);
        if (file >= c->settled)
            return refuse_line(
                f, line, id, "an id that no other file of the folder has");
    }
    return true;
}

static void join(
    const struct joint *j, const char *from, size_t each, uint32_t count, uint32_t file)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bytes id;
        memcpy(&id, from + each * i, sizeof id);
        size_t at = standing(j->into, id);
        char *to = at == SIZE_MAX ? list_add(j->into)
                                  : (char *)j->into->at + j->into->each * at;
        memcpy(to, from + each * i, j->into->each);
        memcpy(to + j->file, &file, sizeof file);
    }
}

#define JOINT(list, type)                                  \
    (struct joint)                                         \
    {                                                      \
        (list), offsetof(type, file), offsetof(type, line) \
    }

/* All of it, or nothing. */
static bool join_file(struct fields *f, const struct taken_file *t, struct catalogue *c)
{
    const struct {
        struct joint joint;
        const struct field_rows *rows;
        size_t each;
    } parts[] = {
        {JOINT(&c->clauses, struct clause), &t->clauses, sizeof(struct taken_clause)},
        {JOINT(&c->sources, struct source), &t->sources, sizeof(struct source)},
        {JOINT(&c->columns, struct column), &t->columns, sizeof(struct column)},
        {JOINT(&c->corrections, struct correction), &t->corrections,
            sizeof(struct correction)},
        {JOINT(&c->contents, struct contents), &t->contents, sizeof(struct contents)},
        {JOINT(&c->severities, struct severity_words), &t->severities,
            sizeof(struct severity_words)},
        {JOINT(&c->questionnaires, struct questionnaire), &t->questionnaires,
            sizeof(struct questionnaire)},
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (!may_join(f, c, &parts[i].joint, parts[i].rows->at, parts[i].each,
                parts[i].rows->count))
            return false;
    uint32_t file = (uint32_t)c->files.count;
    *(struct bytes *)list_add(&c->files) = f->name;
    for (size_t i = 0; i < COUNT(parts); i++)
        join(&parts[i].joint, parts[i].rows->at, parts[i].each, parts[i].rows->count,
            file);
    return true;
}

static bool take_file(struct fields *f, struct taken_file *t)
{
    uint32_t root = flat_first(f->flat, 0);
    if (!root || flat_after(f->flat, 0, root))
        return refuse_line(f, 1, TEXT("the file"), "one document with the key schema");
    return fields_take(f, root, file_keys, COUNT(file_keys), t) && settle_file(f, t);
}

enum status catalogue_parse(struct arena *a, struct bytes name, struct bytes text,
    struct catalogue *into, struct bytes *error)
{
    struct fields f = {.a = a, .name = arena_copy(a, name), .error = error};
    struct taken_file t = {0};
    if (text.len > CATALOGUE_FILE_MAX) {
        refuse_line(&f, 1, TEXT("the file"), "at most 4 MiB");
        return MALFORMED;
    }
    struct flat *flat = structure_open(a, name, text, error);
    if (!flat)
        return MALFORMED;
    f.flat = flat;
    bool taken = take_file(&f, &t) && join_file(&f, &t, into);
    flat_free(flat);
    return taken ? OK : MALFORMED;
}
