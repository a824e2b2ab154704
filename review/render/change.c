/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/change_page.h"
#include "review/render/out.h"

#include <string.h>

enum { ALIKE = 3, EACH = 4, NAMED = 3, COLUMN = 10, WHAT = 26 };
enum { NARROWEST = 14, WIDEST = 36 }; /* of the first of two columns */

static void place(const struct change_page *p, const struct finding *f, FILE *out)
{
    if (f->doc == UNIT_NONE)
        return;
    fputs(" (", out);
    out_text(out, p->after->corpus->docs[f->doc].path);
    if (f->line)
        fprintf(out, ":%u", f->line);
    else if (f->page)
        fprintf(out, ", page %u", f->page);
    putc(')', out);
}

static unsigned place_columns(const struct change_page *p, const struct finding *f)
{
    if (f->doc == UNIT_NONE)
        return 0;
    char number[32] = "";
    if (f->line || f->page)
        snprintf(number, sizeof number, f->line ? ":%u" : ", page %u",
            f->line ? f->line : f->page);
    return out_columns(p->after->corpus->docs[f->doc].path) + (unsigned)strlen(number)
        + 3;
}

static const char *paint(enum severity s, bool colour)
{
    static const char *const codes[] = {"", "\033[33m", "\033[31m", "\033[1;31m"};
    return colour ? codes[s] : "";
}

static void one_finding(
    const struct change_page *p, const struct finding *f, FILE *out, unsigned width)
{
    fprintf(out, "%*s", COLUMN, "");
    out_text(out, f->subject);
    place(p, f, out);
    unsigned at = COLUMN + out_columns(f->subject) + place_columns(p, f);
    if (at + 20 > width) { /* a long path: what is said gets a line of its own */
        fprintf(out, "\n%*s", COLUMN + 2, "");
        at = COLUMN + 2;
    } else {
        fputs(": ", out);
        at += 2;
    }
    out_wrapped(out, f->says, at, COLUMN + 2, width);
    putc('\n', out);
    if (f->fix_in.len && !f->accepted) {
        fprintf(out, "%*sin ", COLUMN + 2, "");
        out_text(out, f->fix_in);
        putc('\n', out);
    }
    fprintf(out, "%*s%s\n", COLUMN + 2, "", f->id);
}

static void accepted_by(
    const struct change_page *p, const struct finding *f, FILE *out, unsigned width)
{
    struct arena *a = arena_new();
    fprintf(out, "%*s", COLUMN + 2, "");
    out_wrapped(out, decision_says(a, &p->after->items[f->decision]), COLUMN + 2,
        COLUMN + 2, width);
    putc('\n', out);
    arena_free(a);
}

struct shown { /* which findings, and how */
    bool accepted;
    bool colour;
    unsigned width;
};

static void rule_line(const struct finding *f, FILE *out, const struct shown *how)
{
    enum severity s = (enum severity)f->severity;
    const char *label = how->accepted ? "accepted" : severity_name(s);
    fprintf(out, "%s%-*s%s", how->accepted ? "" : paint(s, how->colour), COLUMN, label,
        how->colour && !how->accepted ? "\033[0m" : "");
    out_wrapped(out, text_of(rule_of((enum rule_id)f->rule)->title), COLUMN, COLUMN,
        how->width);
    putc('\n', out);
}

/* The findings of one rule from `i` on, as far as they are shown; the next of another. */
static uint32_t one_rule(
    const struct change_page *p, uint32_t i, FILE *out, const struct shown *how)
{
    const struct findings *all = &p->change->broken;
    const struct finding *first = &all->at[i];
    uint32_t there = 0;
    for (; i < all->count && all->at[i].rule == first->rule
         && all->at[i].severity == first->severity;
         i++) {
        if (all->at[i].accepted != how->accepted)
            continue;
        if (there++ == 0)
            rule_line(first, out, how);
        if (there > ALIKE)
            continue;
        one_finding(p, &all->at[i], out, how->width);
        if (how->accepted)
            accepted_by(p, &all->at[i], out, how->width);
    }
    if (there > ALIKE)
        fprintf(out, "%*sand %u more\n", COLUMN, "", there - ALIKE);
    if (there && !how->accepted) {
        fprintf(out, "%*s-> ", COLUMN, "");
        out_wrapped(out, text_of(rule_of((enum rule_id)first->rule)->fix), COLUMN + 3,
            COLUMN + 3, how->width);
        putc('\n', out);
    }
    return i;
}

/* Findings of one rule stand together. */
static void findings(const struct change_page *p, FILE *out, const struct shown *how)
{
    for (uint32_t i = 0; i < p->change->broken.count;)
        i = one_rule(p, i, out, how);
}

static void verdict(const struct change_page *p, FILE *out, bool colour)
{
    const struct findings *f = &p->change->broken;
    uint32_t open = 0;
    fprintf(out, "%s%s%s  ",
        !colour             ? ""
            : p->change->go ? "\033[1;32m"
                            : "\033[1;31m",
        p->change->go ? "GO" : "NO-GO", colour ? "\033[0m" : "");
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_NOTE; s--) {
        if (!f->by_severity[s])
            continue;
        fprintf(out, "%s%u %s", open ? ", " : "", f->by_severity[s],
            severity_name((enum severity)s));
        open += f->by_severity[s];
    }
    if (open)
        fprintf(out, " broken by this change (no-go from %s)", p->fail_on);
    else
        fputs("this change breaks nothing that was in order", out);
    if (f->count > open)
        fprintf(
            out, open ? "; %u accepted" : " but what is accepted: %u", f->count - open);
    putc('\n', out);
}

struct bytes change_called(const struct change_page *p, const struct change_item *c)
{
    const struct item *i = c->after != ITEM_NONE ? &p->after->items[c->after]
                                                 : &p->before->items[c->before];
    return i->kind == ITEM_COMPONENT && i->title.len ? i->title : i->id;
}

static void named(
    const struct change_page *p, uint32_t from, uint32_t to, FILE *out, unsigned width)
{
    unsigned at = 50;
    uint32_t n = 0;
    for (uint32_t i = from; i < to && n < NAMED; i++, n++) {
        struct bytes id = change_called(p, &p->change->items[i]);
        if (n && at + out_columns(id) + 12 > width)
            break;
        fputs(n ? ", " : "  ", out);
        out_text(out, id);
        at += out_columns(id) + 2;
    }
    if (to - from > n)
        fprintf(out, " …");
}

static void changes(const struct change_page *p, FILE *out, unsigned width)
{
    const struct change *c = p->change;
    fprintf(out, "\n%-*s%6s%6s%6s%6s\n", WHAT, "what changed", "new", "gone", "text",
        "links");
    for (uint32_t from = 0, to; from < c->item_count; from = to) {
        uint32_t counts[CHANGE_KINDS] = {0};
        for (to = from;
             to < c->item_count && c->items[to].item_kind == c->items[from].item_kind;
             to++)
            counts[c->items[to].kind]++;
        fprintf(out, "  %-*s", WHAT - 2,
            item_kind_name((enum item_kind)c->items[from].item_kind));
        for (size_t k = 0; k < CHANGE_KINDS; k++)
            if (counts[k])
                fprintf(out, "%6u", counts[k]);
            else
                fprintf(out, "%6s", ".");
        named(p, from, to, out, width);
        putc('\n', out);
    }
    fprintf(out, "  files: %u new, %u gone, %u changed; results: %u, were %u\n",
        c->files_new, c->files_gone, c->files_changed, c->results_after,
        c->results_before);
}

/* Two columns; what is too wide for the first gets a line of its own. */
static void listed(struct bytes what, struct bytes why, unsigned indent,
    unsigned column, FILE *out, unsigned width)
{
    fprintf(out, "%*s", (int)indent, "");
    out_text(out, what);
    unsigned at = indent + out_columns(what);
    if (at + 2 > column) {
        fprintf(out, "\n%*s", (int)column, "");
        at = column;
    }
    fprintf(out, "%*s", (int)(column - at), "");
    out_wrapped(out, why, column, column, width);
    putc('\n', out);
}

static unsigned wider(unsigned column, unsigned indent, struct bytes what)
{
    unsigned end = indent + out_columns(what) + 2;
    return end > column && end <= WIDEST ? end : column;
}

static void reopens(const struct change_page *p, FILE *out, unsigned width)
{
    const struct change *c = p->change;
    if (!c->reopened_count)
        return;
    fputs("\nwhat it re-opens\n", out);
    for (uint32_t from = 0, to; from < c->reopened_count; from = to) {
        for (to = from;
             to < c->reopened_count && c->reopened[to].kind == c->reopened[from].kind;
             to++)
            ;
        fprintf(out, "  %s: %u\n", reopen_name((enum reopen)c->reopened[from].kind),
            to - from);
        unsigned column = NARROWEST;
        for (uint32_t i = from; i < to && i < from + EACH; i++)
            column = wider(column, 4, c->reopened[i].what);
        for (uint32_t i = from; i < to && i < from + EACH; i++)
            listed(c->reopened[i].what, c->reopened[i].why, 4, column, out, width);
        if (to - from > EACH)
            fprintf(out, "    and %u more (--json lists all)\n", to - from - EACH);
    }
}

void render_change(const struct change_page *p, FILE *out, unsigned width, bool colour)
{
    const struct change *c = p->change;
    fputs("holdfast-review change  ", out);
    out_text(out, p->product);
    fputs("\nfrom ", out);
    out_text(out, p->before_name);
    fputs(" to ", out);
    out_text(out, p->after_name);
    fputs("\n\n", out);
    verdict(p, out, colour);
    findings(p, out, &(struct shown){false, colour, width});
    findings(p, out, &(struct shown){true, colour, width});
    changes(p, out, width);
    reopens(p, out, width);
    if (c->question_count)
        fputs("\nis it significant? (a draft: a person answers)\n", out);
    for (uint32_t i = 0; i < c->question_count; i++) {
        fprintf(out, "  %u. ", i + 1);
        out_wrapped(out, c->questions[i], 5, 5, width);
        putc('\n', out);
    }
    if (c->signer_count)
        fputs("\nwho must sign\n", out);
    unsigned column = NARROWEST;
    for (uint32_t i = 0; i < c->signer_count; i++)
        column = wider(column, 2, c->signers[i].who);
    for (uint32_t i = 0; i < c->signer_count; i++)
        listed(c->signers[i].who, c->signers[i].why, 2, column, out, width);
}
