/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs: what a person can ask of the reviewer; each gets a finished run.
 */
#pragma once

#include "review/main/run.h"
#include "review/render/render.h"

struct report report_of(const struct run *r);
enum exit_code verb_report(
    const struct run *r, const char *folder, const char *formats);
enum exit_code verb_why(const struct run *r, const char *id);
enum exit_code verb_accept(const struct run *r, const char *root, const char *id,
    const char *reason, const char *until, const char *by, const char *today);
enum exit_code verb_trace(const struct run *r, const char *id);
enum exit_code verb_init(const char *root);
enum exit_code verb_rules(void);
/* number 0: all of them. EXIT_NO when one is not shown at all. */
enum exit_code verb_ask(const struct run *r, unsigned number);
/* Each row of a table with columns `id` and `text`: testable or vague. */
enum exit_code verb_wording(const struct run *r, bool json);

struct change_run {
    struct run_ask ask; /* what both sides have in common */
    const char *before,
        *after;       /* folders or files; the same one where there is a base */
    const char *base; /* a revision of git, or NULL */
    uint8_t fail_on;  /* enum severity, or more: never */
    bool json, colour;
    unsigned width;
};
enum exit_code verb_change(const struct change_run *c);
