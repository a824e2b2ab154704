/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/git_serve.h"

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
    struct growing out;
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

static void answer(const struct serve *s, int fd, const char *why)
{
    struct git_answer a = {.good = fd >= 0};
    char room[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {&a, sizeof a};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

    snprintf(a.why, sizeof a.why, "%s", why);
    if (fd >= 0) {
        m.msg_control = room;
        m.msg_controllen = sizeof room;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    if (sendmsg(s->talk, &m, MSG_NOSIGNAL) < 0)
        _exit(EXIT_GIT);
    if (fd >= 0)
        close(fd);
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
    if (type == GIT_OBJECT_BLOB)
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
        must(s,
            s->git->git_tree_lookup(&t, s->repository, s->git->git_tree_entry_id(e)),
            "tree");
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

/* A merge changes nothing that one of its parents did not bring. */
static void date_by(struct serve *s, git_commit *c)
{
    const struct git_functions *g = s->git;
    unsigned parents = g->git_commit_parentcount(c);
    git_commit *parent = NULL;
    git_tree *now = NULL, *then = NULL;

    if (parents > 1)
        return;
    must(s, g->git_commit_tree(&now, c), "tree");
    /* a shallow history ends at a parent that is not there */
    if (parents == 1 && g->git_commit_parent(&parent, c, 0) == 0)
        must(s, g->git_commit_tree(&then, parent), "tree");
    compare(s, now, then, TEXT(""), g->git_commit_time(c), 0);
    g->git_tree_free(then);
    g->git_tree_free(now);
    g->git_commit_free(parent);
}

/* What no walked commit changed has the time of the first one: later, never earlier. */
static void date_all(struct serve *s)
{
    const struct git_functions *g = s->git;
    git_revwalk *walk = NULL;
    git_oid id;

    s->pending = s->entries.count;
    must(s, g->git_revwalk_new(&walk, s->repository), "history");
    g->git_revwalk_sorting(walk, GIT_SORT_TIME);
    must(s, g->git_revwalk_push(walk, g->git_object_id((git_object *)s->commit)),
        "history");
    for (int n = 0; n < GIT_COMMITS_MAX && s->pending > 0; n++) {
        git_commit *c = NULL;
        if (g->git_revwalk_next(&id, walk) != 0
            || g->git_commit_lookup(&c, s->repository, &id) != 0)
            break;
        date_by(s, c);
        g->git_commit_free(c);
    }
    for (size_t i = 0; i < s->entries.count; i++)
        mark(s, LIST_AT(&s->entries, struct entry, i)->path,
            g->git_commit_time(s->commit));
}

static void put(struct serve *s, uint64_t value, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(value >> (8 * i));
    growing_add(&s->out, (struct bytes){b, n});
}

static void put_file(
    struct serve *s, const struct entry *e, int64_t seen_s, uint64_t size)
{
    struct bytes path = text_from(e->path, strlen(s->job->lead));
    put(s, (uint64_t)e->changed_s, 8);
    put(s, (uint64_t)seen_s, 8);
    put(s, size, 8);
    put(s, e->link, 1);
    put(s, path.len, 2);
    growing_add(&s->out, path);
}

static void put_id(struct serve *s)
{
    const git_oid *id = s->git->git_object_id((git_object *)s->commit);
    static_assert(sizeof id->id == GIT_ID, "ids of this library");
    growing_add(&s->out, BYTES_OF(id->id));
}

static void put_commit(struct serve *s)
{
    for (size_t i = 0; i < s->entries.count; i++) {
        const struct entry *e = LIST_AT(&s->entries, struct entry, i);
        put_file(s, e, 0, e->size);
    }
}

/* What the index holds as HEAD does; with the time and size that the file had then. */
static void put_index(struct serve *s)
{
    const struct git_functions *g = s->git;
    git_index *index = NULL;
    must(s, g->git_repository_index(&index, s->repository), "index");
    for (size_t i = 0; i < g->git_index_entrycount(index); i++) {
        const git_index_entry *f = g->git_index_get_byindex(index, i);
        uint32_t number = table_get(s->by_path, text_of(f->path));
        if (number == TABLE_NONE)
            continue;
        const struct entry *e = LIST_AT(&s->entries, struct entry, number);
        if (g->git_oid_equal(&e->id, &f->id))
            put_file(s, e, f->mtime.seconds, f->file_size);
    }
}

static void serve_blob(struct serve *s, uint32_t number)
{
    const struct git_functions *g = s->git;
    git_blob *blob = NULL;
    const struct entry *e =
        number < s->entries.count ? LIST_AT(&s->entries, struct entry, number) : NULL;
    if (!e || e->link || e->size > READ_DOCUMENT_MAX
        || g->git_blob_lookup(&blob, s->repository, &e->id) != 0) {
        answer(s, -1, "no such blob");
        return;
    }
    struct bytes content = {
        g->git_blob_rawcontent(blob), (size_t)g->git_blob_rawsize(blob)};
    answer(s, memory_file(content), "");
    g->git_blob_free(blob);
}

_Noreturn void git_serve(int talk, void *functions, const struct git_job *job)
{
    struct serve s = {.git = functions,
        .job = job,
        .talk = talk,
        .arena = arena_new(),
        .entries = LIST_OF(struct entry)};
    uint32_t number;

    s.by_path = table_new(s.arena, 4096);
    open_repository(&s);
    open_commit(&s);
    int walked = s.git->git_tree_walk(s.tree, GIT_TREEWALK_PRE, on_entry, &s);
    must(&s, walked < 0 ? walked : 0, "tree");
    date_all(&s);
    put_id(&s);
    if (job->task == GIT_LIST_COMMIT)
        put_commit(&s);
    else
        put_index(&s);
    answer(&s, memory_file(growing_bytes(&s.out)), "");
    while (recv(talk, &number, sizeof number, 0) == sizeof number)
        serve_blob(&s, number);
    _exit(0);
}
