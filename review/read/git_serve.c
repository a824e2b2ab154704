/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/git_serve.h"

#include "review/base/handed.h"
#include "review/read/git_list.h"
#include "review/read/git_load.h"
#include "review/read/growing.h"
#include "review/read/read.h"

#include <assert.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_GIT = 5, WINDOW = 33554432, MAPPED = 268435456 };

struct entry {
    struct bytes path;
    git_oid id;
    uint64_t size;
    int64_t changed_s; /* 0: not yet known */
    bool link;
};

struct when { /* one commit of the history */
    int64_t at_s;
    git_oid id;
};

struct serve {
    const struct git_functions *git;
    const struct git_job *job;
    struct arena *arena;
    int talk;
    git_repository *repository;
    git_odb *odb;
    git_commit *commit;
    git_tree *tree;
    struct list entries;
    struct table *by_path; /* whole path in the repository: number */
    size_t pending;        /* without a time */
    bool damaged;          /* a tree of the history could not be read */
    struct list line;      /* struct when, as far as it was walked, newest first */
    git_index *index;
    struct list listed; /* uint32_t: the entries that the listing holds, in its order */
};

void *git_load(void)
{
    struct git_functions *f = calloc(1, sizeof *f);
    void *library = dlopen("libgit2.so." LIBGIT2_SOVERSION, RTLD_NOW | RTLD_LOCAL);
    bool whole = f != NULL && library != NULL;
#define FIND(name)                        \
    if (whole) {                          \
        void *at = dlsym(library, #name); \
        whole = at != NULL;               \
        memcpy(&f->name, &at, sizeof at); \
    }
    GIT_FUNCTIONS(FIND)
#undef FIND
    if (whole)
        return f;
    free(f);
    return NULL;
}

/* `id` names the content that the descriptor is on, or is NULL. */
static void answer_with(
    const struct serve *s, int fd, const git_oid *id, const char *why)
{
    struct git_answer a = {.good = fd >= 0};

    static_assert(sizeof *id <= sizeof a.name.b, "the name of a content fits");
    if (id)
        memcpy(a.name.b, id, sizeof *id);
    snprintf(a.why, sizeof a.why, "%s", why);
    if (!handed_out(s->talk, (struct bytes){(const uint8_t *)&a, sizeof a}, fd))
        _exit(EXIT_GIT);
    if (fd >= 0)
        close(fd);
}

static void answer(const struct serve *s, int fd, const char *why)
{
    answer_with(s, fd, NULL, why);
}

static int memory_file(struct bytes content)
{
    int fd = tree_descriptor(content);
    if (fd < 0)
        _exit(EXIT_GIT);
    return fd;
}

static _Noreturn void give_up(const struct serve *s, const char *what)
{
    const git_error *e = s->git->git_error_last();
    char why[160];
    snprintf(why, sizeof why, "%s: %s", what, e ? e->message : "unknown");
    answer(s, -1, why);
    _exit(0);
}

static void must(const struct serve *s, int result, const char *what)
{
    if (result != 0)
        give_up(s, what);
}

/* No configuration but the repository's own, no check of its owner: it is only read. */
static void open_repository(struct serve *s)
{
    const struct git_functions *g = s->git;
    g->git_libgit2_init();
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL;
         level++)
        g->git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    g->git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    g->git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW);
    g->git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED);
    must(s, g->git_repository_open(&s->repository, s->job->repository), "repository");
    must(s, g->git_repository_odb(&s->odb, s->repository), "objects");
}

static void open_commit(struct serve *s)
{
    git_object *found = NULL, *peeled = NULL;
    const char *name = s->job->revision ? s->job->revision : "HEAD";
    must(s, s->git->git_revparse_single(&found, s->repository, name), name);
    must(s, s->git->git_object_peel(&peeled, found, GIT_OBJECT_COMMIT), name);
    must(s,
        s->git->git_commit_lookup(
            &s->commit, s->repository, s->git->git_object_id(peeled)),
        name);
    must(s, s->git->git_commit_tree(&s->tree, s->commit), "tree");
}

/* Whether a folder leads to the reviewed one, or lies in it. */
static bool on_the_way(const struct serve *s, struct bytes folder)
{
    struct bytes lead = text_of(s->job->lead);
    return text_starts(folder, lead) || text_starts(lead, folder);
}

static int on_entry(const char *root, const git_tree_entry *e, void *ctx)
{
    struct serve *s = ctx;
    const struct git_functions *g = s->git;
    git_object_t type = g->git_tree_entry_type(e);
    struct bytes path = arena_print(s->arena, "%s%s%s", root, g->git_tree_entry_name(e),
        type == GIT_OBJECT_TREE ? "/" : "");
    size_t size = 0;

    if (type == GIT_OBJECT_TREE)
        return on_the_way(s, path) ? 0 : 1;
    if (!text_starts(path, text_of(s->job->lead)) || path.len > UINT16_MAX)
        return 0;
    git_object_t kind = type;
    const git_oid *id = g->git_tree_entry_id(e);
    /* what a folder holds, its index knows the size of */
    if (type == GIT_OBJECT_BLOB && s->job->task == GIT_LIST_COMMIT)
        must(s, g->git_odb_read_header(&size, &kind, s->odb, id), "blob");
    table_put(s->by_path, path, (uint32_t)s->entries.count);
    *(struct entry *)list_add(&s->entries) = (struct entry){.path = path,
        .id = *id,
        .size = size,
        .link = type != GIT_OBJECT_BLOB
            || g->git_tree_entry_filemode(e) == GIT_FILEMODE_LINK};
    return 0;
}

static void mark(struct serve *s, struct bytes path, int64_t when)
{
    uint32_t number = table_get(s->by_path, path);
    if (number == TABLE_NONE)
        return;
    struct entry *e = LIST_AT(&s->entries, struct entry, number);
    s->pending -= e->changed_s == 0;
    if (e->changed_s == 0)
        e->changed_s = when;
}

static git_tree *subtree(struct serve *s, const git_tree_entry *e)
{
    git_tree *t = NULL;
    if (e && s->git->git_tree_entry_type(e) == GIT_OBJECT_TREE)
        s->damaged |=
            s->git->git_tree_lookup(&t, s->repository, s->git->git_tree_entry_id(e))
            != 0;
    return t;
}

/* Marks what is in `now` and was not, or was otherwise, in `then`. Equal folders are equal. */
static void compare(struct serve *s, const git_tree *now, const git_tree *then,
    struct bytes prefix, int64_t when, int depth)
{
    const struct git_functions *g = s->git;
    size_t n = depth < READ_DEPTH_MAX ? g->git_tree_entrycount(now) : 0;
    for (size_t i = 0; i < n && s->pending > 0; i++) {
        const git_tree_entry *e = g->git_tree_entry_byindex(now, i), *old = NULL;
        const char *name = g->git_tree_entry_name(e);
        if (then)
            old = g->git_tree_entry_byname(then, name);
        if (old && g->git_oid_equal(g->git_tree_entry_id(e), g->git_tree_entry_id(old)))
            continue;
        git_tree *below = subtree(s, e);
        char *path = NULL;
        int len = asprintf(&path, "%.*s%s%s", (int)prefix.len, (const char *)prefix.at,
            name, below ? "/" : "");
        if (len < 0)
            _exit(GROWING_EXIT);
        struct bytes whole = {(const uint8_t *)path, (size_t)len};
        if (below && on_the_way(s, whole)) {
            git_tree *below_then = subtree(s, old);
            compare(s, below, below_then, whole, when, depth + 1);
            g->git_tree_free(below_then);
        } else if (!below) {
            mark(s, whole, when);
        }
        g->git_tree_free(below);
        free(path);
    }
}

static void date_by(struct serve *s, git_commit *c)
{
    const struct git_functions *g = s->git;
    unsigned parents = g->git_commit_parentcount(c);
    git_commit *parent = NULL;
    git_tree *now = NULL, *then = NULL;

    s->damaged |= g->git_commit_tree(&now, c) != 0;
    /* a shallow history ends at a parent that is not there */
    if (parents > 0 && g->git_commit_parent(&parent, c, 0) == 0)
        s->damaged |= g->git_commit_tree(&then, parent) != 0;
    if (!s->damaged)
        compare(s, now, then, TEXT(""), g->git_commit_time(c), 0);
    g->git_tree_free(then);
    g->git_tree_free(now);
    g->git_commit_free(parent);
}

/* The commit behind the last of the line, or the newest; NULL: a shallow history ends there too. */
static git_commit *next_of_line(struct serve *s)
{
    const struct git_functions *g = s->git;
    git_commit *last = NULL, *next = NULL;
    const git_oid *id = s->line.count
        ? &LIST_AT(&s->line, struct when, s->line.count - 1)->id
        : g->git_object_id((git_object *)s->commit);
    if (g->git_commit_lookup(&last, s->repository, id) != 0 || s->line.count == 0)
        return last;
    if (g->git_commit_parentcount(last) > 0)
        (void)g->git_commit_parent(&next, last, 0);
    g->git_commit_free(last);
    return next;
}

/*
 * The commit with this number on the line of first parents, from the newest on; NULL: it, or our
 * patience, ends. What a merge brought came to this line with the merge, however old it was.
 */
static const struct when *commit_number(struct serve *s, size_t n)
{
    const struct git_functions *g = s->git;
    while (s->line.count <= n && s->line.count < GIT_COMMITS_MAX) {
        git_commit *c = next_of_line(s);
        if (c == NULL)
            break;
        *(struct when *)list_add(&s->line) =
            (struct when){g->git_commit_time(c), *g->git_object_id((git_object *)c)};
        g->git_commit_free(c);
    }
    return n < s->line.count ? LIST_AT(&s->line, struct when, n) : NULL;
}

/* What no commit since then changed is as old as the first one before it; where our patience
 * or the history ends, as old as the newest: later, never earlier. */
static void date_all(struct serve *s, int64_t since_s)
{
    const struct git_functions *g = s->git;
    int64_t rest_s = g->git_commit_time(s->commit);
    const struct when *at;

    s->damaged = false;
    s->pending = s->entries.count;
    for (size_t i = 0; i < s->entries.count; i++)
        LIST_AT(&s->entries, struct entry, i)->changed_s = 0;
    for (size_t n = 0;
         s->pending > 0 && !s->damaged && (at = commit_number(s, n)) != NULL; n++) {
        git_commit *c = NULL;
        if (at->at_s < since_s) {
            rest_s = at->at_s;
            break;
        }
        s->damaged |= g->git_commit_lookup(&c, s->repository, &at->id) != 0;
        if (!s->damaged)
            date_by(s, c);
        g->git_commit_free(c);
    }
    for (size_t i = 0; i < s->entries.count; i++)
        mark(s, LIST_AT(&s->entries, struct entry, i)->path, rest_s);
}

static void put(struct growing *out, uint64_t value, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(value >> (8 * i));
    growing_add(out, (struct bytes){b, n});
}

static void put_file(struct serve *s, struct growing *out, uint32_t number,
    int64_t seen_ns, uint64_t size)
{
    const struct entry *e = LIST_AT(&s->entries, struct entry, number);
    struct bytes path = text_from(e->path, strlen(s->job->lead));
    put(out, (uint64_t)e->changed_s, 8);
    put(out, (uint64_t)seen_ns, 8);
    put(out, size, 8);
    put(out, e->link, 1);
    put(out, path.len, 2);
    growing_add(out, path);
    *(uint32_t *)list_add(&s->listed) = number;
}

static void put_id(struct serve *s, struct growing *out)
{
    const git_oid *id = s->git->git_object_id((git_object *)s->commit);
    static_assert(sizeof id->id == GIT_ID, "ids of this library");
    growing_add(out, BYTES_OF(id->id));
}

static void put_commit(struct serve *s, struct growing *out)
{
    for (uint32_t i = 0; i < s->entries.count; i++)
        put_file(s, out, i, 0, LIST_AT(&s->entries, struct entry, i)->size);
}

/* What the index and HEAD hold; where it is the same, with the time that the file had then. */
static void put_index(struct serve *s, struct growing *out)
{
    const struct git_functions *g = s->git;
    if (s->index == NULL) /* once, so that a later listing has the same order */
        must(s, g->git_repository_index(&s->index, s->repository), "index");
    for (size_t i = 0; i < g->git_index_entrycount(s->index); i++) {
        const git_index_entry *f = g->git_index_get_byindex(s->index, i);
        uint32_t number = table_get(s->by_path, text_of(f->path));
        if (number == TABLE_NONE)
            continue;
        bool same =
            g->git_oid_equal(&LIST_AT(&s->entries, struct entry, number)->id, &f->id);
        int64_t seen_ns = (int64_t)f->mtime.seconds * 1000000000 + f->mtime.nanoseconds;
        put_file(s, out, number, same ? seen_ns : GIT_NEVER_SEEN, f->file_size);
    }
}

static void serve_listing(struct serve *s)
{
    struct growing out = {0};
    s->listed.count = 0;
    put_id(s, &out);
    if (s->job->task == GIT_LIST_COMMIT)
        put_commit(s, &out);
    else
        put_index(s, &out);
    answer(s, memory_file(growing_bytes(&out)), "");
    growing_free(&out);
}

static void serve_blob(struct serve *s, const git_oid *id)
{
    const struct git_functions *g = s->git;
    git_object_t kind = GIT_OBJECT_BLOB;
    git_blob *blob = NULL;
    size_t size = 0;
    if (g->git_odb_read_header(&size, &kind, s->odb, id) != 0
        || size > READ_DOCUMENT_MAX
        || g->git_blob_lookup(&blob, s->repository, id) != 0) {
        answer(s, -1, "no such blob");
        return;
    }
    struct bytes content = {
        g->git_blob_rawcontent(blob), (size_t)g->git_blob_rawsize(blob)};
    answer_with(s, memory_file(content), id, "");
    g->git_blob_free(blob);
}

static const struct when *commit_at(struct serve *s, int64_t at_s)
{
    const struct when *c = NULL;
    for (size_t n = 0; (c = commit_number(s, n)) != NULL; n++)
        if (c->at_s <= at_s)
            return c;
    return NULL;
}

static void serve_blob_at(struct serve *s, const struct entry *e, int64_t at_s)
{
    const struct git_functions *g = s->git;
    const struct when *when = commit_at(s, at_s);
    git_commit *commit = NULL;
    git_tree *tree = NULL;
    git_tree_entry *then = NULL;
    if (when && g->git_commit_lookup(&commit, s->repository, &when->id) == 0
        && g->git_commit_tree(&tree, commit) == 0
        && g->git_tree_entry_bypath(&then, tree, (const char *)e->path.at) == 0
        && g->git_tree_entry_type(then) == GIT_OBJECT_BLOB)
        serve_blob(s, g->git_tree_entry_id(then));
    else
        answer(s, -1, "it was not there");
    g->git_tree_entry_free(then);
    g->git_tree_free(tree);
    g->git_commit_free(commit);
}

static void serve_one(struct serve *s, const struct git_request *r)
{
    const struct entry *e = r->number < s->listed.count
        ? LIST_AT(&s->entries, struct entry, *LIST_AT(&s->listed, uint32_t, r->number))
        : NULL;
    switch ((enum git_wish)r->wish) {
    case GIT_BLOB:
        if (e && !e->link)
            serve_blob(s, &e->id);
        else
            answer(s, -1, "no file");
        break;
    case GIT_BLOB_AT:
        if (e)
            serve_blob_at(s, e, r->at_s);
        else
            answer(s, -1, "no file");
        break;
    case GIT_DATES:
        date_all(s, r->at_s);
        serve_listing(s);
        break;
    }
}

_Noreturn void git_serve(int talk, void *functions, const struct git_job *job)
{
    struct serve s = {.git = functions,
        .job = job,
        .talk = talk,
        .arena = arena_new(),
        .entries = LIST_OF(struct entry),
        .line = LIST_OF(struct when),
        .listed = LIST_OF(uint32_t)};
    struct git_request r;

    s.by_path = table_new(s.arena, 4096);
    open_repository(&s);
    open_commit(&s);
    int walked = s.git->git_tree_walk(s.tree, GIT_TREEWALK_PRE, on_entry, &s);
    must(&s, walked < 0 ? walked : 0, "tree");
    for (size_t i = 0; i < s.entries.count; i++)
        LIST_AT(&s.entries, struct entry, i)->changed_s =
            s.git->git_commit_time(s.commit);
    serve_listing(&s);
    while (recv(talk, &r, sizeof r, 0) == sizeof r)
        serve_one(&s, &r);
    _exit(0);
}
