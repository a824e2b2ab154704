/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model: what a team's documents say, as items and links with places.
 *
 * An item is something with an identity: a requirement, design output, trust boundary, data
 * flow, threat, hazardous situation, verification case, result, component, credential,
 * decision, control. Links have one direction for each kind (design satisfies requirement),
 * whichever of the two named the other; what names an id that nobody defines is a dangling
 * link, from the item where it is written (or from none: a mention in prose).
 *
 * Three kinds of item need no id of their own: a section of an architecture or design
 * document that names a requirement (id: path#heading; where two have one heading, the second
 * one's with those above it), a source file that does (id: path),
 * and a test that a requirement names by its path or class (id: as named).
 *
 * Promise: the same corpus gives the same model, items in order of (kind, id, document,
 * line); an item's digest depends on its id, text and fields, not on where it stands or how
 * the document is formatted. Works without configuration; `rules` only sharpens it.
 *
 * Not here: judging (review/check), reading (review/read).
 */
#pragma once

#include "core/base/status.h"
#include "review/model/rules.h"
#include "review/read/unit.h"

enum item_kind {
    ITEM_REQUIREMENT,
    ITEM_DESIGN, /* design output, software item, module */
    ITEM_BOUNDARY,
    ITEM_FLOW, /* data flow across or inside boundaries */
    ITEM_THREAT,
    ITEM_HAZARD, /* hazardous situation */
    ITEM_CASE,   /* verification case: a plan, a named test */
    ITEM_RESULT, /* what came out of a test */
    ITEM_COMPONENT,
    ITEM_CREDENTIAL,
    ITEM_CONTROL, /* something that can be taken away, and the test that must then fail */
    ITEM_DECISION, /* review record, accepted risk, accepted finding, tailoring */
    ITEM_CODE,     /* a source file that names a requirement */
    ITEM_KINDS
};

enum link_kind {
    LINK_REFERS,    /* named without a sense that we know */
    LINK_PARENT,    /* child requirement -> parent requirement */
    LINK_SATISFIES, /* design, code, component -> requirement */
    LINK_VERIFIES,  /* case, control -> requirement; case -> control, threat */
    LINK_RESULT,    /* result -> case, requirement or control */
    LINK_MITIGATES, /* requirement, control -> threat, hazard, credential */
    LINK_LEADS,     /* threat -> hazard */
    LINK_CROSSES,   /* requirement, flow, threat, component -> boundary */
    LINK_USES,      /* design, flow -> credential, component; component -> component */
    LINK_ABOUT,     /* decision -> what it decides on */
    LINK_KINDS
};

enum outcome {
    OUTCOME_NONE,
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_MANUAL /* written by a person: "pass" in a table of a document */
};

enum principle { /* bits */
    PRINCIPLE_LEAST_PRIVILEGE = 1,
    PRINCIPLE_DEFENCE_IN_DEPTH = 2,
    PRINCIPLE_FAIL_SECURE = 4,
    PRINCIPLE_INPUT_VALIDATION = 8,
};

#define ITEM_NONE UINT32_MAX

struct item {
    uint8_t kind;         /* enum item_kind */
    uint8_t outcome;      /* enum outcome, of results */
    uint8_t principles;   /* enum principle, of requirements */
    bool security;        /* its id, heading, type or principle says security */
    bool appendix;        /* stands below a heading that is an appendix or annex */
    bool boundary_facing; /* component or design that meets input from outside */
    uint16_t field_count;
    uint32_t unit;   /* where it is defined, in corpus.units */
    int64_t at_s;    /* results: when it ran; decisions: date; else 0. UTC seconds */
    int64_t since_s; /* its text is as it is since then at least; 0: as its document */
    bool dated; /* since_s is about its text; else a history of that is not known */
    struct bytes id, title, text;
    const struct field
        *fields;        /* its own: key over value, column over cell, "Label: value" */
    uint8_t digest[16]; /* of id, text and fields */
};

struct link {
    uint8_t kind; /* enum link_kind */
    bool
        confirmed; /* a digest of the target was written beside the id: SEC-001@1f3a… */
    uint8_t digest[4];   /* front of the target's digest when it was confirmed */
    uint32_t from;       /* item; ITEM_NONE only where `to` is ITEM_NONE too */
    uint32_t to;         /* item, or ITEM_NONE: dangling */
    uint32_t unit, line; /* where it is written */
    struct bytes target; /* the id as written */
};

struct model {
    const struct corpus *corpus;
    struct item *items;
    struct link *links; /* sorted by from, kind, to, target; no doubles */
    uint32_t item_count, link_count;
    uint32_t *out; /* of item i: links[out[i]] .. links[out[i + 1] - 1] */
    uint32_t
        *in; /* of item i: links[in_links[in[i]]] .. ; dangling ones are not in it */
    uint32_t *in_links;
    uint32_t *twice; /* items whose (kind, id) the item before them has too */
    uint32_t twice_count;
    const struct table *by_id;
};

void model_build(struct arena *a, const struct corpus *corpus,
    const struct rules *rules, struct model *out);
/* The item of that id (the first in order of kinds when two share it), or ITEM_NONE. */
uint32_t model_find(const struct model *m, struct bytes id);
/* Some link of that kind comes in to the item. */
bool item_has_in(const struct model *m, uint32_t item, enum link_kind kind);
/* They ask for the same: title, text and fields, but those that only name other items. */
bool item_same_text(const struct item *a, const struct item *b);
/* Value of the first field of that name, ASCII case folded, or empty. */
struct bytes item_field(const struct item *i, const char *name);
const struct document *item_document(const struct model *m, const struct item *i);
/* "path:line" or "path, page 3" or "path"; line and page count from 1, 0 is none. */
struct bytes place_text(
    struct arena *a, struct bytes path, uint32_t line, uint32_t page);
struct bytes unit_place(struct arena *a, const struct corpus *c, uint32_t unit);
struct bytes item_place(struct arena *a, const struct model *m, const struct item *i);
/* The headings above a unit, joined by " > ". */
struct bytes unit_path(struct arena *a, const struct corpus *c, uint32_t unit);
const char *item_kind_name(enum item_kind k);
const char *link_kind_name(enum link_kind k);
const char *outcome_name(enum outcome o);
