/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catalogue: what clauses of standards ask for, in our own words, cut into constraints that can
 * be judged one by one.
 *
 * Promise: every id in it is well formed, every reference inside a clause is resolved, every
 * text is one line of printable UTF-8.
 *
 * Not here: by which words a document shows a constraint (rubric.h), which document may be the
 * right one (signals.h), whether the data are good (lint.h), the judgement (review/clause).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum {
    CATALOGUE_FILE_MAX = 4194304, /* bytes */
    CONSTRAINTS_MAX = 64,         /* of one clause: a set of them is one word of bits */
    PRACTICES_MAX = 32,
    CATALOGUE_NONE = UINT8_MAX,
};

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
enum origin {       /* of a constraint: how close it is to the standard */
    ORIGIN_CLAUSE,  /* the text of the clause says so */
    ORIGIN_READING, /* how a public crosswalk, or we, read it */
    ORIGIN_ADDED,   /* good practice from another source, named in `source` */
};
enum force { FORCE_SHALL, FORCE_SHOULD }; /* should: never a gap of its own */
enum judged_by {
    BY_CONTENT, /* by what documents say: the rubric */
    BY_MODEL,   /* by ids, links and results; no text can show it */
};
enum gap_severity { GAP_MINOR, GAP_MAJOR, GAP_CRITICAL };
enum signal_weight { SIGNAL_SUPPORT, SIGNAL_MEDIUM, SIGNAL_STRONG };

struct
    practice { /* a lettered part of a clause that is answered or tailored by itself */
    struct bytes id, name, text;
};

struct control_group { /* constraints that count only where their condition holds */
    struct bytes id, applies_if;
};

struct constraint {
    struct bytes id, name, text,
        test; /* name: a few words; test: what a reviewer would try; both may be empty */
    struct bytes source; /* of ORIGIN_ADDED, the id of a source; else may be empty */
    uint32_t practices;  /* bit i: practices[i] of the clause */
    uint8_t group;       /* index in the clause, or CATALOGUE_NONE */
    uint8_t origin, force, by; /* the enums above */
    uint32_t line;
};

struct file_signal { /* a pattern on path and title: signals.h */
    struct bytes pattern, language;
    struct texts hit, miss; /* samples that lint tries */
    uint8_t weight;         /* enum signal_weight */
    uint32_t line;
};

struct question {
    struct bytes id, text;
    uint64_t constraints; /* bit i: constraints[i] of the clause */
    uint32_t line;
};

struct gap {
    struct bytes id, title, why;
    struct texts basis; /* ids of sources */
    uint64_t when;      /* bits of constraints: any of them is not shown */
    uint8_t severity;   /* enum gap_severity */
    uint32_t line;
};

struct defence { /* texts with {placeholders} */
    struct bytes text, open_points;
    struct texts evidence, do_not_say;
};

struct crosswalk { /* one column: where other standards ask for the same */
    struct bytes column;
    struct texts references;
};

struct clause {
    struct bytes id;       /* "iec81001-5-1:5.3.2" */
    struct bytes standard; /* "IEC 81001-5-1:2021" */
    struct texts numbers;  /* of the standard that it covers: "5.4.1", "5.4.2" */
    struct bytes title, summary, confidence_note;
    struct texts sources; /* ids of sources */
    struct practice *practices;
    struct control_group *groups;
    struct constraint *constraints;
    struct file_signal *files;
    struct question *questions;
    struct gap *gaps;
    struct crosswalk *crosswalk;
    uint32_t practice_count, group_count, constraint_count, file_count, question_count,
        gap_count, crosswalk_count;
    struct defence defence;
    uint8_t force, confidence;
    uint32_t file, line; /* where it stands: catalogue.files */
};

struct source {
    struct bytes id, title, at,
        gives; /* at: address, may be empty; gives: what was taken */
    uint32_t file, line;
};

struct column { /* of the crosswalk */
    struct bytes id, title, source, note;
    bool whole; /* `items` is all there is: a reference to another one is a mistake */
    struct column_item {
        struct bytes reference, text;
        struct texts asks; /* what a notified body asks for here */
        uint32_t line;
    } * items;
    uint32_t item_count, file, line;
};

struct correction { /* something public pages have wrong */
    struct bytes id, where, says, finding;
    struct texts about; /* ids of clauses */
    uint8_t confidence;
    uint32_t file, line;
};

struct numbered { /* the contents page of a standard, one sentence each */
    struct bytes number, title, text, source, note;
    uint8_t confidence;
    bool judged; /* false: nothing in it can be shown by documents of a product */
    uint32_t line;
};

struct contents {
    struct bytes id, standard; /* id: what clause ids begin with, "iec81001-5-1" */
    struct numbered *numbers;
    uint32_t number_count, file, line;
};

struct severity_words { /* what a severity means here, for reports */
    struct bytes id, text;
    uint32_t file, line;
};

struct questionnaire { /* what reviewers ask, in the order in which they ask it */
    struct bytes id, title, source, note;
    struct asked_item {
        struct bytes item; /* its number there; empty: our source does not give it */
        struct bytes asks;
        struct texts answered_by; /* ids of constraints, the closest first */
        uint32_t line;
    } * items;
    uint32_t item_count, file, line;
};

/* Lists of the struct named; they grow file by file (catalogue_free). Texts and inner arrays
 * live in the arena. */
struct catalogue {
    struct list files;          /* struct bytes: names */
    struct list clauses;        /* struct clause, in order of files */
    struct list sources;        /* struct source */
    struct list columns;        /* struct column */
    struct list corrections;    /* struct correction */
    struct list contents;       /* struct contents */
    struct list severities;     /* struct severity_words */
    struct list questionnaires; /* struct questionnaire */
    uint32_t settled; /* files before this one are of an earlier folder: what is defined
                         there may be defined once more, and is replaced */
};

struct catalogue catalogue_new(void);
void catalogue_free(struct catalogue *c);
/* The next files are of another folder, which may replace what stands here. */
void catalogue_settle(struct catalogue *c);
/*
 * Add what a file of a catalogue holds (docs/catalogue.md says what may). MALFORMED: *error is
 * the one line `NAME:LINE: what: expected …`, and the catalogue is as it was.
 */
MUST_USE enum status catalogue_parse(struct arena *a, struct bytes name,
    struct bytes text, struct catalogue *into, struct bytes *error);
/* What is compiled in; its own tests parse it, so this cannot fail. */
void catalogue_builtin(struct arena *a, struct catalogue *into);

static inline uint32_t clause_count(const struct catalogue *c)
{
    return (uint32_t)c->clauses.count;
}
static inline const struct clause *clause_at(const struct catalogue *c, uint32_t i)
{
    return LIST_AT(&c->clauses, const struct clause, i);
}
/*
 * A clause as people write it: its id, with or without "iec" in front, or a standard and one of
 * its numbers ("81001-5-1:5.3.2", "mdr:23.4(ab)"), or a number alone: of IEC 81001-5-1 where it
 * has it, else of the one clause that has it. NULL: none, or several; *others then says which.
 */
const struct clause *clause_find(struct arena *a, const struct catalogue *c,
    struct bytes name, struct bytes *others);
/* Index of a constraint by its id, or CATALOGUE_NONE. */
uint8_t constraint_find(const struct clause *c, struct bytes id);
const struct source *source_find(const struct catalogue *c, struct bytes id);
const struct column *column_find(const struct catalogue *c, struct bytes id);
const struct questionnaire *questionnaire_find(
    const struct catalogue *c, struct bytes id);
/* The clause that has the constraint, or NULL. */
const struct clause *clause_of(const struct catalogue *c, struct bytes constraint);

const char *confidence_name(enum confidence c);
const char *origin_name(enum origin o);
const char *force_name(enum force f);
const char *judged_by_name(enum judged_by b);
const char *gap_severity_name(enum gap_severity s);
const char *signal_weight_name(enum signal_weight w);
