/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asked: what a model is asked about: the constraints of a clause and the candidate passages of
 * each, out of the JSON that `holdfast-review clause --json` writes.
 *
 * Promise: no verdict, score, place or document name is in it. Passages: those that were counted
 * first, then those that were not; one text once; printable; at most ASKED_PASSAGES_MAX of at
 * most ASKED_PASSAGE_MAX bytes, a longer one cut at the end of a character.
 */
#pragma once

#include "core/base/secret.h"
#include "core/base/status.h"
#include "review/base/text.h"

enum {
    ASKED_FILE_MAX = 33554432, /* bytes */
    ASKED_CONSTRAINTS_MAX = 64,
    ASKED_PASSAGES_MAX = 8,
    ASKED_PASSAGE_MAX = 2000,
    ASKED_QUESTION_MAX = 4000,
};

struct asked_constraint {
    struct bytes id, question;
    struct bytes passages[ASKED_PASSAGES_MAX];
    uint32_t passage_count;
};

struct asked {
    struct bytes clause;
    struct digest review; /* SHA-256 of the whole JSON */
    struct asked_constraint *at;
    uint32_t count;
};

MUST_USE enum status asked_parse(
    struct arena *a, struct bytes json, struct asked *out, const char **why);
