/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON text, schema review/render/review.schema.json; keys in a fixed order. */
#include "core/base/hex.h"
#include "review/base/date.h"
#include "review/check/coverage.h"
#include "review/render/out.h"
#include "review/render/render.h"

/* `lead` is what stands before the value: the sign behind the last one, and the key. */
static void pair(FILE *out, const char *lead, struct bytes value)
{
    out_words(out, lead);
    out_json(out, value);
}

/* A word of ours, which needs no escape. */
static void word(FILE *out, const char *lead, const char *value)
{
    out_words(out, lead);
    out_words(out, value);
    out_words(out, "\"");
}

static void number(FILE *out, const char *lead, uint64_t value)
{
    out_words(out, lead);
    out_number(out, value);
}

static void hex(FILE *out, const char *lead, struct bytes value)
{
    uint8_t text[65];
    hex_of(value, ROOM_OF(text));
    word(out, lead, (const char *)text);
}

static const char *next(uint32_t i)
{
    return i ? ",\n{" : "\n{";
}

static void documents(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->corpus->doc_count; i++) {
        const struct document *d = &r->corpus->docs[i];
        out_words(out, next(i));
        pair(out, "\"path\":", d->path);
        hex(out, ",\"sha256\":\"", BYTES_OF(d->digest));
        word(out, ",\"format\":\"", format_name((enum format)d->format));
        number(out, ",\"bytes\":", d->size);
        number(out, ",\"units\":", d->unit_count);
        out_words(out, "}");
    }
}

static void place(
    const struct report *r, uint32_t doc, uint32_t line, uint32_t page, FILE *out)
{
    if (doc == UNIT_NONE) {
        out_words(out, ",\"place\":null");
        return;
    }
    pair(out, ",\"place\":{\"path\":", r->corpus->docs[doc].path);
    if (line)
        number(out, ",\"line\":", line);
    if (page)
        number(out, ",\"page\":", page);
    out_words(out, "}");
}

static void items(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        const struct item *it = &r->model->items[i];
        const struct unit *u = &r->corpus->units[it->unit];
        out_words(out, next(i));
        word(out, "\"kind\":\"", item_kind_name((enum item_kind)it->kind));
        pair(out, ",\"id\":", it->id);
        pair(out, ",\"title\":", it->title);
        pair(out, ",\"text\":", it->text);
        hex(out, ",\"digest\":\"", BYTES_OF(it->digest));
        place(r, u->doc, u->line, u->page, out);
        if (it->outcome)
            word(out, ",\"outcome\":\"", outcome_name((enum outcome)it->outcome));
        out_words(out, "}");
    }
}

static void links(const struct report *r, FILE *out)
{
    const struct model *m = r->model;
    for (uint32_t i = 0; i < m->link_count; i++) {
        const struct link *l = &m->links[i];
        out_words(out, next(i));
        if (l->from == ITEM_NONE)
            out_words(out, "\"from\":null");
        else
            pair(out, "\"from\":", m->items[l->from].id);
        word(out, ",\"kind\":\"", link_kind_name((enum link_kind)l->kind));
        pair(out, ",\"to\":", l->to == ITEM_NONE ? l->target : m->items[l->to].id);
        out_words(out, l->to == ITEM_NONE ? ",\"defined\":false" : ",\"defined\":true");
        place(r, m->corpus->units[l->unit].doc, l->line, 0, out);
        out_words(out, "}");
    }
}

static void requirements(const struct report *r, FILE *out)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        if (r->model->items[i].kind != ITEM_REQUIREMENT)
            continue;
        struct row row = row_of(r->model, i);
        out_words(out, next(told++));
        pair(out, "\"id\":", r->model->items[i].id);
        word(out, ",\"shown\":\"", shown_name(row.shown));
        out_words(out,
            r->model->items[i].security ? ",\"security\":true" : ",\"security\":false");
        number(out, ",\"designs\":", row.designs);
        number(out, ",\"code\":", row.code);
        number(out, ",\"cases\":", row.cases);
        number(out, ",\"passed\":", row.verified.passed);
        number(out, ",\"failed\":", row.verified.failed);
        number(out, ",\"skipped\":", row.verified.skipped);
        number(out, ",\"manual\":", row.verified.manual);
        number(out, ",\"threats\":", row.threats);
        number(out, ",\"hazards\":", row.hazards);
        out_words(out, "}");
    }
}

static void findings(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->findings->count; i++) {
        const struct finding *f = &r->findings->at[i];
        const struct rule *rule = rule_of((enum rule_id)f->rule);
        out_words(out, next(i));
        word(out, "\"id\":\"", f->id);
        word(out, ",\"rule\":\"", rule->name);
        word(out, ",\"severity\":\"", severity_name((enum severity)f->severity));
        out_words(out, f->accepted ? ",\"accepted\":true" : ",\"accepted\":false");
        pair(out, ",\"subject\":", f->subject);
        pair(out, ",\"says\":", f->says);
        pair(out, ",\"asks\":", text_of(rule->asks));
        pair(out, ",\"fix\":", text_of(rule->fix));
        pair(out, ",\"fix_in\":", f->fix_in);
        pair(out, ",\"skeleton\":", f->skeleton);
        place(r, f->doc, f->line, f->page, out);
        out_words(out, "}");
    }
}

void render_json(const struct report *r, FILE *out)
{
    pair(out, "{\"schema\":\"holdfast-review/1\",\"product\":", r->product);
    pair(out, ",\"revision\":", r->revision);
    if (r->at_s) {
        char date[11];
        date_text(r->at_s, date);
        word(out, ",\"date\":\"", date);
    }
    out_words(out, ",\n\"documents\":[");
    documents(r, out);
    out_words(out, "],\n\"requirements\":[");
    requirements(r, out);
    out_words(out, "],\n\"items\":[");
    items(r, out);
    out_words(out, "],\n\"links\":[");
    links(r, out);
    out_words(out, "],\n\"findings\":[");
    findings(r, out);
    out_words(out, "]}\n");
}
