/* SPDX-License-Identifier: Apache-2.0 */
/* A judged change as one JSON text, schema review/render/change.schema.json. */
#include "review/render/change_page.h"
#include "review/render/json_parts.h"
#include "review/render/out.h"

static void findings(const struct change_page *p, FILE *out)
{
    for (uint32_t i = 0; i < p->change->broken.count; i++) {
        out_words(out, json_next(i));
        json_finding(out, p->after, &p->change->broken.at[i]);
    }
}

static void sums(const struct change *c, FILE *out)
{
    json_number(out, "],\n\"files\":{\"new\":", c->files_new);
    json_number(out, ",\"gone\":", c->files_gone);
    json_number(out, ",\"changed\":", c->files_changed);
    json_number(out, "},\n\"results\":{\"before\":", c->results_before);
    json_number(out, ",\"after\":", c->results_after);
}

static void changed(const struct change_page *p, FILE *out)
{
    for (uint32_t i = 0; i < p->change->item_count; i++) {
        const struct change_item *x = &p->change->items[i];
        out_words(out, json_next(i));
        json_word(out, "\"kind\":\"", item_kind_name((enum item_kind)x->item_kind));
        json_pair(out, ",\"id\":", change_called(p, x));
        json_word(out, ",\"what\":\"", change_kind_name((enum change_kind)x->kind));
        out_words(out, "}");
    }
}

static void reopens(const struct change *c, FILE *out)
{
    for (uint32_t i = 0; i < c->reopened_count; i++) {
        const struct reopened *r = &c->reopened[i];
        out_words(out, json_next(i));
        json_word(out, "\"kind\":\"", reopen_name((enum reopen)r->kind));
        json_pair(out, ",\"what\":", r->what);
        json_pair(out, ",\"why\":", r->why);
        out_words(out, "}");
    }
}

static void signers(const struct change *c, FILE *out)
{
    for (uint32_t i = 0; i < c->signer_count; i++) {
        out_words(out, json_next(i));
        json_pair(out, "\"who\":", c->signers[i].who);
        json_pair(out, ",\"why\":", c->signers[i].why);
        out_words(out, "}");
    }
}

void render_change_json(const struct change_page *p, FILE *out)
{
    const struct change *c = p->change;
    json_pair(out, "{\"schema\":\"holdfast-review-change/1\",\"product\":", p->product);
    json_pair(out, ",\"from\":", p->before_name);
    json_pair(out, ",\"to\":", p->after_name);
    out_words(out, c->go ? ",\"go\":true" : ",\"go\":false");
    json_word(out, ",\"fail_on\":\"", p->fail_on);
    out_words(out, ",\n\"findings\":[");
    findings(p, out);
    sums(c, out);
    out_words(out, "},\n\"changed\":[");
    changed(p, out);
    out_words(out, "],\n\"reopened\":[");
    reopens(c, out);
    out_words(out, "],\n\"questions\":[");
    for (uint32_t i = 0; i < c->question_count; i++)
        json_pair(out, i ? ",\n" : "\n", c->questions[i]);
    out_words(out, "],\n\"signers\":[");
    signers(c, out);
    out_words(out, "]}\n");
}
