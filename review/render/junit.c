/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit XML: each rule a suite, each finding a failed case; a rule without finding passes. */
#include "review/render/out.h"
#include "review/render/render.h"

static void finding_case(const struct report *r, const struct finding *f, FILE *out)
{
    fprintf(out, "  <testcase classname=\"%s\" name=\"",
        rule_of((enum rule_id)f->rule)->name);
    out_xml(out, f->subject);
    fprintf(out, " (%s)\">\n", f->id);
    fprintf(out,
        f->accepted ? "   <skipped message=\"accepted: " : "   <failure message=\"");
    out_xml(out, f->says);
    fputs("\">", out);
    if (f->doc != UNIT_NONE) {
        out_xml(out, r->corpus->docs[f->doc].path);
        if (f->line)
            fprintf(out, ":%u", f->line);
    }
    fprintf(out,
        f->accepted ? "</skipped>\n  </testcase>\n" : "</failure>\n  </testcase>\n");
}

void render_junit(const struct report *r, FILE *out)
{
    uint32_t failures = 0, accepted = 0, empty = 0, counts[RULE_COUNT] = {0},
             skips[RULE_COUNT] = {0};
    for (uint32_t i = 0; i < r->findings->count; i++) {
        const struct finding *f = &r->findings->at[i];
        counts[f->rule]++;
        skips[f->rule] += f->accepted;
        accepted += f->accepted;
        failures += !f->accepted;
    }
    for (size_t i = 0; i < RULE_COUNT; i++)
        empty += counts[i] == 0;
    fprintf(out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"holdfast-review\" "
        "tests=\"%u\" failures=\"%u\" skipped=\"%u\">\n",
        failures + accepted + empty, failures, accepted);
    for (uint32_t rule = 0; rule < RULE_COUNT; rule++) {
        const char *name = rule_of((enum rule_id)rule)->name;
        uint32_t tests = counts[rule] ? counts[rule] : 1;
        fprintf(out,
            " <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\" skipped=\"%u\">\n",
            name, tests, counts[rule] - skips[rule], skips[rule]);
        if (!counts[rule])
            fprintf(
                out, "  <testcase classname=\"%s\" name=\"nothing found\"/>\n", name);
        for (uint32_t i = 0; i < r->findings->count && counts[rule]; i++)
            if (r->findings->at[i].rule == rule)
                finding_case(r, &r->findings->at[i], out);
        fputs(" </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
}
