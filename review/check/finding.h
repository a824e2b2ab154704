/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding: one thing that an auditor would ask about, with where to fix it and how.
 *
 * The id is the rule and a digest of the subject's content (never of its line), so that it
 * stays when text moves and changes when the text does. Rules are one table, rule.def, from
 * which docs/review-rules.md, `why` and the SARIF rule list are made.
 */
#pragma once

#include "review/model/model.h"

enum severity { SEVERITY_NOTE, SEVERITY_MINOR, SEVERITY_MAJOR, SEVERITY_CRITICAL };

enum rule_id {
#define RULE(id, name, severity, title, asks, fix) RULE_##id,
#include "review/check/rule.def"
#undef RULE
    RULE_COUNT
};

struct rule {
    const char *name;  /* "TRACE-NO-RESULT" */
    uint8_t severity;  /* enum severity */
    const char *title; /* the finding in a sentence without its subject */
    const char *asks;  /* what an auditor would ask */
    const char *fix;   /* how to fix it */
};
const struct rule *rule_of(enum rule_id r);

struct finding {
    uint8_t rule;     /* enum rule_id */
    uint8_t severity; /* the rule's, or raised by what it concerns */
    bool accepted;    /* a decision that still holds covers it */
    char id[33]; /* "TRACE-NO-RESULT-1f3a…": rule name, '-', 8 hex digits; NUL-ended */
    uint32_t item;            /* subject, or ITEM_NONE */
    uint32_t doc, line, page; /* where to look; doc UNIT_NONE: the project as a whole */
    struct bytes subject;     /* id or short text */
    struct bytes says;        /* one sentence: what was found, with names and numbers */
    struct bytes fix_in;      /* path:line or file to make */
    struct bytes skeleton;    /* text to paste, may be empty */
};

struct findings {
    struct finding *at; /* in order: severity down, rule, subject, place */
    uint32_t count;
    uint32_t by_severity[4]; /* not accepted ones */
};

/* Collecting: `subject_digest` bytes make the id together with the rule. */
struct judge {
    struct arena *a;
    const struct model *m;
    const struct rules *rules;
    struct list found; /* struct finding */
};
struct finding *judge_add(
    struct judge *j, enum rule_id rule, uint32_t item, struct bytes says);
struct finding *judge_add_at(struct judge *j, enum rule_id rule, uint32_t doc,
    uint32_t line, uint32_t page, struct bytes subject, struct bytes says);
void judge_done(
    struct judge *j, struct findings *out); /* sorts, numbers, counts, drops doubles */

/* The groups of rules; each adds what it finds. */
void check_reading(struct judge *j); /* notes of the readers, nothing read at all */
void check_trace(struct judge *
        j); /* design, case, result, stale, suspect, orphan, dangling, duplicate, cycle */
void check_ladder(struct judge *j);   /* controls: described, verified, demonstrated */
void check_wording(struct judge *j);  /* untestable, compound */
void check_security(struct judge *j); /* principles, cloud loss, threats, appendix */
void check_credentials(struct judge *j);
void check_secrets(
    struct judge *j); /* hard-coded ones, from what the source reader noted */
void check_components(struct judge *j);
void check_decisions(
    struct judge *j); /* applies decisions: accepted, suspect, expired */
