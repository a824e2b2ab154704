/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Role: what kind of document it is, and so how much it can say of a product.
 *
 * Told from what the document is made of (how many of its statements ask, plan, advise, are to
 * be filled in, speak of standards and auditors) and only then from its name: a file named
 * "template" that is filled in is none. Words, shares and the order of rules are role.def.
 *
 * Promise: the same documents have the same roles; the rule that decided and its counts are
 * kept; what a document is does not depend on the others.
 *
 * Not here: how a statement is meant (modality), what follows for a verdict (judge).
 */
#pragma once

#include "review/clause/modality.h"

enum role {
#define ROLE(name, ceiling, says) ROLE_##name,
#include "review/clause/role.def"
    ROLES
};

/* The most that a document of a role can be for a constraint. */
enum ceiling { CEILING_ABSENT, CEILING_PARTIAL, CEILING_MET };

struct role_rule {
    const char *name; /* "placeholders" */
    const char *says; /* "so much of it is still to be filled in" */
    uint8_t role;
};

struct role_told {
    uint8_t role;         /* enum role */
    uint32_t counted, of; /* of so many statements so many were what the rule counts */
    const struct role_rule *rule;
};

/* Of each document of the corpus. Rows and meant as in modality.h. */
struct role_told *roles_of(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, const struct words *rows, const struct meant *meant);
const char *role_name(enum role r); /* "a template" */
enum ceiling role_ceiling(enum role r);
/* "a template: so much of it is still to be filled in (67 of 230; placeholders)" */
struct bytes role_why(struct arena *a, const struct role_told *told);
