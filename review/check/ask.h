/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ask: the eight questions of a reality check, answered from the evidence or with "not shown".
 *
 * An answer points: every line of it names an item or a finding with its place. What nobody
 * shows is said, never guessed.
 */
#pragma once

#include "review/check/coverage.h"

enum { QUESTIONS = 8 };

enum answer { ANSWER_SHOWN, ANSWER_PARTLY, ANSWER_NOT_SHOWN };

struct asked {
    const char *question;
    enum answer answer;
    struct bytes says; /* one sentence with numbers */
    struct list lines; /* struct bytes: pointers, at most ASK_LINES of them */
};
enum { ASK_LINES = 40 };

/* number from 1 to QUESTIONS; free the lines with list_free. */
struct asked ask_question(
    struct arena *a, const struct model *m, const struct findings *f, unsigned number);
const char *answer_name(enum answer x);
