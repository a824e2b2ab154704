/* SPDX-License-Identifier: Apache-2.0 */
/* What every form of a clause's review says alike. */
#include "review/base/date.h"
#include "review/check/groups.h"
#include "review/render/clause.h"

enum { PROOFS_TOLD = 6, QUOTED = 240 };

const char *clause_line_word(enum format f)
{
    return f == FORMAT_DOCX || f == FORMAT_ODT ? ", paragraph "
        : f == FORMAT_XLSX                     ? ", row "
                                               : ":";
}

struct bytes clause_place(
    struct arena *a, const struct clause_page *p, const struct passage *g)
{
    const struct document *d = &p->said->corpus->docs[g->doc];
    const char *word = clause_line_word((enum format)d->format);
    if (g->sentence.last > g->sentence.first)
        return arena_print(a, "%.*s%s%u-%u", (int)d->path.len, (const char *)d->path.at,
            word, g->sentence.first, g->sentence.last);
    if (g->sentence.first)
        return arena_print(a, "%.*s%s%u", (int)d->path.len, (const char *)d->path.at,
            word, g->sentence.first);
    return place_text(a, d->path, 0, g->page);
}

struct bytes clause_section(
    struct arena *a, const struct clause_page *p, const struct passage *g)
{
    const struct corpus *c = p->said->corpus;
    uint32_t last = c->units[g->unit].heading;
    if (last == UNIT_NONE)
        return (struct bytes){0};
    uint32_t above = c->units[last].heading;
    struct bytes own = c->units[last].text;
    if (above == UNIT_NONE || c->units[above].level <= 1)
        return own;
    struct bytes outer = c->units[above].text;
    return arena_print(a, "%.*s > %.*s", (int)outer.len, (const char *)outer.at,
        (int)own.len, (const char *)own.at);
}

struct bytes constraint_name(const struct clause *c, uint32_t constraint)
{
    const struct constraint *k = &c->constraints[constraint];
    return k->name.len ? k->name : k->text;
}

static const char *shown(const struct proof *f)
{
    return f->failed ? "failed"
        : f->stale   ? "stale"
                     : ladder_name((enum ladder)f->ladder);
}

/* Those that are shown alike stand together: "verified 2026-11-28: SEC-001, SEC-002". */
struct bytes clause_proofs(
    struct arena *a, const struct clause_page *p, const struct standing_of *s)
{
    struct bytes text = {.at = (const uint8_t *)""};
    uint32_t told = s->proof_count < PROOFS_TOLD ? s->proof_count : PROOFS_TOLD;
    for (uint32_t i = 0; i < told; i++) {
        const struct proof *f = &s->proofs[i];
        bool alike = i && shown(f) == shown(&s->proofs[i - 1]);
        struct bytes id = p->model->items[f->requirement].id;
        char day[11] = "";
        if (!alike && f->result != ITEM_NONE
            && verified_of(p->model, f->requirement).newest_s)
            date_text(verified_of(p->model, f->requirement).newest_s, day);
        text = alike ? arena_print(a, "%.*s, %.*s", (int)text.len,
                   (const char *)text.at, (int)id.len, (const char *)id.at)
                     : arena_print(a, "%.*s%s%s%s%s: %.*s", (int)text.len,
                         (const char *)text.at, i ? "; " : "", shown(f),
                         day[0] ? " " : "", day, (int)id.len, (const char *)id.at);
    }
    if (told < s->proof_count)
        text = arena_print(a, "%.*s, %u more", (int)text.len, (const char *)text.at,
            s->proof_count - told);
    return text;
}

/* As much of it as a table has room for, to the end of a word. */
static struct bytes quoted(struct arena *a, struct bytes text)
{
    if (text.len <= QUOTED)
        return text;
    size_t n = QUOTED;
    while (n > QUOTED / 2 && text.at[n] != ' ')
        n--;
    struct bytes part = text_upto(text, n);
    return arena_print(a, "%.*s …", (int)part.len, (const char *)part.at);
}

struct clause_row clause_row(struct arena *a, const struct clause_page *p, uint32_t i)
{
    const struct standing_of *s = &p->standings->at[i];
    const struct verdict_of *v = s->verdict;
    struct clause_row r = {.id = p->clause->constraints[i].id,
        .name = constraint_name(p->clause, i),
        .standing = text_of(standing_name((enum standing)s->standing)),
        .proofs = clause_proofs(a, p, s)};
    if (s->standing == STANDING_TAILORED && s->tailored_by != UINT32_MAX) {
        const struct item *d =
            &p->model->items[p->standings->tailorings[s->tailored_by].item];
        r.place = item_place(a, p->model, d);
        r.section = d->id;
        r.quotation = quoted(a, item_field(d, "reason"));
    } else if (v->counted_count) {
        r.place = clause_place(a, p, &v->counted[0]);
        r.section = clause_section(a, p, &v->counted[0]);
        r.quotation = quoted(a, v->counted[0].text);
    }
    return r;
}

/* Only what every file system takes. */
const char *report_file_name(
    struct arena *a, const char *what, struct bytes id, const char *ending)
{
    struct bytes name =
        arena_print(a, "%s-%.*s.%s", what, (int)id.len, (const char *)id.at, ending);
    uint8_t *at = (uint8_t *)(uintptr_t)name.at;
    for (size_t i = 0; i < name.len; i++) {
        bool plain = (at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'z')
            || (at[i] >= 'A' && at[i] <= 'Z') || at[i] == '.' || at[i] == '_';
        at[i] = plain ? at[i] : '-';
    }
    return (const char *)at;
}

const char *clause_file_name(
    struct arena *a, const struct clause *c, const char *ending)
{
    return report_file_name(a, "clause", c->id, ending);
}
