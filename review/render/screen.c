/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen: what is shown, what costs most, where to look. At most 24 lines. */
#include "review/check/coverage.h"
#include "review/render/out.h"
#include "review/render/render.h"

enum { WORST = 5, INDENT = 4, REST = 31 };

static const char *paint(enum severity s, bool colour)
{
    static const char *const codes[] = {"", "\033[33m", "\033[31m", "\033[1;31m"};
    return colour ? codes[s] : "";
}

static void head(const struct report *r, const struct coverage *c, FILE *out)
{
    fputs("holdfast-review  ", out);
    out_text(out, r->product);
    if (r->revision.len) {
        fputs(" at ", out);
        out_text(out, text_upto(r->revision, 12));
    }
    uint32_t read = 0;
    for (uint32_t i = 0; i < r->corpus->doc_count; i++)
        read += r->corpus->docs[i].unit_count > 0;
    fprintf(out, "\n%u documents with evidence, of %u files; %u test results\n\n", read,
        r->corpus->doc_count, c->items[ITEM_RESULT]);
}

static void line(
    FILE *out, unsigned width, const char *what, uint32_t all, const char *rest)
{
    if (!all)
        return;
    fprintf(out, "  %-20s %6u", what, all);
    if (rest[0])
        fprintf(out, "%*s", REST - 29, "");
    out_wrapped(out, text_of(rest), REST, REST, width);
    fputc('\n', out);
}

static void sums(const struct coverage *c, FILE *out, unsigned width)
{
    char rest[160];
    int used = snprintf(rest, sizeof rest,
        "designed %u, verified %u, demonstrated %u, failed %u", c->designed,
        c->verified, c->demonstrated, c->failed);
    uint32_t parents = c->items[ITEM_REQUIREMENT] - c->requirements;
    if (parents)
        snprintf(rest + used, sizeof rest - (size_t)used,
            "; besides %u that others refine", parents);
    line(out, width, "requirements", c->requirements, rest);
    snprintf(rest, sizeof rest, "verified %u", c->security_verified);
    line(out, width, "  of them security", c->security, rest);
    snprintf(rest, sizeof rest, "without mitigation %u", c->threats_open);
    line(out, width, "threats", c->items[ITEM_THREAT], rest);
    line(out, width, "hazardous situations", c->items[ITEM_HAZARD], "");
    snprintf(rest, sizeof rest, "seen to fail without it %u", c->controls_demonstrated);
    line(out, width, "controls", c->items[ITEM_CONTROL], rest);
    snprintf(rest, sizeof rest, "passed %u, failed %u, skipped %u, by hand %u",
        c->results_passed, c->results_failed, c->results_skipped, c->results_manual);
    line(out, width, "results", c->items[ITEM_RESULT], rest);
    line(out, width, "components", c->items[ITEM_COMPONENT], "");
    line(out, width, "credentials", c->items[ITEM_CREDENTIAL], "");
    if (!c->requirements) {
        fputs("  ", out);
        out_wrapped(out,
            TEXT(
                "no requirement was found: expected ids like SEC-001 in a table, list or "
                "heading, or prefixes named in holdfast-review.conf (holdfast-review init "
                "writes one)"),
            2, 2, width);
        fputc('\n', out);
    }
}

static void place(const struct report *r, const struct finding *f, FILE *out)
{
    if (f->doc == UNIT_NONE)
        return;
    out_text(out, r->corpus->docs[f->doc].path);
    if (f->line)
        fprintf(out, ":%u", f->line);
    else if (f->page)
        fprintf(out, ", page %u", f->page);
}

static void worst(const struct report *r, FILE *out, unsigned width, bool colour)
{
    uint32_t told = 0;
    uint32_t last_rule = RULE_COUNT;
    for (uint32_t i = 0; i < r->findings->count && told < WORST; i++) {
        const struct finding *f = &r->findings->at[i];
        if (f->accepted || f->severity < SEVERITY_MINOR || f->rule == last_rule)
            continue; /* one of each rule: the second of a kind teaches nothing new */
        const struct rule *rule = rule_of((enum rule_id)f->rule);
        uint32_t alike = 0;
        for (uint32_t k = i;
             k < r->findings->count && r->findings->at[k].rule == f->rule; k++)
            alike += !r->findings->at[k].accepted;
        fprintf(out, "%s%-8s%s  %s", paint((enum severity)f->severity, colour),
            severity_name((enum severity)f->severity), colour ? "\033[0m" : "",
            rule->title);
        if (alike > 1)
            fprintf(out, " (%u like it)", alike);
        fprintf(out, "\n%*s", INDENT, "");
        out_text(out, text_upto(f->subject, 60));
        fputs("  ", out);
        place(r, f, out);
        fprintf(out, "\n%*s", INDENT, "");
        out_wrapped(out, text_of(rule->fix), INDENT, INDENT, width);
        fputc('\n', out);
        last_rule = f->rule;
        told++;
    }
}

void render_screen(const struct report *r, FILE *out, unsigned width, bool colour)
{
    struct coverage c = coverage_of(r->model);
    uint32_t accepted = 0;
    for (uint32_t i = 0; i < r->findings->count; i++)
        accepted += r->findings->at[i].accepted;
    head(r, &c, out);
    sums(&c, out, width);
    fprintf(out, "\nfindings: %u critical, %u major, %u minor, %u notes; %u accepted\n",
        r->findings->by_severity[SEVERITY_CRITICAL],
        r->findings->by_severity[SEVERITY_MAJOR],
        r->findings->by_severity[SEVERITY_MINOR],
        r->findings->by_severity[SEVERITY_NOTE], accepted);
    worst(r, out, width, colour);
}
