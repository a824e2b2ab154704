/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON text, schema review/render/review.schema.json; keys in a fixed order. */
#include "core/base/hex.h"
#include "review/base/date.h"
#include "review/check/coverage.h"
#include "review/render/json_parts.h"
#include "review/render/out.h"
#include "review/render/render.h"

static void hex(FILE *out, const char *lead, struct bytes value)
{
    uint8_t text[65];
    hex_of(value, ROOM_OF(text));
    json_word(out, lead, (const char *)text);
}

static void documents(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->corpus->doc_count; i++) {
        const struct document *d = &r->corpus->docs[i];
        out_words(out, json_next(i));
        json_pair(out, "\"path\":", d->path);
        hex(out, ",\"sha256\":\"", BYTES_OF(d->digest));
        json_word(out, ",\"format\":\"", format_name((enum format)d->format));
        json_number(out, ",\"bytes\":", d->size);
        json_number(out, ",\"units\":", d->unit_count);
        out_words(out, "}");
    }
}

static void items(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        const struct item *it = &r->model->items[i];
        const struct unit *u = &r->corpus->units[it->unit];
        out_words(out, json_next(i));
        json_word(out, "\"kind\":\"", item_kind_name((enum item_kind)it->kind));
        json_pair(out, ",\"id\":", it->id);
        json_pair(out, ",\"title\":", it->title);
        json_pair(out, ",\"text\":", it->text);
        hex(out, ",\"digest\":\"", BYTES_OF(it->digest));
        json_place(out, r->corpus, u->doc, u->line, u->page);
        if (it->outcome)
            json_word(out, ",\"outcome\":\"", outcome_name((enum outcome)it->outcome));
        out_words(out, "}");
    }
}

static void links(const struct report *r, FILE *out)
{
    const struct model *m = r->model;
    for (uint32_t i = 0; i < m->link_count; i++) {
        const struct link *l = &m->links[i];
        out_words(out, json_next(i));
        if (l->from == ITEM_NONE)
            out_words(out, "\"from\":null");
        else
            json_pair(out, "\"from\":", m->items[l->from].id);
        json_word(out, ",\"kind\":\"", link_kind_name((enum link_kind)l->kind));
        json_pair(out, ",\"to\":", l->to == ITEM_NONE ? l->target : m->items[l->to].id);
        out_words(out, l->to == ITEM_NONE ? ",\"defined\":false" : ",\"defined\":true");
        json_place(out, r->corpus, m->corpus->units[l->unit].doc, l->line, 0);
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
        out_words(out, json_next(told++));
        json_pair(out, "\"id\":", r->model->items[i].id);
        json_word(out, ",\"shown\":\"", shown_name(row.shown));
        out_words(out,
            r->model->items[i].security ? ",\"security\":true" : ",\"security\":false");
        json_number(out, ",\"designs\":", row.designs);
        json_number(out, ",\"code\":", row.code);
        json_number(out, ",\"cases\":", row.cases);
        json_number(out, ",\"passed\":", row.verified.passed);
        json_number(out, ",\"failed\":", row.verified.failed);
        json_number(out, ",\"skipped\":", row.verified.skipped);
        json_number(out, ",\"manual\":", row.verified.manual);
        json_number(out, ",\"threats\":", row.threats);
        json_number(out, ",\"hazards\":", row.hazards);
        out_words(out, "}");
    }
}

static void findings(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->findings->count; i++) {
        out_words(out, json_next(i));
        json_finding(out, r->model, &r->findings->at[i]);
    }
}

void render_json(const struct report *r, FILE *out)
{
    json_pair(out, "{\"schema\":\"holdfast-review/1\",\"product\":", r->product);
    json_pair(out, ",\"revision\":", r->revision);
    if (r->at_s) {
        char date[11];
        date_text(r->at_s, date);
        json_word(out, ",\"date\":\"", date);
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
