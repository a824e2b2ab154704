/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder as a tree. Every folder is opened anew by its path from the root, and openat2()
 * refuses any symbolic link on the way: a folder that is exchanged for a link meanwhile leads
 * nowhere, and no depth costs more than one descriptor.
 */
#include "review/read/tree.h"

#include "review/read/ignore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IGNORE_FILE_MAX = 65536, DEPTH_ABOVE_MAX = 64 };

struct folder {                  /* that is still to be read */
    struct bytes path;           /* "" or "a/b/" */
    const struct ignore *ignore; /* rules of the folders above it */
    bool way; /* ignored itself; only what leads to `take_in` is read */
};

struct walk {
    struct arena *arena;
    int root;
    struct bytes lead;              /* of the root below the top of the work tree */
    const struct ignore *leave_out; /* from the configuration */
    const char *const *take_in;
    bool git; /* .gitignore counts */
    struct list files, todo;
};

struct folder_tree {
    int root;
    const struct tree_file *files;
    const bool *special; /* no regular file: never opened */
};

static int open_below(int root, const char *path, uint64_t flags)
{
    struct open_how how = {.flags = flags | O_CLOEXEC | O_RDONLY,
        .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/* The rules of one .gitignore as part of those above; unreadable or too long: those above. */
static const struct ignore *with_rules(
    struct walk *w, int fd, struct bytes folder, const struct ignore *above)
{
    static const size_t max = IGNORE_FILE_MAX;
    struct stat st;
    const struct ignore *rules = above;

    if (fd < 0)
        return above;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= max) {
        uint8_t *at = arena_take(w->arena, (size_t)st.st_size);
        ssize_t n = pread(fd, at, (size_t)st.st_size, 0);
        if (n > 0)
            rules =
                ignore_parse(w->arena, (struct bytes){at, (size_t)n}, folder, above);
    }
    close(fd);
    return rules;
}

static struct bytes joined(struct arena *a, struct bytes folder, const char *name)
{
    return arena_print(a, "%.*s%s", (int)folder.len, (const char *)folder.at, name);
}

static bool is_below(struct bytes path, struct bytes folder)
{
    return text_starts(path, folder)
        && (path.len == folder.len || path.at[folder.len] == '/');
}

enum reading { LEFT_OUT, READ, ON_THE_WAY };

/* What .gitignore leaves out is taken in again where the configuration names it. */
static enum reading ignored_reading(
    const struct walk *w, struct bytes path, bool is_folder)
{
    for (size_t i = 0; w->take_in && w->take_in[i]; i++) {
        struct bytes folder = text_of(w->take_in[i]);
        if (is_below(path, folder))
            return READ;
        if (is_folder && is_below(folder, path))
            return ON_THE_WAY;
    }
    return LEFT_OUT;
}

static enum reading reading_of(
    const struct walk *w, const struct folder *f, struct bytes path, bool is_folder)
{
    if (ignore_names(w->leave_out, path, is_folder))
        return LEFT_OUT;
    bool ignored = f->way
        || (f->ignore != NULL
            && ignore_names(f->ignore, joined(w->arena, w->lead, (const char *)path.at),
                is_folder));
    return ignored ? ignored_reading(w, path, is_folder) : READ;
}

struct found {
    struct tree_file file;
    bool special;
};

static void add_file(
    struct walk *w, struct bytes path, const struct stat *st, bool special)
{
    *(struct found *)list_add(&w->files) = (struct found){
        .file = {.path = path,
            .size = S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ? (uint64_t)st->st_size
                                                                 : 0,
            .changed_s = st->st_mtim.tv_sec,
            .changed_ns = (uint32_t)st->st_mtim.tv_nsec,
            .link = S_ISLNK(st->st_mode)},
        .special = special};
}

static void on_entry(
    struct walk *w, const struct folder *f, int folder_fd, const char *name)
{
    struct stat st = {0};
    bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    if (dots || strcmp(name, ".git") == 0)
        return;
    struct bytes path = joined(w->arena, f->path, name);
    bool known = fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool is_folder = known && S_ISDIR(st.st_mode);
    enum reading reading = reading_of(w, f, path, is_folder);
    if (reading == LEFT_OUT)
        return;
    if (is_folder)
        *(struct folder *)list_add(&w->todo) = (struct folder){
            joined(w->arena, path, "/"), f->ignore, reading == ON_THE_WAY};
    else
        add_file(w, path, &st, !S_ISREG(st.st_mode));
}

/* A folder that cannot be read is listed like a file that cannot be read. */
static void read_folder(struct walk *w, struct folder f)
{
    const char *path = f.path.len ? (const char *)f.path.at : ".";
    int fd = open_below(w->root, path, O_DIRECTORY);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        add_file(w, f.path, &(struct stat){0}, true);
        return;
    }
    if (w->git)
        f.ignore = with_rules(w,
            openat(fd, ".gitignore", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
            joined(w->arena, w->lead, (const char *)f.path.at), f.ignore);
    while ((entry = readdir(d)) != NULL)
        on_entry(w, &f, fd, entry->d_name);
    closedir(d);
}

static int by_path(const void *a, const void *b)
{
    return text_order(
        ((const struct found *)a)->file.path, ((const struct found *)b)->file.path);
}

static int folder_open(void *ctx, uint32_t i)
{
    const struct folder_tree *t = ctx;
    struct stat st;

    if (t->special[i] || t->files[i].path.len == 0)
        return -1;
    int fd = open_below(t->root, (const char *)t->files[i].path.at, O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static void folder_close(void *ctx)
{
    struct folder_tree *t = ctx;
    close(t->root);
    t->root = -1;
}

static void hand_out(struct walk *w, struct tree *out)
{
    size_t n = w->files.count;
    struct found *found = w->files.at;
    struct tree_file *files = arena_take(w->arena, n * sizeof *files);
    bool *special = arena_take(w->arena, n * sizeof *special);
    struct folder_tree *t = arena_take(w->arena, sizeof *t);

    if (n)
        qsort(found, n, sizeof *found, by_path);
    for (size_t i = 0; i < n; i++) {
        files[i] = found[i].file;
        special[i] = found[i].special;
    }
    *t = (struct folder_tree){w->root, files, special};
    *out = (struct tree){t, files, (uint32_t)n, folder_open, folder_close};
}

static bool has_git(struct arena *a, struct bytes top)
{
    struct stat st;
    return lstat((const char *)joined(a, top, "/.git").at, &st) == 0;
}

/* Whether the root lies in a git work tree: then *lead, and the rules of the folders above. */
static const struct ignore *rules_above(struct walk *w, const char *root)
{
    char *real = realpath(root, NULL);
    if (real == NULL)
        return NULL;
    struct bytes whole = arena_copy(w->arena, text_of(real)), top = whole;
    const struct ignore *rules = NULL;

    free(real);
    while (top.len && !(w->git = has_git(w->arena, top)))
        do
            top.len--;
        while (top.len && whole.at[top.len] != '/');
    if (!w->git || top.len == whole.len)
        return NULL;
    w->lead = joined(w->arena, text_from(whole, top.len + 1), "/");
    for (size_t at = top.len; at < whole.len; at++) {
        if (whole.at[at] != '/')
            continue;
        struct bytes above = joined(w->arena, text_upto(whole, at), "/.gitignore");
        struct bytes base = text_upto(w->lead, at - top.len);
        rules = with_rules(w,
            open(
                (const char *)above.at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
            base, rules);
    }
    return rules;
}

static enum status open_file(
    struct walk *w, const char *path, struct tree *out, struct bytes *why)
{
    const char *slash = strrchr(path, '/');
    struct bytes folder = slash
        ? arena_print(w->arena, "%.*s", (int)(slash - path + 1), path)
        : TEXT(".");
    struct stat st;

    w->root = open((const char *)folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->root < 0 || stat(path, &st) != 0) {
        *why = arena_print(
            w->arena, "%s: %s: expected a folder or a file", path, strerror(errno));
        return REFUSED;
    }
    add_file(w, arena_copy(w->arena, text_of(slash ? slash + 1 : path)), &st,
        !S_ISREG(st.st_mode));
    hand_out(w, out);
    return OK;
}

enum status tree_open_folder(
    struct arena *a, const struct tree_pick *pick, struct tree *out, struct bytes *why)
{
    struct walk w = {.arena = a,
        .lead = TEXT(""),
        .files = LIST_OF(struct found),
        .todo = LIST_OF(struct folder)};
    enum status s = OK;

    w.root = open(pick->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w.root < 0) {
        s = open_file(&w, pick->root, out, why);
        list_free(&w.files);
        return s;
    }
    w.leave_out = ignore_from(a, pick->leave_out);
    w.take_in = pick->take_in;
    const struct ignore *above = rules_above(&w, pick->root);
    *(struct folder *)list_add(&w.todo) = (struct folder){TEXT(""), above, false};
    while (w.todo.count > 0)
        read_folder(&w, *LIST_AT(&w.todo, struct folder, --w.todo.count));
    hand_out(&w, out);
    list_free(&w.files);
    list_free(&w.todo);
    return s;
}
