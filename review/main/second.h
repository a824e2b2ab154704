/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Second: a model's opinion put beside the review that it was asked about.
 *
 * Only beside that one: the digest in the file is that of the JSON which this run would write,
 * and every quote is looked for once more in the passages of its constraint. Else one line on
 * standard error, and the review is shown as without it. No verdict and no exit code changes
 * either way.
 */
#pragma once

#include "review/main/run.h"

/* After run_clauses(); file may be NULL: nothing happens. */
void second_opinion(struct run *r, const char *file);
