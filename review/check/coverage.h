/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage: what is shown for one requirement, and the sums of a project. The row of the
 * traceability matrix and the first screen are both made of it, so that they cannot differ.
 */
#pragma once

#include "review/check/groups.h"

enum shown {
    SHOWN_NOTHING,  /* no design, no verification */
    SHOWN_DESIGN,   /* a design output, no passed result */
    SHOWN_VERIFIED, /* a passed result; design or not is in `designs` */
    SHOWN_DEMONSTRATED,
    SHOWN_FAILED, /* some result failed */
};

struct row {
    uint32_t requirement; /* item */
    uint32_t designs, code, cases, threats, hazards, boundaries, parents, children;
    struct verified verified;
    enum ladder ladder;
    enum shown shown;
};

struct row row_of(const struct model *m, uint32_t requirement);
const char *shown_name(enum shown s);

struct coverage {
    uint32_t items[ITEM_KINDS];
    uint32_t requirements, designed, verified, demonstrated,
        failed; /* leaves: no children */
    uint32_t security, security_verified;
    uint32_t threats_open, controls_demonstrated;
    uint32_t results_passed, results_failed, results_skipped, results_manual;
};

struct coverage coverage_of(const struct model *m);
