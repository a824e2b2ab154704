/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clause run: the review of clauses over what a run has read; clause, scan, report, pack,
 * verify and why are made of it.
 */
#pragma once

#include "review/catalogue/library.h"
#include "review/main/run.h"
#include "review/render/clause.h"

/*
 * Review these clauses ("first": the one that is asked for where nobody names one; "all"; or
 * names with commas between) over a judged run: r->clauses, in that order. What the documents
 * say is taken apart once. EXIT_DONE, or the exit code after its one line was written. The
 * clauses that `asked` (or NULL) takes its answers from come after those of `names`. The
 * pages live in the run's arena and borrow from `l`.
 */
enum exit_code run_clauses(struct run *r, const struct library *l, const char *names,
    const struct questionnaire *asked);
