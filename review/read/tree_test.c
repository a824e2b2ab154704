/* SPDX-License-Identifier: Apache-2.0 */
/* Folders as somebody could hand them in to do harm, and what must be listed of them. */
#include "review/read/tree.h"

#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
    char path[64];
    struct arena *arena;
    struct tree tree;
};

static const char *in(struct place *p, const char *name)
{
    return (const char *)arena_print(p->arena, "%s/%s", p->path, name).at;
}

static void place_open(struct place *p)
{
    snprintf(p->path, sizeof p->path, "%s", "/tmp/tree_test.XXXXXX");
    CHECK(mkdtemp(p->path) != NULL);
    p->arena = arena_new();
}

static int remove_one(
    const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void place_close(struct place *p)
{
    if (p->tree.close)
        p->tree.close(p->tree.ctx);
    CHECK(nftw(p->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
    arena_free(p->arena);
}

static void put(struct place *p, const char *name, const char *text)
{
    int fd = open(in(p, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void folder(struct place *p, const char *name)
{
    CHECK(mkdir(in(p, name), 0755) == 0);
}

static void scan_taking(struct place *p, const char *below,
    const char *const *leave_out, const char *const *take_in)
{
    struct bytes why = {0};
    struct tree_pick pick = {below ? in(p, below) : p->path, leave_out, take_in};
    CHECK(tree_open_folder(p->arena, &pick, &p->tree, &why) == OK);
}

static void scan_with(struct place *p, const char *below, const char *const *leave_out)
{
    scan_taking(p, below, leave_out, NULL);
}

/* The paths with a blank behind each; "?" before one that cannot be opened, "@" a link. */
static const char *listed(struct place *p)
{
    struct bytes all = TEXT("");
    for (uint32_t i = 0; i < p->tree.count; i++) {
        int fd = p->tree.open(p->tree.ctx, i);
        all =
            arena_print(p->arena, "%s%s%s%s ", all.at, p->tree.files[i].link ? "@" : "",
                fd < 0 ? "?" : "", p->tree.files[i].path.at);
        if (fd >= 0)
            close(fd);
    }
    return (const char *)all.at;
}

static void check_listed(struct place *p, const char *expected)
{
    const char *got = listed(p);
    CHECK(strcmp(got, expected) == 0);
    if (strcmp(got, expected) != 0)
        printf("# listed %s\n", got);
}

static void files_come_by_path_bytes_and_hidden_ones_too(void)
{
    struct place p = {0};
    place_open(&p);
    folder(&p, "b");
    folder(&p, ".github");
    put(&p, "b/x.md", "1");
    put(&p, "b.md", "1");
    put(&p, "B.md", "123");
    put(&p, ".github/a.yml", "1");
    put(&p, "\xFFname", "1");
    scan_with(&p, NULL, NULL);
    check_listed(&p, ".github/a.yml B.md b.md b/x.md \xFFname ");
    CHECK(p.tree.files[1].size == 3 && p.tree.files[1].changed_s > 1600000000);
    place_close(&p);
}

static void what_is_no_file_is_listed_and_never_opened(void)
{
    struct place p = {0};
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    place_open(&p);
    folder(&p, "a");
    put(&p, "a/real", "1");
    CHECK(
        symlink("..", in(&p, "a/loop")) == 0 && symlink("a/real", in(&p, "link")) == 0);
    CHECK(symlink("/etc", in(&p, "etc")) == 0);
    CHECK(mkfifo(in(&p, "pipe"), 0644) == 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", p.path);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(s >= 0 && bind(s, (struct sockaddr *)&at, sizeof at) == 0);
    scan_with(&p, NULL, NULL);
    check_listed(&p, "@?a/loop a/real @?etc @?link ?pipe ?socket ");
    close(s);
    place_close(&p);
}

static void a_folder_exchanged_for_a_link_leads_nowhere(void)
{
    struct place p = {0};
    place_open(&p);
    folder(&p, "a");
    put(&p, "a/hostname", "1");
    scan_with(&p, NULL, NULL);
    CHECK(rename(in(&p, "a"), in(&p, "b")) == 0 && symlink("/etc", in(&p, "a")) == 0);
    check_listed(&p, "?a/hostname ");
    place_close(&p);
}

static void what_may_not_be_read_is_listed(void)
{
    struct place p = {0};
    place_open(&p);
    bool root = geteuid() == 0;
    folder(&p, "closed");
    put(&p, "closed/x", "1");
    put(&p, "secret", "1");
    CHECK(chmod(in(&p, "closed"), 0) == 0 && chmod(in(&p, "secret"), 0) == 0);
    CHECK(chmod(p.path, 0755) == 0 && (!root || seteuid(65534) == 0));
    scan_with(&p, NULL, NULL);
    check_listed(&p, "?closed/ ?secret ");
    CHECK(!root || seteuid(0) == 0);
    CHECK(chmod(in(&p, "closed"), 0755) == 0);
    place_close(&p);
}

static void three_hundred_folders_below_each_other_are_read(void)
{
    struct place p = {0};
    enum { DEEP = 300 };
    place_open(&p);
    int at = open(p.path, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < DEEP; i++) {
        CHECK(mkdirat(at, "d", 0755) == 0);
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
        close(at);
        at = next;
    }
    int fd = openat(at, "x.md", O_WRONLY | O_CREAT, 0644);
    CHECK(fd >= 0);
    close(fd);
    close(at);
    scan_with(&p, NULL, NULL);
    CHECK(p.tree.count == 1 && p.tree.files[0].path.len == DEEP * 2 + 4);
    fd = p.tree.open(p.tree.ctx, 0);
    CHECK(fd >= 0);
    close(fd);
    place_close(&p);
}

static void in_a_work_tree_git_is_left_out_and_what_gitignore_names(void)
{
    static const char *const leave_out[] = {"/third/", "*.tmp", NULL};
    struct place p = {0};
    place_open(&p);
    folder(&p, "sub");
    folder(&p, "sub/build");
    folder(&p, "third");
    put(&p, ".gitignore", "build/\n*.log\n");
    put(&p, "sub/.gitignore", "!keep.log\n/only\n");
    put(&p, "sub/keep.log", "1");
    put(&p, "sub/other.log", "1");
    put(&p, "sub/only", "1");
    put(&p, "sub/x.tmp", "1");
    put(&p, "sub/build/out", "1");
    put(&p, "third/x", "1");
    scan_with(&p, NULL, leave_out);
    check_listed(&p,
        ".gitignore sub/.gitignore sub/build/out sub/keep.log sub/only sub/other.log ");
    p.tree.close(p.tree.ctx);

    folder(&p, ".git");
    put(&p, ".git/config", "1");
    scan_with(&p, NULL, leave_out);
    check_listed(&p, ".gitignore sub/.gitignore sub/keep.log ");
    p.tree.close(p.tree.ctx);
    scan_with(&p, "sub", NULL);
    check_listed(&p, ".gitignore keep.log x.tmp ");
    place_close(&p);
}

static void a_folder_of_results_is_read_although_gitignore_names_it(void)
{
    static const char *const take_in[] = {"build/results/junit", "none", NULL};
    static const char *const leave_out[] = {"build/results/junit/old.xml", NULL};
    struct place p = {0};
    place_open(&p);
    folder(&p, ".git");
    folder(&p, "build");
    folder(&p, "build/core");
    folder(&p, "build/results");
    folder(&p, "build/results/junit");
    folder(&p, "build/results/junit/more");
    folder(&p, "build/results/junit2");
    put(&p, ".gitignore", "build/\n*.xml\n");
    put(&p, "a.xml", "1");
    put(&p, "build/a.c", "1");
    put(&p, "build/core/a.c", "1");
    put(&p, "build/results/a.log", "1");
    put(&p, "build/results/junit/unit.xml", "1");
    put(&p, "build/results/junit/old.xml", "1");
    put(&p, "build/results/junit/more/sim.xml", "1");
    put(&p, "build/results/junit2/a.xml", "1");
    scan_taking(&p, NULL, leave_out, take_in);
    check_listed(&p,
        ".gitignore build/results/junit/more/sim.xml build/results/junit/unit.xml ");
    place_close(&p);
}

static void a_root_may_be_one_file_and_must_be_something(void)
{
    struct place p = {0};
    struct bytes why = {0};
    place_open(&p);
    put(&p, "one.md", "1");
    scan_with(&p, "one.md", NULL);
    check_listed(&p, "one.md ");
    struct tree_pick none = {in(&p, "none"), NULL};
    struct tree t;
    CHECK(tree_open_folder(p.arena, &none, &t, &why) == REFUSED);
    CHECK(text_find(why, TEXT("none: No such file or directory: expected")) < why.len);
    place_close(&p);
}

/* The content of each file, in order, with a comma behind it. */
static const char *contents(struct place *p)
{
    struct bytes all = TEXT("");
    for (uint32_t i = 0; i < p->tree.count; i++) {
        char text[16];
        int fd = p->tree.open(p->tree.ctx, i);
        ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);
        all = arena_print(p->arena, "%s%.*s,", (const char *)all.at, (int)n, text);
        if (fd >= 0)
            close(fd);
    }
    return (const char *)all.at;
}

static void without_one_file_the_others_are_what_they_were(void)
{
    static const struct {
        const char *without, *left;
    } rows[] = {
        {"a", "2,3,"}, {"b", "1,3,"}, {"c", "1,2,"}, {"d", "1,2,3,"}, {"", "1,2,3,"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct place p = {0};
        place_open(&p);
        put(&p, "a", "1");
        put(&p, "b", "2");
        put(&p, "c", "3");
        scan_with(&p, "", NULL);
        tree_without(p.arena, &p.tree, text_of(rows[i].without));
        CHECK(strcmp(contents(&p), rows[i].left) == 0);
        place_close(&p);
    }
}

static void files_in_memory_are_a_tree(void)
{
    struct place p = {0};
    place_open(&p);
    struct tree_held files[] = {{TEXT("a"), TEXT("one")}, {TEXT("b"), TEXT("")}};
    tree_of_memory(p.arena, files, 2, &p.tree);
    CHECK(p.tree.count == 2 && p.tree.files[0].size == 3);
    CHECK(strcmp(contents(&p), "one,,") == 0);
    CHECK(strcmp(contents(&p), "one,,") == 0); /* and again */
    place_close(&p);
}

MAIN(TEST(files_come_by_path_bytes_and_hidden_ones_too),
    TEST(what_is_no_file_is_listed_and_never_opened),
    TEST(a_folder_exchanged_for_a_link_leads_nowhere),
    TEST(what_may_not_be_read_is_listed),
    TEST(three_hundred_folders_below_each_other_are_read),
    TEST(in_a_work_tree_git_is_left_out_and_what_gitignore_names),
    TEST(a_folder_of_results_is_read_although_gitignore_names_it),
    TEST(a_root_may_be_one_file_and_must_be_something),
    TEST(without_one_file_the_others_are_what_they_were),
    TEST(files_in_memory_are_a_tree))
