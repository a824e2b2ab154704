/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/replay.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

struct source { /* of one document */
    struct bytes content;
    uint32_t at_hand; /* index in the tree at hand, or TABLE_NONE */
    bool packed, large;
};

struct replay {
    struct source *sources;
    const struct tree *at_hand;
};

static bool fill(int fd, struct bytes content)
{
    while (content.len) {
        ssize_t n = write(fd, content.at, content.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = text_from(content, (size_t)n);
    }
    return true;
}

/* What was found too large while it was read is so again: a hole of that length. */
static int open_source(void *ctx, uint32_t i)
{
    const struct replay *r = ctx;
    const struct source *s = &r->sources[i];
    if (s->at_hand != TABLE_NONE)
        return r->at_hand->open(r->at_hand->ctx, s->at_hand);
    if (!s->packed && !s->large)
        return -1;
    int fd = memfd_create("document", MFD_CLOEXEC);
    bool good = fd >= 0
        && (s->large ? ftruncate(fd, (off_t)READ_DOCUMENT_MAX + 1) == 0
                     : fill(fd, s->content) && lseek(fd, 0, SEEK_SET) == 0);
    if (!good && fd >= 0)
        close(fd);
    return good ? fd : -1;
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
    struct source *source)
{
    struct bytes path = text_from(f->name, sizeof STATEMENT_DOCS - 1);
    uint32_t at = table_get(names, f->name);
    *file = (struct tree_file){.path = path, .changed_s = f->changed_s};
    *source = (struct source){.packed = at != TABLE_NONE, .at_hand = TABLE_NONE};
    if (source->packed)
        source->content = w->files[at].content;
    else
        source->at_hand = table_get(paths, path);
    file->size = source->content.len;
}

static void add_unread(
    const struct statement_unread *u, struct tree_file *file, struct source *source)
{
    *file = (struct tree_file){
        .path = u->path, .size = u->size, .link = u->why == UNREAD_LINK};
    *source = (struct source){.large = u->why == UNREAD_LARGE, .at_hand = TABLE_NONE};
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

    *r = (struct replay){arena_take(a, most * sizeof *r->sources), at_hand};
    for (uint32_t d = 0; d < s->subject_count; d++) {
        if (!statement_is_document(s->subjects[d].name))
            continue;
        add_document(w, names, paths, &s->subjects[d], &files[n], &r->sources[n]);
        struct tree_file file = files[n];
        struct source source = r->sources[n];
        for (; u < s->unread_count && text_order(s->unread[u].path, file.path) < 0;
             u++, n++)
            add_unread(&s->unread[u], &files[n], &r->sources[n]);
        files[n] = file;
        r->sources[n++] = source;
    }
    for (; u < s->unread_count; u++, n++)
        add_unread(&s->unread[u], &files[n], &r->sources[n]);
    return (struct tree){r, files, n, open_source, close_nothing};
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
