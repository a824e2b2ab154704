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
    const char *name; /* "TRACE-NO-RESULT" */
    uint8_t severity; /* enum severity */
    const char *title, *asks, *fix;
};
const struct rule *rule_of(enum rule_id r);
const char *severity_name(enum severity s);

/*
 * With 16 digits no two of a million findings have one id. Who names a finding may leave off
 * the end, but for 8 digits: decisions of earlier versions did.
 */
enum { FINDING_ID = 64, FINDING_HEX = 16, FINDING_HEX_MIN = 8 };

struct finding {
    uint8_t rule;      /* enum rule_id */
    uint8_t severity;  /* the rule's, or changed by what it concerns */
    bool accepted;     /* a decision that still holds covers it */
    uint32_t decision; /* the item that accepts it, or ITEM_NONE */
    char id
        [FINDING_ID]; /* "TRACE-NO-RESULT-1f3a5b7c9d0e2f46": rule, '-', FINDING_HEX digits */
    uint32_t item;            /* subject, or ITEM_NONE */
    uint32_t doc, line, page; /* where to look; doc UNIT_NONE: the project as a whole */
    struct bytes subject;     /* id or short text */
    struct bytes says;        /* one sentence: what was found, with names and numbers */
    struct bytes fix_in;      /* path:line or file to make; empty: where it was found */
    struct bytes skeleton;    /* text to paste; may be empty */
};

struct findings {
    struct finding *at; /* in order: severity down, rule, subject, id */
    uint32_t count;
    uint32_t by_severity[4]; /* those not accepted */
};

/* Collecting. `says` should not need the subject to be understood; both stand side by side. */
struct judge {
    struct arena *a;
    const struct model *m;
    const struct rules *rules;
    struct list found; /* struct finding */
};

/* About an item: the id is made of rule, item id and digest, and `says`. */
struct finding *judge_item(
    struct judge *j, enum rule_id rule, uint32_t item, struct bytes says);
/* About a place; the id is made of rule, path, subject and `says`. */
struct finding *judge_place(struct judge *j, enum rule_id rule, uint32_t doc,
    uint32_t line, uint32_t page, struct bytes subject, struct bytes says);
/* The id stands for this content too: what a change took away, what was there before it. */
void judge_bind(struct finding *f, struct bytes content);
/* Sorts and counts; of findings with one id the first stays. */
void judge_done(struct judge *j, struct findings *out);

/* Its id, by whom, until when, and why: one sentence. */
struct bytes decision_says(struct arena *a, const struct item *decision);
/* The finding's id, or a front of it that is long enough. */
bool finding_is(const struct finding *f, struct bytes id);
/* The first of that id; NULL: not there. */
const struct finding *findings_find(const struct findings *f, const char *id);

/* All groups of rules over a model, in order (check.c); `also` is one more, of a room that stands
 * on this one, or NULL. */
void check_model(struct arena *a, const struct model *m, const struct rules *rules,
    void (*also)(struct judge *), struct findings *out);
