/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/catalogue_page.h"

#include "review/render/json_parts.h"
#include "review/render/out.h"

#include <stdlib.h>

enum { WIDTH = 80, TITLE_AT = 50, LABEL = 12 };

static const struct source *source_at(const struct catalogue *c, size_t i)
{
    return LIST_AT(&c->sources, const struct source, i);
}

static const struct correction *correction_at(const struct catalogue *c, size_t i)
{
    return LIST_AT(&c->corrections, const struct correction, i);
}

static bool is_own(const struct library *l, uint32_t file)
{
    return file >= l->catalogue.settled
        && l->catalogue.settled < l->catalogue.files.count;
}

static uint32_t by_model(const struct clause *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->constraint_count; i++)
        n += c->constraints[i].by == BY_MODEL;
    return n;
}

static const char *judged_word(const struct clause *c)
{
    uint32_t n = by_model(c);
    return n == 0 ? "content" : n == c->constraint_count ? "model" : "both";
}

/* The first `columns` characters, the last an ellipsis where more would follow. */
static void print_cut(FILE *out, struct bytes text, unsigned columns)
{
    if (out_columns(text) <= columns) {
        out_text(out, text);
        return;
    }
    size_t n = 0;
    for (unsigned seen = 0; n < text.len; n++)
        if ((text.at[n] & 0xC0) != 0x80 && ++seen == columns)
            break;
    out_text(out, text_upto(text, n));
    fputs("\xE2\x80\xA6", out);
}

void render_catalogue_list(const struct library *l, FILE *out)
{
    const struct catalogue *c = &l->catalogue;
    uint32_t constraints = 0, model = 0;
    fprintf(out, "%-30s %-6s %3s %-7s%s\n", "clause", "kind", "no", "judged", " title");
    for (uint32_t i = 0; i < clause_count(c); i++) {
        const struct clause *k = clause_at(c, i);
        fprintf(out, "%-30.*s %-6s %3u %-7s%c", (int)k->id.len, (const char *)k->id.at,
            force_name((enum force)k->force), k->constraint_count, judged_word(k),
            is_own(l, k->file) ? '+' : ' ');
        print_cut(out, k->title, WIDTH - TITLE_AT);
        fputc('\n', out);
        constraints += k->constraint_count;
        model += by_model(k);
    }
    fprintf(out,
        "%u clauses, %u constraints: %u judged by content, %u by ids and results\n",
        clause_count(c), constraints, constraints - model, model);
    fprintf(out,
        "%zu corrections of public pages, with the clauses: catalogue show CLAUSE\n",
        c->corrections.count);
}

/* ---- one clause, for people ---- */

static void told(FILE *out, const char *label, struct bytes text)
{
    if (!text.len)
        return;
    fprintf(out, "%-*s", LABEL, label);
    out_wrapped(out, text, LABEL, LABEL, WIDTH);
    fputc('\n', out);
}

static void heading(FILE *out, const char *text)
{
    fprintf(out, "\n%s\n", text);
}

/* Under an entry: "  test      text". */
static void under(FILE *out, const char *label, struct bytes text)
{
    if (!text.len)
        return;
    fprintf(out, "    %-10s", label);
    out_wrapped(out, text, 14, 14, WIDTH);
    fputc('\n', out);
}

/* "5.3.2-C01, 5.3.2-C02" */
static struct bytes ids_of(struct arena *a, const struct clause *c, uint64_t bits)
{
    struct bytes all = {0};
    for (uint32_t i = 0; i < c->constraint_count; i++)
        if (bits >> i & 1)
            all = arena_print(a, "%.*s%s%.*s", (int)all.len,
                all.len ? (const char *)all.at : "", all.len ? ", " : "",
                (int)c->constraints[i].id.len, (const char *)c->constraints[i].id.at);
    return all;
}

static struct bytes joined(struct arena *a, struct texts t)
{
    struct bytes all = {0};
    for (uint32_t i = 0; i < t.count; i++)
        all = arena_print(a, "%.*s%s%.*s", (int)all.len,
            all.len ? (const char *)all.at : "", all.len ? ", " : "", (int)t.at[i].len,
            (const char *)t.at[i].at);
    return all;
}

static struct bytes letters_of(struct arena *a, const struct clause *c, uint32_t bits)
{
    struct bytes all = {0};
    for (uint32_t i = 0; i < c->practice_count; i++)
        if (bits >> i & 1)
            all = arena_print(a, "%.*s%s%.*s", (int)all.len,
                all.len ? (const char *)all.at : "", all.len ? ", " : "",
                (int)c->practices[i].id.len, (const char *)c->practices[i].id.at);
    return all;
}

/* How close it is to the standard, when it counts, who judges it. */
static struct bytes standing_of(
    struct arena *a, const struct clause *c, const struct constraint *m)
{
    static const char *const origins[] = {
        "the clause itself", "a reading of the clause", "added from"};
    struct bytes letters = letters_of(a, c, m->practices);
    return arena_print(a, "%s%s%.*s%s%s%s%.*s", origins[m->origin],
        m->source.len ? " " : "", (int)m->source.len,
        m->source.len ? (const char *)m->source.at : "",
        m->force == FORCE_SHOULD ? "; should" : "",
        m->by == BY_MODEL ? "; judged by the model" : "",
        letters.len ? "; practice " : "", (int)letters.len,
        letters.len ? (const char *)letters.at : "");
}

static void print_constraints(struct arena *a, const struct clause *c, FILE *out)
{
    heading(out, "Constraints");
    for (uint32_t i = 0; i < c->constraint_count; i++) {
        const struct constraint *m = &c->constraints[i];
        fprintf(out, "  %-12.*s", (int)m->id.len, (const char *)m->id.at);
        out_wrapped(
            out, m->text, m->id.len > 12 ? (unsigned)m->id.len + 2 : 14, 14, WIDTH);
        fputc('\n', out);
        under(out, "origin", standing_of(a, c, m));
        if (m->group != CATALOGUE_NONE)
            under(out, "counts if", c->groups[m->group].applies_if);
        under(out, "test", m->test);
    }
}

static void print_practices(const struct clause *c, FILE *out)
{
    if (c->practice_count)
        heading(out, "Practices");
    for (uint32_t i = 0; i < c->practice_count; i++) {
        const struct practice *p = &c->practices[i];
        fprintf(out, "  %-3.*s%.*s\n      ", (int)p->id.len, (const char *)p->id.at,
            (int)p->name.len, (const char *)p->name.at);
        out_wrapped(out, p->text, 6, 6, WIDTH);
        fputc('\n', out);
    }
}

static void print_questions(struct arena *a, const struct clause *c, FILE *out)
{
    heading(out, "Questions");
    for (uint32_t i = 0; i < c->question_count; i++) {
        fputs("  ", out);
        out_wrapped(out, c->questions[i].text, 2, 4, WIDTH);
        fputc('\n', out);
        under(out, "answers", ids_of(a, c, c->questions[i].constraints));
    }
}

static void print_gaps(struct arena *a, const struct clause *c, FILE *out)
{
    heading(out, "Gaps");
    for (uint32_t i = 0; i < c->gap_count; i++) {
        const struct gap *g = &c->gaps[i];
        fprintf(out, "  %-9s ", gap_severity_name((enum gap_severity)g->severity));
        out_wrapped(out, g->title, 12, 12, WIDTH);
        fputc('\n', out);
        under(out, "why", g->why);
        struct bytes when = ids_of(a, c, g->when);
        bool several = (g->when & (g->when - 1)) != 0;
        under(out, "when",
            arena_print(a, "%s%.*s is not shown", several ? "one of " : "",
                (int)when.len, (const char *)when.at));
        under(out, "basis", joined(a, g->basis));
    }
}

static void print_files(const struct clause *c, FILE *out)
{
    if (c->file_count)
        heading(out, "Looked for by path and title");
    for (uint32_t i = 0; i < c->file_count; i++) {
        fprintf(
            out, "  %-8s ", signal_weight_name((enum signal_weight)c->files[i].weight));
        out_text(out, c->files[i].pattern);
        fputc('\n', out);
    }
}

static void print_crosswalk(
    struct arena *a, const struct catalogue *all, const struct clause *c, FILE *out)
{
    if (c->crosswalk_count)
        heading(out, "Crosswalk");
    for (uint32_t i = 0; i < c->crosswalk_count; i++) {
        const struct column *column = column_find(all, c->crosswalk[i].column);
        struct bytes title = column ? column->title : c->crosswalk[i].column;
        struct bytes line = arena_print(a, "%.*s: %.*s", (int)title.len,
            (const char *)title.at, (int)joined(a, c->crosswalk[i].references).len,
            (const char *)joined(a, c->crosswalk[i].references).at);
        fputs("  ", out);
        out_wrapped(out, line, 2, 4, WIDTH);
        fputc('\n', out);
    }
}

static bool about(const struct correction *k, const struct clause *c)
{
    for (uint32_t i = 0; i < k->about.count; i++)
        if (text_same(k->about.at[i], c->id))
            return true;
    return false;
}

static void print_corrections(
    struct arena *a, const struct catalogue *all, const struct clause *c, FILE *out)
{
    bool said = false;
    for (size_t i = 0; i < all->corrections.count; i++) {
        const struct correction *k = correction_at(all, i);
        if (!about(k, c))
            continue;
        if (!said)
            heading(out, "Wrong elsewhere");
        said = true;
        fputs("  ", out);
        out_wrapped(out,
            arena_print(a, "%.*s: \"%.*s\"", (int)k->where.len,
                (const char *)k->where.at, (int)k->says.len, (const char *)k->says.at),
            2, 4, WIDTH);
        fputc('\n', out);
        under(out, "instead", k->finding);
        under(out, "confidence",
            text_of(confidence_name((enum confidence)k->confidence)));
    }
}

/* Sources that the clause names anywhere. */
static bool names(struct texts t, struct bytes id)
{
    for (uint32_t i = 0; i < t.count; i++)
        if (text_same(t.at[i], id))
            return true;
    return false;
}

static bool uses_source(const struct clause *c, struct bytes id)
{
    bool used = names(c->sources, id);
    for (uint32_t i = 0; i < c->constraint_count && !used; i++)
        used = text_same(c->constraints[i].source, id);
    for (uint32_t i = 0; i < c->gap_count && !used; i++)
        used = names(c->gaps[i].basis, id);
    return used;
}

static void print_sources(
    const struct catalogue *all, const struct clause *c, FILE *out)
{
    heading(out, "Sources");
    for (size_t i = 0; i < all->sources.count; i++) {
        const struct source *s = source_at(all, i);
        if (!uses_source(c, s->id))
            continue;
        fprintf(out, "  %-14.*s", (int)s->id.len, (const char *)s->id.at);
        out_wrapped(out, s->title, 16, 16, WIDTH);
        fputc('\n', out);
        under(out, "at", s->at);
        under(out, "gives", s->gives);
    }
}

static void print_head(
    struct arena *a, const struct library *l, const struct clause *c, FILE *out)
{
    fprintf(out, "%.*s  ", (int)c->id.len, (const char *)c->id.at);
    out_wrapped(out, c->title, (unsigned)c->id.len + 2, 2, WIDTH);
    fputs("\n\n", out);
    told(out, "standard",
        arena_print(a, "%.*s, %.*s", (int)c->standard.len, (const char *)c->standard.at,
            (int)joined(a, c->numbers).len, (const char *)joined(a, c->numbers).at));
    told(out, "kind", text_of(force_name((enum force)c->force)));
    told(out, "summary", c->summary);
    told(out, "confidence",
        arena_print(a, "%s%s%.*s", confidence_name((enum confidence)c->confidence),
            c->confidence_note.len ? "; " : "", (int)c->confidence_note.len,
            c->confidence_note.len ? (const char *)c->confidence_note.at : ""));
    told(out, "from", *LIST_AT(&l->catalogue.files, const struct bytes, c->file));
    const struct rubric_file *r = library_rubric_file(l, c->id);
    if (r)
        told(out, "rubric", r->name);
}

void render_clause(const struct library *l, const struct clause *c, FILE *out)
{
    struct arena *a = arena_new();
    print_head(a, l, c, out);
    print_practices(c, out);
    print_constraints(a, c, out);
    print_questions(a, c, out);
    print_gaps(a, c, out);
    print_files(c, out);
    heading(out, "Defence, where all of it is demonstrated");
    under(out, "text", c->defence.text);
    for (uint32_t i = 0; i < c->defence.evidence.count; i++)
        under(out, i ? "" : "evidence", c->defence.evidence.at[i]);
    under(out, "open", c->defence.open_points);
    under(out, "never say", joined(a, c->defence.do_not_say));
    print_crosswalk(a, &l->catalogue, c, out);
    print_corrections(a, &l->catalogue, c, out);
    print_sources(&l->catalogue, c, out);
    arena_free(a);
}

/* ---- JSON ---- */

static void pair_if(FILE *out, const char *lead, struct bytes value)
{
    if (value.len)
        json_pair(out, lead, value);
}

static void texts(FILE *out, const char *lead, struct texts t)
{
    out_words(out, lead);
    fputc('[', out);
    for (uint32_t i = 0; i < t.count; i++)
        json_pair(out, i ? "," : "", t.at[i]);
    fputc(']', out);
}

static const char *next(bool *first)
{
    const char *sign = *first ? "\n{" : ",\n{";
    *first = false;
    return sign;
}

static void bits(FILE *out, const char *lead, const struct clause *c, uint64_t set)
{
    const char *sign = "";
    out_words(out, lead);
    fputc('[', out);
    for (uint32_t i = 0; i < c->constraint_count; i++)
        if (set >> i & 1) {
            json_pair(out, sign, c->constraints[i].id);
            sign = ",";
        }
    fputc(']', out);
}

void render_catalogue_list_json(const struct library *l, FILE *out)
{
    const struct catalogue *c = &l->catalogue;
    bool first = true;
    fputs("{\"clauses\":[", out);
    for (uint32_t i = 0; i < clause_count(c); i++) {
        const struct clause *k = clause_at(c, i);
        out_words(out, next(&first));
        json_pair(out, "\"id\":", k->id);
        json_pair(out, ",\"standard\":", k->standard);
        texts(out, ",\"numbers\":", k->numbers);
        json_pair(out, ",\"title\":", k->title);
        json_word(out, ",\"force\":\"", force_name((enum force)k->force));
        json_word(
            out, ",\"confidence\":\"", confidence_name((enum confidence)k->confidence));
        fprintf(out, ",\"constraints\":%u,\"by_content\":%u,\"by_model\":%u",
            k->constraint_count, k->constraint_count - by_model(k), by_model(k));
        fprintf(out, ",\"own\":%s", is_own(l, k->file) ? "true" : "false");
        json_pair(out, ",\"file\":", *LIST_AT(&c->files, const struct bytes, k->file));
        fputc('}', out);
    }
    fputs("]}\n", out);
}

static void json_constraints(const struct clause *c, FILE *out)
{
    bool first = true;
    fputs(",\"constraints\":[", out);
    for (uint32_t i = 0; i < c->constraint_count; i++) {
        const struct constraint *m = &c->constraints[i];
        out_words(out, next(&first));
        json_pair(out, "\"id\":", m->id);
        json_word(out, ",\"origin\":\"", origin_name((enum origin)m->origin));
        pair_if(out, ",\"source\":", m->source);
        json_word(out, ",\"force\":\"", force_name((enum force)m->force));
        json_word(out, ",\"by\":\"", judged_by_name((enum judged_by)m->by));
        const char *sign = ",\"practices\":[";
        for (uint32_t p = 0; p < c->practice_count; p++)
            if (m->practices >> p & 1) {
                json_pair(out, sign, c->practices[p].id);
                sign = ",";
            }
        fputs(m->practices ? "]" : "", out);
        if (m->group != CATALOGUE_NONE)
            json_pair(out, ",\"group\":", c->groups[m->group].id);
        json_pair(out, ",\"text\":", m->text);
        pair_if(out, ",\"test\":", m->test);
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_parts(const struct clause *c, FILE *out)
{
    bool first = true;
    fputs(",\"practices\":[", out);
    for (uint32_t i = 0; i < c->practice_count; i++) {
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", c->practices[i].id);
        json_pair(out, ",\"name\":", c->practices[i].name);
        json_pair(out, ",\"text\":", c->practices[i].text);
        fputc('}', out);
    }
    first = true;
    fputs("],\"groups\":[", out);
    for (uint32_t i = 0; i < c->group_count; i++) {
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", c->groups[i].id);
        json_pair(out, ",\"applies_if\":", c->groups[i].applies_if);
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_signals(const struct clause *c, FILE *out)
{
    bool first = true;
    fputs(",\"files\":[", out);
    for (uint32_t i = 0; i < c->file_count; i++) {
        const struct file_signal *f = &c->files[i];
        json_pair(out, next(&first), TEXT("pattern"));
        json_pair(out, ":", f->pattern);
        json_word(
            out, ",\"weight\":\"", signal_weight_name((enum signal_weight)f->weight));
        pair_if(out, ",\"language\":", f->language);
        texts(out, ",\"hit\":", f->hit);
        texts(out, ",\"miss\":", f->miss);
        fputc('}', out);
    }
    first = true;
    fputs("],\"questions\":[", out);
    for (uint32_t i = 0; i < c->question_count; i++) {
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", c->questions[i].id);
        bits(out, ",\"constraints\":", c, c->questions[i].constraints);
        json_pair(out, ",\"question\":", c->questions[i].text);
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_gaps(const struct clause *c, FILE *out)
{
    bool first = true;
    fputs(",\"gaps\":[", out);
    for (uint32_t i = 0; i < c->gap_count; i++) {
        const struct gap *g = &c->gaps[i];
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", g->id);
        json_word(
            out, ",\"severity\":\"", gap_severity_name((enum gap_severity)g->severity));
        bits(out, ",\"when\":", c, g->when);
        json_pair(out, ",\"title\":", g->title);
        json_pair(out, ",\"why\":", g->why);
        texts(out, ",\"basis\":", g->basis);
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_defence(const struct clause *c, FILE *out)
{
    json_pair(out, ",\"defence\":{\"text\":", c->defence.text);
    pair_if(out, ",\"open_points\":", c->defence.open_points);
    texts(out, ",\"evidence\":", c->defence.evidence);
    texts(out, ",\"do_not_say\":", c->defence.do_not_say);
    fputs("},\"crosswalk\":{", out);
    for (uint32_t i = 0; i < c->crosswalk_count; i++) {
        json_pair(out, i ? "," : "", c->crosswalk[i].column);
        texts(out, ":", c->crosswalk[i].references);
    }
    fputc('}', out);
}

static void json_sources(const struct catalogue *all, const struct clause *c, FILE *out)
{
    bool first = true;
    fputs("],\n\"sources\":[", out);
    for (size_t i = 0; i < all->sources.count; i++) {
        const struct source *s = source_at(all, i);
        bool used = uses_source(c, s->id);
        for (uint32_t k = 0; k < c->crosswalk_count && !used; k++) {
            const struct column *of = column_find(all, c->crosswalk[k].column);
            used = of && text_same(of->source, s->id);
        }
        if (!used)
            continue;
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", s->id);
        json_pair(out, ",\"title\":", s->title);
        pair_if(out, ",\"at\":", s->at);
        pair_if(out, ",\"gives\":", s->gives);
        fputc('}', out);
    }
}

static void json_columns(const struct catalogue *all, const struct clause *c, FILE *out)
{
    bool first = true;
    fputs("],\n\"columns\":[", out);
    for (uint32_t i = 0; i < c->crosswalk_count; i++) {
        const struct column *k = column_find(all, c->crosswalk[i].column);
        if (!k)
            continue;
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", k->id);
        json_pair(out, ",\"title\":", k->title);
        json_pair(out, ",\"source\":", k->source);
        pair_if(out, ",\"note\":", k->note);
        fputc('}', out);
    }
}

static void json_corrections(
    const struct catalogue *all, const struct clause *c, FILE *out)
{
    bool first = true;
    fputs("],\n\"corrections\":[", out);
    for (size_t i = 0; i < all->corrections.count; i++) {
        const struct correction *k = correction_at(all, i);
        if (!about(k, c))
            continue;
        json_pair(out, next(&first), TEXT("id"));
        json_pair(out, ":", k->id);
        json_pair(out, ",\"where\":", k->where);
        json_pair(out, ",\"says\":", k->says);
        json_pair(out, ",\"finding\":", k->finding);
        json_word(
            out, ",\"confidence\":\"", confidence_name((enum confidence)k->confidence));
        texts(out, ",\"about\":", k->about);
        fputc('}', out);
    }
    fputs("]}\n", out);
}

void render_clause_json(const struct library *l, const struct clause *c, FILE *out)
{
    json_pair(out, "{\"schema\":", TEXT("holdfast-catalogue/1"));
    json_pair(out, ",\"standard\":", c->standard);
    json_pair(out, ",\"clauses\":[\n{\"id\":", c->id);
    texts(out, ",\"numbers\":", c->numbers);
    json_pair(out, ",\"title\":", c->title);
    json_word(out, ",\"force\":\"", force_name((enum force)c->force));
    json_word(
        out, ",\"confidence\":\"", confidence_name((enum confidence)c->confidence));
    pair_if(out, ",\"confidence_note\":", c->confidence_note);
    texts(out, ",\"sources\":", c->sources);
    json_pair(out, ",\"summary\":", c->summary);
    json_parts(c, out);
    json_constraints(c, out);
    json_signals(c, out);
    json_gaps(c, out);
    json_defence(c, out);
    fputc('}', out);
    json_sources(&l->catalogue, c, out);
    json_columns(&l->catalogue, c, out);
    json_corrections(&l->catalogue, c, out);
}
