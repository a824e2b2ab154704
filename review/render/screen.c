/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen: what is shown, what is missing, what to do first. At most 40 lines. */
#include "review/base/printed.h"
#include "review/check/coverage.h"
#include "review/render/clause.h"
#include "review/render/out.h"
#include "review/render/render.h"

enum { LINES = 40, LAST = 2, WORST = 5, REST = 31, NAMED = 3, TITLE = 16 };

static const char *paint(enum severity s, bool colour)
{
    static const char *const codes[] = {"", "\033[33m", "\033[31m", "\033[1;31m"};
    return colour ? codes[s] : "";
}

static struct bytes joined(
    struct arena *a, struct bytes list, const char *by, struct bytes more)
{
    return arena_print(a, "%.*s%s%.*s", (int)list.len, (const char *)list.at,
        list.len ? by : "", (int)more.len, (const char *)more.at);
}

/* A picture of a document, say: whoever waits for its words has to know. */
static struct bytes without_text(struct arena *a, const struct corpus *c, uint32_t none)
{
    struct bytes names = {.at = (const uint8_t *)""};
    for (uint32_t i = 0; i < c->doc_count && none <= NAMED; i++)
        if (!c->docs[i].unit_count)
            names = joined(a, names, ", ", c->docs[i].path);
    return names.len
        ? arena_print(a, " (none in %.*s)", (int)names.len, (const char *)names.at)
        : names;
}

static void head(
    const struct report *r, const struct coverage *c, FILE *out, unsigned width)
{
    struct arena *a = arena_new();
    fputs("holdfast-review of ", out);
    out_text(out, r->product);
    if (r->revision.len) {
        fputs(" at ", out);
        out_text(out, text_upto(r->revision, 12));
    }
    uint32_t all = r->corpus->doc_count, none = 0;
    for (uint32_t i = 0; i < all; i++)
        none += !r->corpus->docs[i].unit_count;
    struct bytes names = without_text(a, r->corpus, none);
    fputc('\n', out);
    out_wrapped(out,
        arena_print(a, "text found in %u of %u files%.*s; %u test results", all - none,
            all, (int)names.len, (const char *)names.at, c->items[ITEM_RESULT]),
        0, 0, width);
    fputs("\n\n", out);
    arena_free(a);
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
}

static void place(const struct report *r, const struct finding *f, FILE *out)
{
    if (f->doc == UNIT_NONE)
        return;
    const struct document *d = &r->corpus->docs[f->doc];
    out_text(out, d->path);
    if (f->line)
        fprintf(out, "%s%u", clause_line_word((enum format)d->format), f->line);
    else if (f->page)
        fprintf(out, ", page %u", f->page);
}

/* --- the clause that is looked at first --- */

/* The best first; the words are those of the report. */
static const struct {
    enum standing standing;
    const char *title, *means; /* means: told below, where there is one */
} rows[] = {
    {STANDING_DEMONSTRATED, "demonstrated", "a test fails without the control"},
    {STANDING_VERIFIED, "verified", "a linked test passed"},
    {STANDING_DESCRIBED, "described", "in words, no linked test passed"},
    {STANDING_TAILORED, "tailored", NULL},
    {STANDING_PARTIAL, "in part", NULL},
    {STANDING_CANNOT_TELL, "look yourself", NULL},
    {STANDING_ABSENT, "missing", NULL},
    {STANDING_ASK, "applies?", "if not, record a decision"},
};

static void clause(const struct clause_page *p, FILE *out, unsigned width)
{
    struct arena *a = arena_new();
    struct bytes legend = {.at = (const uint8_t *)""};
    fputs("\nsecure design: ", out);
    out_text(out, p->clause->standard);
    fputs(", clause ", out);
    out_text(out, p->clause->numbers.at[0]);
    fprintf(out, ", %u constraints\n", p->clause->constraint_count);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        struct bytes names = {.at = (const uint8_t *)""};
        for (uint32_t i = 0; i < p->clause->constraint_count; i++)
            if (p->standings->at[i].standing == rows[k].standing)
                names = joined(a, names, ", ", constraint_name(p->clause, i));
        if (!names.len)
            continue;
        fprintf(out, "  %-*s", TITLE - 2, rows[k].title);
        out_wrapped(out, names, TITLE, TITLE, width);
        fputc('\n', out);
        if (rows[k].means)
            legend = joined(a, legend, "; ",
                arena_print(a, "%s: %s", rows[k].title, rows[k].means));
    }
    if (legend.len) {
        fputs("  (", out);
        out_wrapped(out,
            arena_print(a, "%.*s)", (int)legend.len, (const char *)legend.at), 3, 3,
            width);
        fputc('\n', out);
    }
    arena_free(a);
}

/* --- what to do first --- */

struct doing {
    const struct report *r;
    FILE *out;
    unsigned width;
    bool colour;
    uint32_t told;
    const struct printed *page; /* what `out` holds */
    size_t whole;               /* of it, up to the last thing that fits the screen */
};

/* Whether the next may be told. The first is, however long. */
static bool fits(struct doing *d)
{
    unsigned lines = 0;
    fflush(d->out);
    for (size_t i = 0; i < d->page->len; i++)
        lines += d->page->at[i] == '\n';
    if (lines > LINES - LAST && d->told > 1)
        return false;
    d->whole = d->page->len;
    return d->told < WORST;
}

static void item(struct doing *d, enum severity s, struct bytes title, uint32_t alike)
{
    if (!d->told)
        fputs("\ndo first\n", d->out);
    fprintf(d->out, "  %u %s%-8s%s  ", ++d->told, paint(s, d->colour), severity_name(s),
        d->colour ? "\033[0m" : "");
    struct arena *a = arena_new();
    out_wrapped(d->out,
        alike > 1 ? arena_print(
            a, "%.*s (%u in all)", (int)title.len, (const char *)title.at, alike)
                  : title,
        14, 14, d->width);
    fprintf(d->out, "\n%*s", 14, "");
    arena_free(a);
}

static void finding(struct doing *d, const struct finding *f)
{
    const struct rule *rule = rule_of((enum rule_id)f->rule);
    uint32_t alike = 0;
    for (uint32_t k = 0; k < d->r->findings->count; k++)
        alike +=
            d->r->findings->at[k].rule == f->rule && !d->r->findings->at[k].accepted;
    item(d, (enum severity)f->severity, text_of(rule->title), alike);
    out_text(d->out, text_upto(f->subject, 50));
    fputs("  ", d->out);
    place(d->r, f, d->out);
    fprintf(d->out, "\n%*s", 14, "");
    out_wrapped(d->out, text_of(rule->fix), 14, 14, d->width);
    fputc('\n', d->out);
}

static enum severity severity_of(const struct gap_found *g)
{
    static const uint8_t as[] = {SEVERITY_MINOR, SEVERITY_MAJOR, SEVERITY_CRITICAL};
    return (enum severity)as[g->severity];
}

static const char *how_far(enum standing s)
{
    return s == STANDING_ABSENT ? "not shown"
        : s == STANDING_PARTIAL ? "shown in part only"
                                : "not clear";
}

/* Nobody knows that the gap is there; what is known is that nothing shows the opposite. */
static void gap(struct doing *d, const struct gap_found *g)
{
    const struct clause *c = d->r->clauses[0].clause;
    struct arena *a = arena_new();
    uint32_t i = (uint32_t)__builtin_ctzll(g->of);
    struct bytes name = constraint_name(c, i), text = c->constraints[i].text,
                 id = c->constraints[i].id;
    item(d, severity_of(g),
        arena_print(a, "%s: %.*s (%.*s)",
            how_far((enum standing)d->r->clauses[0].standings->at[i].standing),
            (int)name.len, (const char *)name.at, (int)id.len, (const char *)id.at),
        0);
    out_wrapped(d->out,
        arena_print(a, "Nothing rules out this gap: %.*s. Write down, and test: %.*s",
            (int)g->gap->title.len, (const char *)g->gap->title.at, (int)text.len,
            (const char *)text.at),
        14, 14, d->width);
    fputc('\n', d->out);
    arena_free(a);
}

/* The one thing without which no other can be linked. */
static void no_requirement(struct doing *d)
{
    item(d, SEVERITY_MAJOR, TEXT("no requirement was found"), 0);
    out_wrapped(d->out,
        TEXT(
            "Expected ids like SEC-001 in a table, list or heading, or the prefixes that "
            "holdfast-review.conf names (holdfast-review init writes one)."),
        14, 14, d->width);
    fputc('\n', d->out);
}

/* The worst first; of each rule one, because the second of a kind teaches nothing new. */
static void do_first(struct doing *d, bool requirements)
{
    if (!requirements)
        no_requirement(d);
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_MINOR; s--) {
        uint32_t last_rule = RULE_COUNT;
        for (uint32_t i = 0; i < d->r->findings->count; i++) {
            const struct finding *f = &d->r->findings->at[i];
            if (f->accepted || f->severity != s || f->rule == last_rule)
                continue;
            if (!fits(d))
                return;
            finding(d, f);
            last_rule = f->rule;
        }
        for (uint32_t i = 0;
             d->r->clause_count && i < d->r->clauses[0].answer->gap_count; i++) {
            const struct gap_found *g = &d->r->clauses[0].answer->gaps[i];
            if (g->asks || (int)severity_of(g) != s)
                continue;
            if (!fits(d))
                return;
            gap(d, g);
        }
    }
    fits(d);
}

/* Gaps of the clause are no findings of the project's links: they are counted apart. */
static void gap_sums(const struct clause_page *p, FILE *out)
{
    uint32_t n[GAP_CRITICAL + 1] = {0}, questions = 0;
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        questions += p->answer->gaps[i].asks;
        n[p->answer->gaps[i].severity] += !p->answer->gaps[i].asks;
    }
    fprintf(out,
        "gaps against the clause: %u critical, %u major, %u minor; %u question%s\n",
        n[GAP_CRITICAL], n[GAP_MAJOR], n[GAP_MINOR], questions,
        questions == 1 ? "" : "s");
}

void render_screen(const struct report *r, FILE *screen, unsigned width, bool colour)
{
    struct coverage c = coverage_of(r->model);
    struct arena *a = arena_new();
    struct printed page;
    uint32_t accepted = 0;
    for (uint32_t i = 0; i < r->findings->count; i++)
        accepted += r->findings->at[i].accepted;
    printed_begin(&page);
    FILE *out = page.out;
    head(r, &c, out, width);
    sums(&c, out, width);
    if (r->clause_count)
        clause(r->clauses, out, width);
    fprintf(out, "\nfindings: %u critical, %u major, %u minor, %u notes; %u accepted\n",
        r->findings->by_severity[SEVERITY_CRITICAL],
        r->findings->by_severity[SEVERITY_MAJOR],
        r->findings->by_severity[SEVERITY_MINOR],
        r->findings->by_severity[SEVERITY_NOTE], accepted);
    if (r->clause_count)
        gap_sums(r->clauses, out);
    struct doing d = {
        .r = r, .out = out, .width = width, .colour = colour, .page = &page};
    do_first(&d, c.requirements > 0);
    out_text(screen, text_upto(printed_end(&page, a), d.whole));
    if (d.told)
        fputs("\nall of them, with their places: holdfast-review report --output DIR\n",
            screen);
    arena_free(a);
}
