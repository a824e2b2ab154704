/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model: what a team's documents say, as items and links with places.
 *
 * An item is something with an identity: a requirement, design output, trust boundary, data
 * flow, threat, hazardous situation, verification case, result, component, credential,
 * decision, control. A link goes from the item where it is written to the item it names; its
 * kind says in which sense. What names something that nobody defines is a dangling link and
 * stays in the model.
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
    ITEM_DESIGN,   /* design output, software item, module */
    ITEM_BOUNDARY, /* trust boundary */
    ITEM_FLOW,     /* data flow across or inside boundaries */
    ITEM_THREAT,
    ITEM_HAZARD,    /* hazardous situation */
    ITEM_CASE,      /* verification case: a plan, a named test */
    ITEM_RESULT,    /* what came out of a test */
    ITEM_COMPONENT, /* SOUP, library */
    ITEM_CREDENTIAL,
    ITEM_CONTROL, /* something that can be taken away, with the test that must then fail */
    ITEM_DECISION, /* review record, accepted risk, accepted finding, tailoring */
    ITEM_CODE,     /* a place in the source that names a requirement */
    ITEM_KINDS
};

enum link_kind {
    LINK_REFERS, /* named without a sense that we know */
    LINK_PARENT, /* child -> parent requirement */
    LINK_SATISFIES, /* design, code, component -> requirement (also "allocated to" turned round) */
    LINK_VERIFIES,  /* case, control -> requirement */
    LINK_RESULT,    /* result -> case or requirement */
    LINK_MITIGATES, /* requirement, control -> threat */
    LINK_LEADS,     /* threat -> hazard */
    LINK_CROSSES,   /* requirement, flow, threat, component -> boundary */
    LINK_USES,  /* design, flow -> credential or component; component -> component */
    LINK_ABOUT, /* decision -> what it decides on */
    LINK_KINDS
};

enum outcome {
    OUTCOME_NONE,
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_MANUAL
};

enum principle { /* bits */
    PRINCIPLE_LEAST_PRIVILEGE = 1,
    PRINCIPLE_DEFENCE_IN_DEPTH = 2,
    PRINCIPLE_FAIL_SECURE = 4,
    PRINCIPLE_INPUT_VALIDATION = 8,
};

struct item {
    uint8_t kind;       /* enum item_kind */
    uint8_t outcome;    /* enum outcome, of results */
    uint8_t principles; /* enum principle, of requirements */
    bool
        security; /* a security requirement (id, heading, field or principle says so) */
    bool appendix;        /* stands under a heading that is an appendix or annex */
    bool boundary_facing; /* component or design that meets input from outside */
    uint16_t field_count;
    uint32_t unit;  /* where it is defined, in corpus.units */
    uint32_t field; /* first of its fields in corpus.fields (those of its unit) */
    int64_t at_s;   /* results: when it ran; decisions: date; else 0. UTC seconds */
    struct bytes id, title, text;
    uint8_t digest[16]; /* of id, text and fields, white space and formatting removed */
};

struct link {
    uint8_t kind;        /* enum link_kind */
    bool confirmed;      /* a digest of the target was written beside the link */
    uint32_t from;       /* item */
    uint32_t to;         /* item, or ITEM_NONE: dangling */
    uint32_t unit, line; /* where it is written */
    struct bytes target; /* the id as written */
    uint8_t digest[8];   /* front of the target's digest when it was confirmed */
};

enum { ITEM_NONE = UINT32_MAX };

struct model {
    const struct corpus *corpus;
    struct item *items;
    struct link *links;
    uint32_t item_count, link_count;
    /* Links by end: links[out[i]..] in order of `from`; in_order lists links by `to`. */
    uint32_t *out; /* item_count + 1 offsets into links, which are sorted by from */
    uint32_t *in;  /* item_count + 1 offsets into in_links */
    uint32_t *in_links; /* link numbers in order of `to` */
    uint32_t *
        twice; /* items whose (kind, id) another item has too; pairs, twice_count of them */
    uint32_t twice_count;
};

void model_build(struct arena *a, const struct corpus *corpus,
    const struct rules *rules, struct model *out);
/* The item of that id (any kind; requirement before the others when two share it), or ITEM_NONE. */
uint32_t model_find(const struct model *m, struct bytes id);
struct bytes item_field(const struct model *m, const struct item *i, const char *name);
/* "path:line" or "path, page 3"; headings joined by " > ". */
struct bytes item_place(struct arena *a, const struct model *m, const struct item *i);
struct bytes unit_path(struct arena *a, const struct corpus *c, uint32_t unit);
const char *item_kind_name(enum item_kind k);
const char *link_kind_name(enum link_kind k);
const char *outcome_name(enum outcome o);
