/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questionnaire: what was found, in the order of those who ask and not of the clause, so that it
 * can be copied into the answer column of their form.
 *
 * A question's answers are the constraints that the catalogue names for it: what stands, where,
 * and the first quotation. Constraints that were reviewed and that no question asks for follow at
 * the end, so that nothing is lost by the other order.
 *
 * Not here: the verdicts (review/clause), the order itself (catalogue/reference.yaml).
 */
#pragma once

#include "review/render/clause.h"

struct questionnaire_page {
    const struct questionnaire *asked;
    const struct clause_page
        *clauses; /* reviewed; an answer of another one is "not reviewed" */
    uint32_t clause_count;
};

void render_asked_html(struct arena *a, const struct questionnaire_page *p, FILE *out);
void render_asked_markdown(
    struct arena *a, const struct questionnaire_page *p, FILE *out);
void render_asked_csv(struct arena *a, const struct questionnaire_page *p, FILE *out);
/* "questionnaire-ig-nb.html" */
const char *questionnaire_file_name(
    struct arena *a, const struct questionnaire *q, const char *ending);
