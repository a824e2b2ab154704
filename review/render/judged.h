/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clause: the judgement of one clause as bytes. Same input, same bytes, as in render.h.
 */
#pragma once

#include "review/clause/judge.h"

#include <stdio.h>

struct judged_page {
    const struct said *said;
    const struct judged *judged;
    const struct clause *clause;
    uint8_t catalogue_digest[32]; /* of the files that the clauses were taken from */
};

/* One line or two for each constraint. */
void render_judged(
    struct arena *a, const struct judged_page *p, FILE *out, unsigned width);
/* One constraint with every passage and the rules that fired. */
void render_judged_constraint(struct arena *a, const struct judged_page *p,
    uint32_t constraint, FILE *out, unsigned width);
/* One JSON text, schema review/render/clause.schema.json. */
void render_judged_json(const struct judged_page *p, FILE *out);
