/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Render: a judged model as bytes. Same input, same bytes: no clock, no locale, no paths of the
 * machine, everything in a fixed order.
 *
 * Writers write to `out`; several files (paged HTML) go through `page`. Nothing is written
 * anywhere else by the reviewer.
 */
#pragma once

#include "review/check/finding.h"

#include <stdio.h>

struct clause_page;   /* clause.h */
struct questionnaire; /* review/catalogue/catalogue.h */

struct report {
    struct bytes
        product; /* name of the reviewed folder, or what the configuration says */
    struct bytes revision; /* commit, or empty */
    int64_t at_s;          /* 0: no clock in the report */
    const struct corpus *corpus;
    const struct model *model;
    const struct findings *findings;
    const struct clause_page *clauses; /* reviewed ones; the first is on the screen */
    uint32_t clause_count;
    const struct questionnaire *asked; /* answered from them; or NULL */
};

/* Opens `name` below the output folder; the caller closes. NULL: could not. */
struct pages {
    void *ctx;
    FILE *(*page)(void *ctx, const char *name);
};

void render_screen(const struct report *r, FILE *out, unsigned width, bool colour);
void render_json(const struct report *r, FILE *out);
void render_matrix_csv(const struct report *r, FILE *out);
void render_sarif(const struct report *r, FILE *out);
void render_junit(const struct report *r, FILE *out);
void render_trace_dot(const struct report *r, FILE *out);
void render_flow_dot(const struct report *r, FILE *out);
bool render_html(const struct report *r,
    const struct pages *pages); /* index.html, matrix-0001.html, … */

/* "html,csv" or "all": whether these are formats that there are. */
bool render_knows(const char *formats);
/* All files of these formats, by their fixed names. False: one could not be opened or written. */
bool render_files(
    const struct report *r, const char *formats, const struct pages *pages);
