/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clause: the review of one clause as bytes, for two readers: the team (one screen), and the
 * auditor (table on page one, then what is open, who decided, and every passage). Same input,
 * same bytes, as in render.h; words of a report are "found" and "not found", never more.
 */
#pragma once

#include "review/clause/answer.h"
#include "review/opinion/opinion.h"

#include <stdio.h>

struct clause_page {
    const struct said *said;
    const struct judged *judged;
    const struct model *model;
    const struct findings *findings;   /* contradictions among them */
    const struct catalogue *catalogue; /* or NULL: columns have no titles */
    const struct clause *clause;
    const struct standings *standings;
    const struct answer *answer;
    struct bytes product, revision;  /* revision may be empty */
    const uint8_t *catalogue_digest; /* 32 bytes */
    bool in_report;                  /* index.html lies beside it */
    int64_t as_of_s;                 /* the day of the review; 0: unknown */
    const struct opinions *opinions; /* a model's, about this very review; or NULL */
};

/* --- for the team --- */
void render_judged_screen(
    struct arena *a, const struct clause_page *p, FILE *out, unsigned width);
/* One constraint with every passage and the rules that fired. */
void render_judged_constraint(struct arena *a, const struct clause_page *p,
    uint32_t constraint, FILE *out, unsigned width);

/* --- for the auditor --- */
void render_judged_html(struct arena *a, const struct clause_page *p, FILE *out);
void render_judged_markdown(struct arena *a, const struct clause_page *p, FILE *out);
void render_judged_csv(struct arena *a, const struct clause_page *p, FILE *out);

/* --- for programs --- */
/* One JSON text, schema review/render/clause.schema.json. */
void render_judged_json(const struct clause_page *p, FILE *out);
/* OSCAL 1.1.2 assessment results: a finding for each constraint. */
void render_judged_oscal(struct arena *a, const struct clause_page *p, FILE *out);
/* The argument as a picture (SVG), by the symbols of GSN. */
void render_judged_gsn(struct arena *a, const struct clause_page *p, FILE *out);
/* SARIF 2.1.0: gaps as results. */
void render_judged_sarif(const struct clause_page *p, FILE *out);

/* --- what they share (clause_row.c) --- */
/* What stands between path and line: a paragraph of a Word file is no line. */
const char *clause_line_word(enum format f);
struct bytes clause_place(struct arena *a, const struct clause_page *p,
    const struct passage *g); /* "path:12-14", "path, page 3" */
/* The path of headings, the last two of them. */
struct bytes clause_section(
    struct arena *a, const struct clause_page *p, const struct passage *g);
struct bytes constraint_name(const struct clause *c, uint32_t constraint);
/* "HF-SEC-001 demonstrated, HF-SEC-002 verified 2026-11-28", the first few. */
struct bytes clause_proofs(
    struct arena *a, const struct clause_page *p, const struct standing_of *s);
/* What a model said of the constraint (clause_opinion.c): "second opinion (MODEL): partial,
 * quotes “…”"; empty where none is shown. */
struct bytes clause_opinion(
    struct arena *a, const struct clause_page *p, uint32_t constraint);
/* Whose they are, and that they change nothing; empty where none is shown. */
struct bytes clause_opinion_note(struct arena *a, const struct clause_page *p);
/* What stands in the columns of one constraint, in every form alike. */
struct clause_row {
    struct bytes id, name, standing, place, section, quotation, proofs;
};
struct clause_row clause_row(
    struct arena *a, const struct clause_page *p, uint32_t constraint);
/* The file of a report that holds the clause: "clause-iec81001-5-1-5.3.2.html". */
const char *clause_file_name(
    struct arena *a, const struct clause *c, const char *ending);
const char *report_file_name(
    struct arena *a, const char *what, struct bytes id, const char *ending);
