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
#include "review/main/progress.h"
#include "review/read/read.h"

#define RUN_CONFIG "holdfast-review.conf"
#define RUN_AGES   "ages.tsv" /* what a history told (review/model/ages.h) */

/* What decided beside the documents: the configuration, by a name that says nothing of the
 * machine. Whoever lets more decide adds it here, and a pack will hold it. */
struct run_input {
    struct bytes name, text;
};

struct clause_page; /* review/render/clause.h */

struct run {
    struct arena *a;
    struct progress *progress; /* or NULL; who prints is outside of its stages */
    struct list inputs;        /* struct run_input */
    struct rules rules;
    struct tree tree;
    struct corpus corpus;
    struct model model;
    struct findings findings;
    struct bytes product, revision;
    uint32_t first_doc; /* of those that `ask.docs` names; 0: there are no others */
    bool chosen;        /* there are such */
    const struct clause_page *clauses; /* reviewed by run_clauses() */
    uint32_t clause_count;
    const struct questionnaire *asked; /* in whose order the report answers; or NULL */
};

/* A run whose files and inputs are at hand, as a pack holds them. */
struct run_given {
    struct tree tree; /* the run's from here on */
    struct bytes product, revision;
    int64_t as_of_s;
    const struct run_input *inputs;
    uint32_t input_count;
};

struct run_ask {
    struct reading *reading;
    struct progress *progress; /* or NULL */
    const char *path;          /* folder or file; NULL: only `docs` */
    const char *const
        *docs; /* files that are judged, while `path` gives the model only */
    uint32_t doc_count;
    const char *config;   /* or NULL */
    const char *revision; /* or NULL: what lies in the folder */
    const char *as_of;    /* or NULL: the day of the newest change */
    const struct run_given
        *given; /* or NULL; else nothing above but `reading` counts */
    enum {
        AGES_ASKED_FOR,
        AGES_ALL,
        AGES_NONE
    } ages; /* of commits; of other files none */
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
/* Adds the documents that `ask` names to the tree, and says where they begin. */
MUST_USE enum status run_open_docs(
    struct run *r, const struct run_ask *ask, struct bytes *why);
void run_judge(const struct run_ask *ask, struct run *r);
void run_end(struct run *r);
/* The catalogue with what the configuration adds to it, of a configured run; to library_free(). */
enum exit_code run_library(
    const struct run_ask *ask, struct run *r, struct library *out);
/* All that is to be read, as it is now; false: it cannot be, or is more than `max` bytes. */
bool run_read_whole(struct arena *a, int fd, size_t max, struct bytes *out);
/* The severity from which on a finding fails; SEVERITY_CRITICAL + 1 of "never". False: no such word. */
bool run_threshold(struct bytes fail_on, uint8_t *least);
/* What the findings mean for the exit code: fail_on is a word that run_threshold() knows. */
enum exit_code run_verdict(const struct run *r, const char *fail_on);
