/* SPDX-License-Identifier: Apache-2.0 */
/* why, trace, ask, wording, rules: one thing told whole. */
#include "core/base/hex.h"
#include "review/check/ask.h"
#include "review/check/wording.h"
#include "review/main/verbs.h"
#include "review/render/out.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80, COLUMN = 12 };

static void told(const char *label, struct bytes text)
{
    if (!text.len)
        return;
    printf("%-*s", COLUMN, label);
    out_wrapped(stdout, text, COLUMN, COLUMN, WIDTH);
    putchar('\n');
}

static void print_link(const struct run *r, const struct link *l)
{
    if (l->to == ITEM_NONE) {
        printf("  %s %.*s, which nobody defines\n",
            link_kind_name((enum link_kind)l->kind), (int)l->target.len,
            (const char *)l->target.at);
        return;
    }
    const struct item *o = &r->model.items[l->to];
    struct bytes place = item_place(r->a, &r->model, o);
    printf("  %s %.*s  (%s, %.*s)\n", link_kind_name((enum link_kind)l->kind),
        (int)o->id.len, (const char *)o->id.at, item_kind_name((enum item_kind)o->kind),
        (int)place.len, (const char *)place.at);
}

static void print_links(const struct run *r, uint32_t item)
{
    const struct model *m = &r->model;
    for (uint32_t l = m->out[item]; l < m->out[item + 1]; l++)
        print_link(r, &m->links[l]);
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        const struct item *o = &m->items[l->from];
        struct bytes place = item_place(r->a, m, o);
        printf("  %.*s %s it  (%s%s%s, %.*s)\n", (int)o->id.len, (const char *)o->id.at,
            link_kind_name((enum link_kind)l->kind),
            item_kind_name((enum item_kind)o->kind), o->outcome ? ", " : "",
            o->outcome ? outcome_name((enum outcome)o->outcome) : "", (int)place.len,
            (const char *)place.at);
    }
}

enum exit_code no_finding(const struct run *r, const struct findings *f, const char *id)
{
    bool of_change = text_starts(text_of(id), TEXT("GATE-"));
    return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, id,
        of_change && f == &r->findings
            ? "--base REVISION or --before PATH: a change has it, no folder"
            : "the id of a finding (--json lists them)");
}

static void tell_decision(const struct run *r, const struct finding *f)
{
    if (f->decision == ITEM_NONE)
        return;
    const struct item *d = &r->model.items[f->decision];
    told("accepted", decision_says(r->a, d));
}

enum exit_code verb_why(
    const struct run *r, const struct findings *findings, const char *id)
{
    const struct finding *f = findings_find(findings, id);
    if (!f)
        return no_finding(r, findings, id);
    const struct rule *rule = rule_of((enum rule_id)f->rule);
    bool of_change = findings != &r->findings;
    printf("%s  %s%s\n\n", f->id, severity_name((enum severity)f->severity),
        f->accepted ? ", accepted" : "");
    told("what", text_of(rule->title));
    told("about", f->subject);
    told("found", f->says);
    if (f->doc != UNIT_NONE)
        told("where",
            f->line ? arena_print(r->a, "%.*s:%u", (int)r->corpus.docs[f->doc].path.len,
                (const char *)r->corpus.docs[f->doc].path.at, f->line)
                    : r->corpus.docs[f->doc].path);
    told("asked", text_of(rule->asks));
    told("fix", text_of(rule->fix));
    told("fix in", f->fix_in);
    tell_decision(r, f);
    if (f->skeleton.len)
        printf("paste\n%.*s\n", (int)f->skeleton.len, (const char *)f->skeleton.at);
    if (f->item != ITEM_NONE) {
        told("text", r->model.items[f->item].text);
        printf("links\n");
        print_links(r, f->item);
    }
    printf(
        "\nto accept: holdfast-review accept %s%s --reason TEXT --by NAME --until DATE\n",
        id, of_change ? " --base REVISION" : "");
    return EXIT_DONE;
}

enum exit_code verb_trace(const struct run *r, const char *id)
{
    uint32_t item = model_find(&r->model, text_of(id));
    if (item == ITEM_NONE)
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, id, "an id that a document defines");
    const struct item *i = &r->model.items[item];
    uint8_t hex[17];
    hex_of((struct bytes){i->digest, 8}, ROOM_OF(hex));
    printf("%.*s  %s\n\n", (int)i->id.len, (const char *)i->id.at,
        item_kind_name((enum item_kind)i->kind));
    told("title", i->title);
    told("text", i->text);
    told("where", item_place(r->a, &r->model, i));
    told("digest", text_of((const char *)hex));
    if (i->kind == ITEM_REQUIREMENT)
        told("shown", text_of(shown_name(row_of(&r->model, item).shown)));
    printf("links\n");
    print_links(r, item);
    return EXIT_DONE;
}

static void judge_sentence(struct bytes id, struct bytes text, bool json, bool first)
{
    struct wording w = wording_of(text);
    if (json) {
        fputs(first ? "\n{\"id\":" : ",\n{\"id\":", stdout);
        out_json(stdout, id);
        printf(",\"verdict\":\"%s\",\"words\":[", w.vague ? "vague" : "testable");
        for (uint32_t i = 0; i < w.word_count; i++) {
            fputs(i ? "," : "", stdout);
            out_json(stdout, w.words[i]);
        }
        fputs("],\"why\":", stdout);
        out_json(stdout, text_of(w.vague ? w.why : "a trial decides"));
        putchar('}');
        return;
    }
    printf(
        "%-8s  %.*s", w.vague ? "vague" : "testable", (int)id.len, (const char *)id.at);
    for (uint32_t i = 0; i < w.word_count; i++)
        printf("%s\"%.*s\"", i ? ", " : "  ", (int)w.words[i].len,
            (const char *)w.words[i].at);
    printf("%s%s\n", w.vague ? ": " : "", w.vague ? w.why : "");
}

enum exit_code verb_wording(const struct run *r, bool json)
{
    bool first = true;
    if (json)
        putchar('[');
    for (uint32_t i = 0; i < r->corpus.unit_count; i++) {
        const struct unit *u = &r->corpus.units[i];
        struct bytes id = unit_field(&r->corpus, u, "id");
        struct bytes text = unit_field(&r->corpus, u, "text");
        if (!id.len || !text.len)
            continue;
        judge_sentence(id, text, json, first);
        first = false;
    }
    if (json)
        puts("]");
    if (!first)
        return EXIT_DONE;
    return (enum exit_code)cli_error(EXIT_ENVIRONMENT, "--tsv", 0, "no row was found",
        "a table with the columns id and text");
}

enum exit_code verb_ask(const struct run *r, unsigned number)
{
    enum exit_code code = EXIT_DONE;
    for (unsigned n = number ? number : 1; n <= (number ? number : QUESTIONS); n++) {
        struct asked q = ask_question(r->a, &r->model, &r->findings, n);
        printf("%u. %s\n   %s: ", n, q.question, answer_name(q.answer));
        out_wrapped(stdout, q.says,
            5 + (unsigned)out_columns(text_of(answer_name(q.answer))), 3, WIDTH);
        putchar('\n');
        uint32_t most = number ? ASK_LINES : 3; /* all eight: a screen, not a book */
        for (uint32_t i = 0; i < q.lines.count && i < most; i++) {
            fputs("     ", stdout);
            out_wrapped(stdout, *LIST_AT(&q.lines, struct bytes, i), 5, 7, WIDTH);
            putchar('\n');
        }
        if (q.lines.count > most)
            printf(
                "     and %zu more: holdfast-review ask %u\n", q.lines.count - most, n);
        if (q.answer == ANSWER_NOT_SHOWN)
            code = EXIT_NO;
        list_free(&q.lines);
    }
    return code;
}

enum exit_code verb_rules(void)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *r = rule_of((enum rule_id)i);
        printf("%-24s %-8s %s\n", r->name, severity_name((enum severity)r->severity),
            r->title);
    }
    return EXIT_DONE;
}
