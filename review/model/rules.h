/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: how a team writes its ids, from `holdfast-review.conf` or from what everybody does.
 *
 * Without a file: an id is capital letters, digits and single hyphens, ending in a number
 * (SEC-001, XY-SEC-001, SRS-12); its kind comes from the field or column it
 * stands in, the list or heading it stands under, its prefix, and last its wording ("shall").
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum {
    RULES_PREFIXES = 64,
    RULES_PRODUCTS = 16,
    RULES_LEAVE_OUT = 32,
    RULES_TAKE_IN = 16
};

struct rules {
    struct rules_prefix {
        struct bytes prefix; /* "HF-SEC" */
        uint8_t kind;        /* enum item_kind */
        bool security;
    } prefix[RULES_PREFIXES];
    uint32_t prefix_count;
    struct bytes
        product[RULES_PRODUCTS]; /* nouns of the product: device, firmware, cloud */
    uint32_t product_count;
    const char *leave_out[RULES_LEAVE_OUT + 1]; /* NULL-ended path patterns */
    const char *take_in[RULES_TAKE_IN + 1]; /* NULL-ended folders: results, mostly */
    struct bytes catalogue; /* folder of the team's own clauses, or empty */
    int64_t
        as_of_s; /* judged on this day: --as-of, else the newest change in the tree */
    uint32_t fresh_days; /* a result older than this is stale by itself; 0: never */
};

void rules_default(struct rules *r);
/* MALFORMED: *error is the one line `FILE:LINE: what: expected …`. Texts live in the arena. */
MUST_USE enum status rules_parse(struct arena *a, struct bytes file_name,
    struct bytes text, struct rules *r, struct bytes *error);
