/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs: what a person can ask of the reviewer; each gets a finished run.
 */
#pragma once

#include "review/change/change.h"
#include "review/main/run.h"
#include "review/render/render.h"

struct report report_of(const struct run *r);
enum exit_code verb_report(
    const struct run *r, const char *folder, const char *formats);
/* The findings are the run's own, or those of a change that leads to it. */
enum exit_code verb_why(const struct run *r, const struct findings *f, const char *id);
/* The one line about an id that none of them has. */
enum exit_code no_finding(
    const struct run *r, const struct findings *f, const char *id);
struct accept_ask {
    const char *root; /* folder whose decisions it is written to */
    const char *id, *reason, *until, *by, *today;
};
enum exit_code verb_accept(
    const struct run *r, const struct findings *f, const struct accept_ask *ask);
enum exit_code verb_trace(const struct run *r, const char *id);
enum exit_code verb_init(const char *root);
enum exit_code verb_rules(void);
/* number 0: all of them. EXIT_NO when one is not shown at all. */
enum exit_code verb_ask(const struct run *r, unsigned number);
/* Each row of a table with columns `id` and `text`: testable or vague. */
enum exit_code verb_wording(const struct run *r, bool json);

/* EXIT_NO: lint has something to say. */
enum exit_code verb_catalogue_list(const struct library *l, bool json);
enum exit_code verb_catalogue_show(
    struct run *r, const struct library *l, const char *name, bool json);
/* corpus: folder of labels.tsv and the documents that a rubric is measured by, or NULL. */
enum exit_code verb_catalogue_lint(const struct run_ask *ask, struct run *r,
    const struct library *l, const char *corpus, bool json);
/* What the documents say against one clause. */
/* format: screen, json, html, markdown, csv, sarif, oscal, gsn; fail_on: a severity of its gaps;
 * opinion: a file to be shown beside it, or NULL. */
enum exit_code verb_clause(struct run *r, const struct library *l, const char *name,
    const char *format, const char *fail_on, unsigned width, const char *opinion);
/* "5.3.2-C07": a constraint and not a finding. */
bool names_constraint(const char *id);
enum exit_code verb_why_constraint(
    struct run *r, const struct library *l, const char *id, unsigned width);

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

/* One side of the comparison. */
struct side {
    struct run_ask ask;
    struct run run;
    const char *name; /* for errors and for the page */
    enum exit_code code;
};

/* Both sides as they were read and judged, and what lies between. */
struct compared {
    struct reading *second;
    struct side before, after;
    struct change change;
};
/* EXIT_DONE, or the exit code after its one line was written; change_end() it in any case. */
enum exit_code change_open(const struct change_run *c, struct compared *out);
void change_end(struct compared *c);

struct pack_ask {
    const char *output, *fail_on;
    const char *key; /* file of a private key, or NULL: unsigned */
    bool without_documents;
};
enum exit_code verb_pack(const struct run *r, const struct pack_ask *ask);
/* One signature more, into `output`. */
enum exit_code verb_sign(const char *pack, const char *key, const char *output);
enum exit_code verb_key_new(const char *path);

struct verify_ask {
    struct reading *reading;
    struct progress *progress; /* or NULL */
    const char *pack;
    const char *key;     /* file of a public key, or NULL: signatures are not checked */
    const char *against; /* folder with the documents as they are now, or NULL */
};
/*
 * EXIT_DONE: the pack is whole and a second review has the same verdicts. EXIT_NO: it has not,
 * or documents have changed since. EXIT_ENVIRONMENT: there was nothing to review a second time.
 * EXIT_INTERNAL: the pack is not what was packed.
 */
enum exit_code verb_verify(const struct verify_ask *ask);
