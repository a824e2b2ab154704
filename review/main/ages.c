/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/ages.h"

#include "review/check/groups.h"
#include "review/model/ages.h"

#include <sys/stat.h>
#include <unistd.h>

struct old { /* a document as it was */
    uint32_t doc;
    struct content_name name;
    struct corpus corpus;
    struct model model;
};

struct ages {
    struct reading *reading;
    struct run *r;
    struct list olds; /* struct old * */
};

static bool same_name(const struct content_name *a, const struct content_name *b)
{
    return text_same(BYTES_OF(a->b), BYTES_OF(b->b));
}

static int hand_over(void *ctx, uint32_t file)
{
    (void)file;
    return *(int *)ctx;
}

static struct old *read_old(struct ages *g, uint32_t doc, int fd)
{
    struct run *r = g->r;
    struct stat st;
    struct old *o = arena_take(r->a, sizeof *o);
    if (fstat(fd, &st) != 0)
        st.st_size = 0;
    struct tree_file file = {
        .path = r->corpus.docs[doc].path, .size = (uint64_t)st.st_size};
    const struct tree one = {.ctx = &fd, .files = &file, .count = 1, .open = hand_over};
    if (read_tree(g->reading, r->a, &one, &o->corpus) != OK)
        return NULL;
    model_build(r->a, &o->corpus, &r->rules, &o->model);
    return o;
}

/* The document as it was then; NULL: not known. */
static const struct old *old_version(struct ages *g, uint32_t doc, int64_t at_s)
{
    struct content_name name;
    int fd = tree_open_at(&g->r->tree, doc, at_s, &name);
    if (fd < 0)
        return NULL;
    for (size_t i = 0; i < g->olds.count; i++) {
        const struct old *o = *LIST_AT(&g->olds, struct old *, i);
        if (o->doc == doc && same_name(&o->name, &name)) {
            close(fd);
            return o;
        }
    }
    if (g->olds.count == AGES_READ) {
        close(fd);
        return NULL;
    }
    struct old *o = read_old(g, doc, fd);
    if (o == NULL)
        return NULL;
    o->doc = doc;
    o->name = name;
    *(struct old **)list_add(&g->olds) = o;
    return o;
}

static void find_age(struct ages *g, struct item *i, int64_t result_s)
{
    uint32_t doc = g->r->corpus.units[i->unit].doc;
    const struct old *o = old_version(g, doc, result_s);
    if (o == NULL)
        return;
    uint32_t was = model_find(&o->model, i->id);
    bool same = was != ITEM_NONE && o->model.items[was].kind == i->kind
        && item_same_text(&o->model.items[was], i);
    i->dated = true;
    i->since_s = same ? result_s : g->r->corpus.docs[doc].changed_s;
}

/* Its document, or code that covers it, may have changed after this time. */
static bool may_be_newer(const struct model *m, uint32_t requirement, int64_t than_s)
{
    bool newer = item_document(m, &m->items[requirement])->changed_s > than_s;
    for (uint32_t k = m->in[requirement]; k < m->in[requirement + 1] && !newer; k++) {
        const struct item *from = &m->items[m->links[m->in_links[k]].from];
        newer = from->kind == ITEM_CODE && item_document(m, from)->changed_s > than_s;
    }
    return newer;
}

/* From when on ages are asked for; INT64_MAX: none is. */
static int64_t asked_since(const struct model *m)
{
    int64_t since_s = INT64_MAX;
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *it = &m->items[i];
        if (it->kind == ITEM_RESULT && it->outcome == OUTCOME_PASSED && !it->at_s)
            return INT64_MIN; /* as old as its document, which may be as old as can be */
    }
    for (uint32_t i = 0; i < m->item_count && m->items[i].kind == ITEM_REQUIREMENT;
         i++) {
        struct verified v = verified_of(m, i);
        if (v.passed && v.newest_s < since_s && may_be_newer(m, i, v.newest_s))
            since_s = v.newest_s;
    }
    return since_s;
}

static void find_ages(struct ages *g)
{
    struct run *r = g->r;
    struct model *m = &r->model;
    for (uint32_t i = 0; i < r->corpus.doc_count; i++)
        r->corpus.docs[i].changed_s = r->tree.files[i].changed_s;
    for (uint32_t i = 0; i < m->item_count && m->items[i].kind == ITEM_REQUIREMENT;
         i++) {
        struct verified v = verified_of(m, i);
        if (v.passed && v.newest_s < item_document(m, &m->items[i])->changed_s)
            find_age(g, &m->items[i], v.newest_s);
    }
}

static void keep(struct run *r, struct bytes text)
{
    if (text.len)
        *(struct run_input *)list_add(&r->inputs) =
            (struct run_input){TEXT(RUN_AGES), text};
}

/* What another history told; a text that does not parse tells nothing. */
static void take_given(const struct run_given *g, struct run *r)
{
    struct list ages;
    for (uint32_t i = 0; i < g->input_count; i++)
        if (text_same(g->inputs[i].name, TEXT(RUN_AGES))
            && ages_parse(g->inputs[i].text, &ages) == OK) {
            ages_apply(&ages, &r->model);
            keep(r, g->inputs[i].text);
            list_free(&ages);
        }
}

void ages_find(const struct run_ask *ask, struct run *r)
{
    struct ages g = {ask->reading, r, LIST_OF(struct old *)};
    if (ask->given) {
        take_given(ask->given, r);
        return;
    }
    int64_t since_s = !r->tree.commits ? INT64_MAX
        : ask->ages == AGES_ALL        ? INT64_MIN
                                       : asked_since(&r->model);
    if (since_s == INT64_MAX || tree_date(r->a, &r->tree, since_s) != OK)
        return;
    find_ages(&g);
    keep(r, ages_write(r->a, &r->model));
    list_free(&g.olds);
}
