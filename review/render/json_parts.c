/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/json_parts.h"

#include "review/render/out.h"

void json_pair(FILE *out, const char *lead, struct bytes value)
{
    out_words(out, lead);
    out_json(out, value);
}

void json_word(FILE *out, const char *lead, const char *value)
{
    out_words(out, lead);
    out_words(out, value);
    out_words(out, "\"");
}

void json_number(FILE *out, const char *lead, uint64_t value)
{
    out_words(out, lead);
    out_number(out, value);
}

void json_place(
    FILE *out, const struct corpus *c, uint32_t doc, uint32_t line, uint32_t page)
{
    if (doc == UNIT_NONE) {
        out_words(out, ",\"place\":null");
        return;
    }
    json_pair(out, ",\"place\":{\"path\":", c->docs[doc].path);
    if (line)
        json_number(out, ",\"line\":", line);
    if (page)
        json_number(out, ",\"page\":", page);
    out_words(out, "}");
}

static void decision(FILE *out, const struct item *d)
{
    json_pair(out, ",\"decision\":{\"id\":", d->id);
    json_pair(out, ",\"by\":", item_field(d, "by"));
    json_pair(out, ",\"until\":", item_field(d, "until"));
    json_pair(out, ",\"reason\":", item_field(d, "reason"));
    out_words(out, "}");
}

void json_finding(FILE *out, const struct model *m, const struct finding *f)
{
    const struct rule *rule = rule_of((enum rule_id)f->rule);
    json_word(out, "\"id\":\"", f->id);
    json_word(out, ",\"rule\":\"", rule->name);
    json_word(out, ",\"severity\":\"", severity_name((enum severity)f->severity));
    out_words(out, f->accepted ? ",\"accepted\":true" : ",\"accepted\":false");
    if (f->decision != ITEM_NONE)
        decision(out, &m->items[f->decision]);
    json_pair(out, ",\"subject\":", f->subject);
    json_pair(out, ",\"says\":", f->says);
    json_pair(out, ",\"asks\":", text_of(rule->asks));
    json_pair(out, ",\"fix\":", text_of(rule->fix));
    json_pair(out, ",\"fix_in\":", f->fix_in);
    json_pair(out, ",\"skeleton\":", f->skeleton);
    json_place(out, m->corpus, f->doc, f->line, f->page);
    out_words(out, "}");
}

const char *json_next(uint32_t i)
{
    return i ? ",\n{" : "\n{";
}
