/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups: the rules by subject; each function adds what it finds and looks at nothing but the
 * model. check.c runs them in this order.
 */
#pragma once

#include "review/check/finding.h"

void check_reading(struct judge *j); /* what readers said; nothing read at all */
void check_trace(
    struct judge *j); /* the chain, suspect, orphan, dangling, duplicate, cycle */
void check_ladder(struct judge *j);  /* controls: described, verified, demonstrated */
void check_wording(struct judge *j); /* untestable, compound */
void check_security(
    struct judge *j); /* principles, loss of the cloud, threats, appendix */
void check_credentials(struct judge *j); /* register, and literals in the tree */
/* What is lost when it leaks, under any of the names that registers use; may be empty. */
struct bytes credential_damage(const struct item *credential);
void check_components(struct judge *j); /* register against what is built in */
void check_decisions(
    struct judge *j); /* last: marks what a decision that holds accepts */

/* What came out of a requirement's, control's or case's verification. */
struct verified {
    uint32_t cases; /* verification cases and results that name it */
    uint32_t passed, failed, skipped, manual;
    uint32_t first_failed,
        newest; /* result items, or ITEM_NONE; newest of the passed ones */
    int64_t
        newest_s; /* when the newest passed one ran: its own time, else its file's */
};
struct verified verified_of(const struct model *m, uint32_t item);

enum ladder {
    LADDER_NOWHERE,
    LADDER_IS_DESCRIBED,
    LADDER_IS_VERIFIED,
    LADDER_IS_DEMONSTRATED
};
/* Of a control, or of a requirement by its best controls. */
enum ladder ladder_of(const struct model *m, uint32_t item);
const char *ladder_name(enum ladder l);
