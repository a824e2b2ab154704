/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Change: two models become one page: what the change re-opens, go or no-go, who must sign.
 *
 * Promise: only what the change itself broke counts; a fault that was there before is not held
 * against it. Significance is asked, never decided: the questions are a draft for a person.
 * The same two models give the same page, whatever the order of their files. Time grows as
 * n log n with the number of items.
 *
 * Not here: reading the two sides (review/main), how the page looks (review/render).
 */
#pragma once

#include "review/check/finding.h"

enum change_kind { CHANGE_NEW, CHANGE_GONE, CHANGE_TEXT, CHANGE_LINKS, CHANGE_KINDS };

struct change_item {
    uint8_t kind;           /* enum change_kind */
    uint8_t item_kind;      /* enum item_kind */
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
    struct bytes why;  /* "SEC-002 changed, which VER-002 verifies" */
};

struct signer {
    struct bytes who; /* a role, or an owner of CODEOWNERS */
    struct bytes why;
};

struct change_ask {
    const struct rules *rules; /* both sides are judged on one day */
    const struct model *before, *after;
    const struct findings *before_findings, *after_findings;
    struct bytes owners; /* the text of CODEOWNERS, or empty */
    uint8_t fail_on;     /* enum severity; above SEVERITY_CRITICAL: never no-go */
};

struct change {
    struct change_item *items; /* in order of kind of item, kind of change, id */
    uint32_t item_count;
    uint32_t files_new, files_gone, files_changed;
    uint32_t results_before, results_after;
    struct reopened *reopened; /* in order of kind, what */
    uint32_t reopened_count;
    struct findings broken; /* gate findings (rules GATE-…) and what else is new */
    struct bytes *questions;
    uint32_t question_count;
    struct signer *signers;
    uint32_t signer_count;
    bool go;
};

void change_judge(struct arena *a, const struct change_ask *ask, struct change *out);
const char *change_kind_name(enum change_kind k);
const char *reopen_name(enum reopen k);
