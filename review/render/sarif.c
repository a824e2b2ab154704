/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF 2.1.0: findings as annotations of a code host. */
#include "review/check/finding.h"
#include "review/render/out.h"
#include "review/render/render.h"

static const char *level(enum severity s)
{
    static const char *const names[] = {"note", "note", "warning", "error"};
    return names[s];
}

static void rules(FILE *out)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *r = rule_of((enum rule_id)i);
        fprintf(out, "%s\n{\"id\":\"%s\",\"shortDescription\":{\"text\":", i ? "," : "",
            r->name);
        out_json(out, text_of(r->title));
        fputs("},\"fullDescription\":{\"text\":", out);
        out_json(out, text_of(r->asks));
        fputs("},\"help\":{\"text\":", out);
        out_json(out, text_of(r->fix));
        fprintf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}",
            level((enum severity)r->severity));
    }
}

/* A path as a relative URI: what RFC 3986 does not let stand is percent-encoded. */
static void result(const struct report *r, const struct finding *f, FILE *out)
{
    fprintf(out,
        "{\"ruleId\":\"%s\",\"ruleIndex\":%u,\"level\":\"%s\",\"message\":{\"text\":",
        rule_of((enum rule_id)f->rule)->name, f->rule,
        level((enum severity)f->severity));
    struct arena *a = arena_new();
    out_json(out,
        arena_print(a, "%.*s: %s: %.*s", (int)f->subject.len,
            (const char *)f->subject.at, rule_of((enum rule_id)f->rule)->title,
            (int)f->says.len, (const char *)f->says.at));
    arena_free(a);
    fputc('}', out);
    if (f->doc != UNIT_NONE) {
        fputs(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":",
            out);
        out_uri(out, r->corpus->docs[f->doc].path);
        fputc('}', out);
        if (f->line)
            fprintf(out, ",\"region\":{\"startLine\":%u}", f->line);
        fputs("}}]", out);
    }
    fprintf(out, ",\"partialFingerprints\":{\"holdfastFinding/v1\":\"%s\"}", f->id);
    if (f->accepted) {
        fputs(
            ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":",
            out);
        out_json(out, item_field(&r->model->items[f->decision], "reason"));
        fputs("}]", out);
    }
    fputc('}', out);
}

void render_sarif(const struct report *r, FILE *out)
{
    fputs(
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
        "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"holdfast-review\",\"version\":\"" HOLDFAST_VERSION
        "\",\"rules\":[",
        out);
    rules(out);
    fputs("]}},\n\"columnKind\":\"unicodeCodePoints\",\"results\":[", out);
    for (uint32_t i = 0; i < r->findings->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        result(r, &r->findings->at[i], out);
    }
    fputs("]}]}\n", out);
}
