/* SPDX-License-Identifier: Apache-2.0 */
/* The traceability matrix as CSV: one line a requirement, cells of ids joined by blanks. */
#include "review/base/date.h"
#include "review/check/coverage.h"
#include "review/render/out.h"
#include "review/render/render.h"

/* Ids of what is linked, as one cell. */
static void linked(const struct report *r, uint32_t item, bool incoming,
    enum link_kind kind, uint32_t kinds, FILE *out)
{
    const struct model *m = r->model;
    const uint32_t *ends = incoming ? m->in : m->out;
    bool any = false;
    for (uint32_t k = ends[item]; k < ends[item + 1]; k++) {
        const struct link *l = &m->links[incoming ? m->in_links[k] : k];
        uint32_t other = incoming ? l->from : l->to;
        if (l->kind != kind || other == ITEM_NONE
            || !(kinds >> m->items[other].kind & 1u))
            continue;
        if (any)
            out_words(out, " ");
        else
            out_csv_open(out, m->items[other].id);
        out_csv_part(out, m->items[other].id);
        any = true;
    }
    if (any)
        out_csv_close(out);
}

static void principles(uint8_t bits, FILE *out)
{
    static const char *const names[] = {
        "least privilege", "defence in depth", "fail secure", "input validation"};
    bool any = false;
    for (unsigned i = 0; i < 4; i++)
        if (bits >> i & 1u) {
            fprintf(out, "%s%s", any ? " + " : "", names[i]);
            any = true;
        }
}

void render_matrix_csv(const struct report *r, FILE *out)
{
    const struct model *m = r->model;
    enum { ALL = (1u << ITEM_KINDS) - 1 };
    fputs(
        "requirement,text,place,security,principles,boundaries,threats,hazards,design,code,"
        "verification,passed,failed,skipped,by hand,newest result,shown\r\n",
        out);
    struct arena *a = arena_new();
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (m->items[i].kind != ITEM_REQUIREMENT)
            continue;
        const struct item *it = &m->items[i];
        struct row row = row_of(m, i);
        out_csv(out, it->id);
        putc_unlocked(',', out);
        out_csv(out, it->text.len ? it->text : it->title);
        putc_unlocked(',', out);
        out_csv(out, item_place(a, m, it));
        out_words(out, it->security ? ",yes," : ",,");
        principles(it->principles, out);
        putc_unlocked(',', out);
        linked(r, i, false, LINK_CROSSES, ALL, out);
        putc_unlocked(',', out);
        linked(r, i, false, LINK_MITIGATES, 1u << ITEM_THREAT, out);
        putc_unlocked(',', out);
        linked(r, i, false, LINK_MITIGATES, 1u << ITEM_HAZARD, out);
        putc_unlocked(',', out);
        linked(r, i, true, LINK_SATISFIES, ALL & ~(1u << ITEM_CODE), out);
        putc_unlocked(',', out);
        linked(r, i, true, LINK_SATISFIES, 1u << ITEM_CODE, out);
        putc_unlocked(',', out);
        linked(r, i, true, LINK_VERIFIES, ALL, out);
        char date[11] = "";
        if (row.verified.newest != ITEM_NONE)
            date_text(row.verified.newest_s, date);
        const uint32_t counts[] = {row.verified.passed, row.verified.failed,
            row.verified.skipped, row.verified.manual};
        for (size_t n = 0; n < sizeof counts / sizeof counts[0]; n++) {
            putc_unlocked(',', out);
            out_number(out, counts[n]);
        }
        putc_unlocked(',', out);
        out_words(out, date);
        putc_unlocked(',', out);
        out_words(out, shown_name(row.shown));
        out_words(out, "\r\n");
    }
    arena_free(a);
}
