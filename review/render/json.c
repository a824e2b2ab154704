/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON text, schema review/render/review.schema.json; keys in a fixed order. */
#include "core/base/hex.h"
#include "review/base/date.h"
#include "review/check/coverage.h"
#include "review/render/out.h"
#include "review/render/render.h"

static void key(FILE *out, const char *name)
{
    fprintf(out, "\"%s\":", name);
}

static void pair(FILE *out, const char *name, struct bytes value)
{
    key(out, name);
    out_json(out, value);
}

static void number(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "\"%s\":%llu", name, (unsigned long long)value);
}

static void hex(FILE *out, const char *name, struct bytes value)
{
    uint8_t text[65];
    hex_of(value, ROOM_OF(text));
    fprintf(out, "\"%s\":\"%s\"", name, (const char *)text);
}

static void documents(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->corpus->doc_count; i++) {
        const struct document *d = &r->corpus->docs[i];
        fputs(i ? ",\n{" : "\n{", out);
        pair(out, "path", d->path);
        putc(',', out);
        hex(out, "sha256", BYTES_OF(d->digest));
        putc(',', out);
        pair(out, "format", text_of(format_name((enum format)d->format)));
        putc(',', out);
        number(out, "bytes", d->size);
        putc(',', out);
        number(out, "units", d->unit_count);
        putc('}', out);
    }
}

static void place(
    const struct report *r, uint32_t doc, uint32_t line, uint32_t page, FILE *out)
{
    if (doc == UNIT_NONE) {
        fputs("\"place\":null", out);
        return;
    }
    fputs("\"place\":{", out);
    pair(out, "path", r->corpus->docs[doc].path);
    if (line) {
        putc(',', out);
        number(out, "line", line);
    }
    if (page) {
        putc(',', out);
        number(out, "page", page);
    }
    putc('}', out);
}

static void items(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        const struct item *it = &r->model->items[i];
        const struct unit *u = &r->corpus->units[it->unit];
        fputs(i ? ",\n{" : "\n{", out);
        pair(out, "kind", text_of(item_kind_name((enum item_kind)it->kind)));
        putc(',', out);
        pair(out, "id", it->id);
        putc(',', out);
        pair(out, "title", it->title);
        putc(',', out);
        pair(out, "text", it->text);
        putc(',', out);
        hex(out, "digest", BYTES_OF(it->digest));
        putc(',', out);
        place(r, u->doc, u->line, u->page, out);
        if (it->outcome) {
            putc(',', out);
            pair(out, "outcome", text_of(outcome_name((enum outcome)it->outcome)));
        }
        putc('}', out);
    }
}

static void links(const struct report *r, FILE *out)
{
    const struct model *m = r->model;
    for (uint32_t i = 0; i < m->link_count; i++) {
        const struct link *l = &m->links[i];
        fputs(i ? ",\n{" : "\n{", out);
        key(out, "from");
        if (l->from == ITEM_NONE)
            fputs("null", out);
        else
            out_json(out, m->items[l->from].id);
        putc(',', out);
        pair(out, "kind", text_of(link_kind_name((enum link_kind)l->kind)));
        putc(',', out);
        pair(out, "to", l->to == ITEM_NONE ? l->target : m->items[l->to].id);
        fprintf(out, ",\"defined\":%s,", l->to == ITEM_NONE ? "false" : "true");
        place(r, m->corpus->units[l->unit].doc, l->line, 0, out);
        putc('}', out);
    }
}

static void requirements(const struct report *r, FILE *out)
{
    bool first = true;
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        if (r->model->items[i].kind != ITEM_REQUIREMENT)
            continue;
        struct row row = row_of(r->model, i);
        fputs(first ? "\n{" : ",\n{", out);
        first = false;
        pair(out, "id", r->model->items[i].id);
        putc(',', out);
        pair(out, "shown", text_of(shown_name(row.shown)));
        fprintf(out,
            ",\"security\":%s,\"designs\":%u,\"code\":%u,\"cases\":%u,\"passed\":%u,"
            "\"failed\":%u,\"skipped\":%u,\"manual\":%u,\"threats\":%u,\"hazards\":%u}",
            r->model->items[i].security ? "true" : "false", row.designs, row.code,
            row.cases, row.verified.passed, row.verified.failed, row.verified.skipped,
            row.verified.manual, row.threats, row.hazards);
    }
}

static void findings(const struct report *r, FILE *out)
{
    for (uint32_t i = 0; i < r->findings->count; i++) {
        const struct finding *f = &r->findings->at[i];
        const struct rule *rule = rule_of((enum rule_id)f->rule);
        fputs(i ? ",\n{" : "\n{", out);
        pair(out, "id", text_of(f->id));
        putc(',', out);
        pair(out, "rule", text_of(rule->name));
        putc(',', out);
        pair(out, "severity", text_of(severity_name((enum severity)f->severity)));
        fprintf(out, ",\"accepted\":%s,", f->accepted ? "true" : "false");
        pair(out, "subject", f->subject);
        putc(',', out);
        pair(out, "says", f->says);
        putc(',', out);
        pair(out, "asks", text_of(rule->asks));
        putc(',', out);
        pair(out, "fix", text_of(rule->fix));
        putc(',', out);
        pair(out, "fix_in", f->fix_in);
        putc(',', out);
        pair(out, "skeleton", f->skeleton);
        putc(',', out);
        place(r, f->doc, f->line, f->page, out);
        putc('}', out);
    }
}

void render_json(const struct report *r, FILE *out)
{
    fputs("{\"schema\":\"holdfast-review/1\",", out);
    pair(out, "product", r->product);
    putc(',', out);
    pair(out, "revision", r->revision);
    if (r->at_s) {
        char date[11];
        date_text(r->at_s, date);
        fprintf(out, ",\"date\":\"%s\"", date);
    }
    fputs(",\n\"documents\":[", out);
    documents(r, out);
    fputs("],\n\"requirements\":[", out);
    requirements(r, out);
    fputs("],\n\"items\":[", out);
    items(r, out);
    fputs("],\n\"links\":[", out);
    links(r, out);
    fputs("],\n\"findings\":[", out);
    findings(r, out);
    fputs("]}\n", out);
}
