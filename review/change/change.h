/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Change: two models become one page: what the change re-opens, go or no-go, who must sign.
 *
 * Significance is asked, never decided: the questions are a draft for a person. Only what the
 * change itself broke counts; a fault that was there before is not held against it.
 */
#pragma once

#include "review/check/finding.h"

enum change_kind { CHANGE_NEW, CHANGE_GONE, CHANGE_TEXT, CHANGE_LINKS };

struct change_item {
    uint8_t kind;           /* enum change_kind */
    uint32_t before, after; /* items in the two models, or ITEM_NONE */
};

enum reopen {
    REOPEN_REQUIREMENT,
    REOPEN_CONTROL,
    REOPEN_HAZARD,
    REOPEN_TEST,
    REOPEN_DOCUMENT,
    REOPEN_KINDS
};

struct reopened {
    uint8_t kind;      /* enum reopen */
    struct bytes what; /* id or path */
    struct bytes why;  /* "SEC-002 changed, which it verifies" */
};

struct change {
    struct change_item *items;
    uint32_t item_count;
    struct reopened *reopened;
    uint32_t reopened_count;
    struct findings
        broken; /* gate findings and new trace findings, rules GATE-… and others */
    struct bytes *questions; /* of significance */
    uint32_t question_count;
    struct bytes *signers; /* roles, and owners from CODEOWNERS where there is one */
    uint32_t signer_count;
    bool go;
};

void change_judge(struct arena *a, const struct rules *rules,
    const struct model *before, const struct findings *before_findings,
    const struct model *after, const struct findings *after_findings,
    struct change *out);
