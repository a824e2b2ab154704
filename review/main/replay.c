/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/replay.h"

struct held_as { /* of one document */
    struct bytes content;
    uint32_t at_hand; /* index in the tree at hand, or TABLE_NONE */
    bool packed;
};

struct replay {
    struct held_as *held;
    const struct tree *at_hand;
};

static int open_held(void *ctx, uint32_t i)
{
    const struct replay *r = ctx;
    const struct held_as *s = &r->held[i];
    if (s->at_hand != TABLE_NONE)
        return r->at_hand->open(r->at_hand->ctx, s->at_hand);
    return s->packed ? tree_descriptor(s->content) : -1;
}

static void close_nothing(void *ctx)
{
    (void)ctx;
}

static struct table *paths_of(struct arena *a, const struct tree *t)
{
    struct table *paths = table_new(a, t ? t->count : 0);
    for (uint32_t i = 0; t && i < t->count; i++)
        table_put(paths, t->files[i].path, i);
    return paths;
}

static struct table *names_of(struct arena *a, const struct weighed *w)
{
    struct table *names = table_new(a, w->file_count);
    for (uint32_t i = 0; i < w->file_count; i++)
        table_put(names, w->files[i].name, i);
    return names;
}

static void add_document(const struct weighed *w, const struct table *names,
    const struct table *paths, const struct statement_file *f, struct tree_file *file,
    struct held_as *held)
{
    struct bytes path = text_from(f->name, sizeof STATEMENT_DOCS - 1);
    uint32_t at = table_get(names, f->name);
    *file = (struct tree_file){.path = path, .changed_s = f->changed_s};
    *held = (struct held_as){.packed = at != TABLE_NONE, .at_hand = TABLE_NONE};
    if (held->packed)
        held->content = w->files[at].content;
    else
        held->at_hand = table_get(paths, path);
    file->size = held->content.len;
}

/* A link is one again, and what was too large by its size is so. */
static void add_unread(
    const struct statement_unread *u, struct tree_file *file, struct held_as *held)
{
    *file = (struct tree_file){
        .path = u->path, .size = u->size, .link = u->why == UNREAD_LINK};
    *held = (struct held_as){.at_hand = TABLE_NONE};
}

/* In order of paths, as a tree is: two rows that are sorted become one. */
struct tree replay_tree(
    struct arena *a, const struct weighed *w, const struct tree *at_hand)
{
    const struct statement *s = w->statement;
    size_t most = (size_t)s->subject_count + s->unread_count;
    struct tree_file *files = arena_take(a, most * sizeof *files);
    struct replay *r = arena_take(a, sizeof *r);
    const struct table *names = names_of(a, w), *paths = paths_of(a, at_hand);
    uint32_t n = 0, u = 0;

    *r = (struct replay){arena_take(a, most * sizeof *r->held), at_hand};
    for (uint32_t d = 0; d < s->subject_count; d++) {
        if (!statement_is_document(s->subjects[d].name))
            continue;
        add_document(w, names, paths, &s->subjects[d], &files[n], &r->held[n]);
        struct tree_file file = files[n];
        struct held_as held = r->held[n];
        for (; u < s->unread_count && text_order(s->unread[u].path, file.path) < 0;
             u++, n++)
            add_unread(&s->unread[u], &files[n], &r->held[n]);
        files[n] = file;
        r->held[n++] = held;
    }
    for (; u < s->unread_count; u++, n++)
        add_unread(&s->unread[u], &files[n], &r->held[n]);
    return (struct tree){r, files, n, open_held, close_nothing};
}

struct run_given replay_given(
    struct arena *a, const struct weighed *w, const struct tree *at_hand)
{
    const struct statement *s = w->statement;
    struct run_input *inputs = arena_take(a, s->configuration_count * sizeof *inputs);
    struct run_given g = {.tree = replay_tree(a, w, at_hand),
        .product = s->product,
        .revision = s->revision,
        .as_of_s = s->as_of_s,
        .inputs = inputs};
    for (uint32_t i = 0; i < s->configuration_count; i++) {
        struct bytes name = s->configuration[i].name;
        if (text_starts(name, TEXT(STATEMENT_INPUTS)))
            inputs[g.input_count++] = (struct run_input){
                text_from(name, sizeof STATEMENT_INPUTS - 1), weighed_file(w, name)};
    }
    return g;
}
