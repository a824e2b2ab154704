/* SPDX-License-Identifier: Apache-2.0 */
/* clause: what the documents say against one clause; and why, for one of its constraints. */
#include "review/main/clause_run.h"
#include "review/main/second.h"
#include "review/main/verbs.h"

#include <string.h>

static enum exit_code start(struct run *r, const struct library *l, const char *name)
{
    if (strcmp(name, "all") == 0 || strchr(name, ','))
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, name, "one clause; report --clause writes several");
    if (r->corpus.unit_count == 0)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, NULL, 0, "nothing could be read", "documents with text");
    return run_clauses(r, l, name, NULL);
}

/* false: no such form. */
static bool render(
    struct arena *a, const struct clause_page *page, const char *format, unsigned width)
{
    if (strcmp(format, "json") == 0)
        render_judged_json(page, stdout);
    else if (strcmp(format, "html") == 0)
        render_judged_html(a, page, stdout);
    else if (strcmp(format, "markdown") == 0)
        render_judged_markdown(a, page, stdout);
    else if (strcmp(format, "csv") == 0)
        render_judged_csv(a, page, stdout);
    else if (strcmp(format, "sarif") == 0)
        render_judged_sarif(page, stdout);
    else if (strcmp(format, "oscal") == 0)
        render_judged_oscal(a, page, stdout);
    else if (strcmp(format, "gsn") == 0)
        render_judged_gsn(a, page, stdout);
    else if (strcmp(format, "screen") == 0)
        render_judged_screen(a, page, stdout, width);
    else
        return false;
    return true;
}

/* What its gaps mean for the exit code; a question whether a group applies counts as a note. */
static enum exit_code gaps_verdict(const struct clause_page *page, const char *fail_on)
{
    static const uint8_t severities[] = {
        [GAP_MINOR] = SEVERITY_MINOR,
        [GAP_MAJOR] = SEVERITY_MAJOR,
        [GAP_CRITICAL] = SEVERITY_CRITICAL,
    };
    uint8_t least;
    run_threshold(text_of(fail_on), &least);
    for (uint32_t i = 0; i < page->answer->gap_count; i++) {
        const struct gap_found *g = &page->answer->gaps[i];
        if ((g->asks ? SEVERITY_NOTE : severities[g->severity]) >= least)
            return EXIT_NO;
    }
    return EXIT_DONE;
}

enum exit_code verb_clause(struct run *r, const struct library *l, const char *name,
    const char *format, const char *fail_on, unsigned width, const char *opinion)
{
    enum exit_code code = start(r, l, name);
    if (code == EXIT_DONE)
        second_opinion(r, opinion);
    if (code == EXIT_DONE && !render(r->a, &r->clauses[0], format, width))
        code = (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, "--format",
            "screen, json, html, markdown, csv, sarif, oscal or gsn");
    return code == EXIT_DONE ? gaps_verdict(&r->clauses[0], fail_on) : code;
}

/* Ends in "-C" and two digits; a finding's id ends in hexadecimal letters. */
bool names_constraint(const char *id)
{
    size_t len = strlen(id);
    const char *end = id + len;
    return len > 4 && end[-4] == '-' && end[-3] == 'C' && end[-2] >= '0'
        && end[-2] <= '9' && end[-1] >= '0' && end[-1] <= '9';
}

enum exit_code verb_why_constraint(
    struct run *r, const struct library *l, const char *id, unsigned width)
{
    uint32_t k = 0;
    while (k < clause_count(&l->catalogue)
        && constraint_find(clause_at(&l->catalogue, k), text_of(id)) == CATALOGUE_NONE)
        k++;
    if (k == clause_count(&l->catalogue))
        return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, id,
            "a constraint of a clause of the catalogue, like 5.3.2-C07");
    enum exit_code code =
        start(r, l, (const char *)arena_copy(r->a, clause_at(&l->catalogue, k)->id).at);
    if (code != EXIT_DONE)
        return code;
    uint32_t i = rubric_index(r->clauses[0].judged, text_of(id));
    if (i == UINT32_MAX)
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, id, "a constraint that is judged by content");
    render_judged_constraint(r->a, &r->clauses[0], i, stdout, width);
    return EXIT_DONE;
}
