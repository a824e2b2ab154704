/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run: from a folder (or one commit of it) to findings, for every verb alike.
 *
 * tree -> corpus -> model -> findings. The configuration is holdfast-review.conf in the folder,
 * or what --config names; without one everything has a default.
 */
#pragma once

#include "host/cli.h"
#include "review/catalogue/library.h"
#include "review/check/finding.h"
#include "review/read/read.h"

struct run {
    struct arena *a;
    struct rules rules;
    struct tree tree;
    struct corpus corpus;
    struct model model;
    struct findings findings;
    struct bytes product, revision;
};

struct run_ask {
    struct reading *reading;
    const char *path;     /* folder or file */
    const char *config;   /* or NULL */
    const char *revision; /* or NULL: what lies in the folder */
    const char *as_of;    /* or NULL: the day of the newest change */
};

/* EXIT_DONE, or the exit code after its one line was written. */
enum exit_code run_review(const struct run_ask *ask, struct run *out);
/*
 * Its three steps, for who compares two runs. Opening may start a process and goes first, one
 * run after the other; reading and judging touch nothing but their own run and `reading`, so
 * that two runs may do so at once.
 */
enum exit_code run_open(const struct run_ask *ask, struct run *out);
/* Its first half: the configuration alone, for who looks at no document. */
enum exit_code run_configure(const struct run_ask *ask, struct run *out);
enum exit_code run_read(const struct run_ask *ask, struct run *r);
void run_judge(struct run *r);
void run_end(struct run *r);
/* The catalogue with what the configuration adds to it, of a configured run; to library_free(). */
enum exit_code run_library(
    const struct run_ask *ask, struct run *r, struct library *out);
/* What the findings mean for the exit code: fail_on is a severity's name or "never". */
enum exit_code run_verdict(const struct run *r, const char *fail_on);
