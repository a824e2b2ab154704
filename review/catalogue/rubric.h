/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rubric: what a document has to say so that the constraints of one clause are described.
 *
 * A constraint has facets; a facet has phrases, of which one must stand in a unit (`any`), and
 * may ask for one of others nearby (`with`) and for none of a third kind (`none`). Phrases are
 * kept once and are named by their number, so that one matcher finds all of them in one pass.
 *
 * Promise: every phrase is well formed, every number is below `phrase_count`, ids of
 * constraints and of facets within one are different. Names and texts live in the arena.
 *
 * Not here: how a phrase is matched (review/clause/phrase), how a unit is weighed (judge).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum {
    RUBRIC_PHRASES_MAX = 20000,
    RUBRIC_CONSTRAINTS_MAX = 64,
    RUBRIC_FACETS_MAX = 8, /* of one constraint: a set of them is a byte */
    RUBRIC_NEAR_MAX = 100,
    RUBRIC_KINDS_MAX = 9,
    RUBRIC_SCORE_MAX = 1000,
};

enum polarity {
    POLARITY_ASSERTED, /* a negated sentence does not count */
    POLARITY_DENIED,   /* it counts as much: "no open ports" */
    POLARITY_EITHER,
};

enum also { /* bits: what is so meant counts as an assertion where the clause asks for it */
    ALSO_GAP = 1, /* "open issues", "residual risk" */
    ALSO_PLANNED = 2,
    ALSO_THREAT = 4,
};

enum derived {
    DERIVED_NO,
    DERIVED_PRACTICES, /* from C01 to C08, or from a table of practices a to h */
};

struct phrase_set {
    const uint32_t *at; /* numbers of phrases, rising */
    uint32_t count;
};

struct facet {
    struct bytes id, why;
    struct phrase_set any, with, none;
    uint8_t near;     /* words between `any` and `with`; 0: anywhere in reach */
    uint8_t polarity; /* enum polarity */
    uint8_t weight;   /* 1 touches the constraint, 2 a concrete part, 3 alone enough */
    uint8_t kinds;    /* so many different phrases have to be found; 1: any one */
    uint8_t also;     /* enum also */
    bool here;     /* `with` counts in the unit itself, not in what stands above it */
    bool distinct; /* only with another phrase than the facet before it */
    bool support;  /* adds to others, but alone makes nothing partial */
};

struct threshold {
    uint8_t facets;
    uint16_t score; /* tenths */
};

struct rubric_constraint {
    struct bytes id; /* "5.3.2-C01" */
    const struct facet *facets;
    uint8_t facet_count;
    uint8_t derived; /* enum derived */
    struct threshold met, partial;
};

/* How passages come to a score. All nought: the best of each facet, and a little for a second. */
struct summing {
    uint8_t
        fade; /* hundredths: what each further passage of a facet is worth of the one before */
    uint8_t trail;   /* the same, over all passages, for what touches a constraint */
    uint8_t breadth; /* tenths that each facet beyond the first adds to the score */
    uint16_t length; /* words of a document for which the thresholds are meant */
};

struct rubric {
    struct bytes clause; /* "iec81001-5-1:5.3.2" */
    const struct bytes *phrases;
    uint32_t phrase_count;
    /* Names of products, protocols and parts whose mention makes a sentence concrete. */
    struct phrase_set specific;
    /* What stands for somebody or something else than the product under review. */
    struct phrase_set foreign;
    const struct rubric_constraint *constraints;
    uint32_t constraint_count;
    bool
        named; /* full weight only where the clause's file patterns name document or section */
    struct summing sum;
    uint8_t digest[32]; /* SHA-256 of the file's bytes */
};

/* `text` is YAML or JSON and need not outlive the call. MALFORMED: *error is the one line
 * `FILE:LINE: what: expected …`. */
MUST_USE enum status rubric_parse(struct arena *a, struct bytes file_name,
    struct bytes text, struct rubric *out, struct bytes *error);
