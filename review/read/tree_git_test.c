/* SPDX-License-Identifier: Apache-2.0 */
/* Small repositories, made by git itself, read through the confined child. */
#include "review/read/git_child.h"
#include "review/read/tree.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char path[64];
    struct arena *arena;
};

static const char *in(struct place *p, const char *name)
{
    return (const char *)arena_print(p->arena, "%s/%s", p->path, name).at;
}

/* git in the folder, as nobody's git: no configuration of the machine, a fixed date. */
static bool git(struct place *p, const char *date, const char *args)
{
    const char *line = (const char *)arena_print(p->arena,
        "cd %s && GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null "
        "GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b.test GIT_COMMITTER_NAME=a "
        "GIT_COMMITTER_EMAIL=a@b.test GIT_AUTHOR_DATE='%s +0000' "
        "GIT_COMMITTER_DATE='%s +0000' git %s >/dev/null 2>&1",
        p->path, date, date, args)
                           .at;
    int state = system(line);
    return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static void put(struct place *p, const char *name, const char *text)
{
    int fd = open(in(p, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static bool commit(struct place *p, const char *date)
{
    return git(p, date, "add -A") && git(p, date, "commit -q -m x");
}

static int remove_one(
    const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

enum { FIRST = 1600000000, SECOND = 1600001000, THIRD = 1600002000 };

static void place_open(struct place *p)
{
    snprintf(p->path, sizeof p->path, "%s", "/tmp/git_test.XXXXXX");
    CHECK(mkdtemp(p->path) != NULL);
    p->arena = arena_new();
    CHECK(git(p, "1600000000", "init -q -b main"));
    CHECK(mkdir(in(p, "docs"), 0755) == 0);
    put(p, "docs/a.md", "first");
    put(p, "docs/b.md", "same");
    put(p, "docs.md", "x");
    CHECK(symlink("a.md", in(p, "docs/link.md")) == 0);
    CHECK(commit(p, "1600000000"));
    put(p, "docs/a.md", "second");
    CHECK(commit(p, "1600001000"));
    put(p, "new.md", "third");
    CHECK(commit(p, "1600002000"));
}

static void place_close(struct place *p)
{
    CHECK(nftw(p->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
    arena_free(p->arena);
}

/* "path@time=content " for each file; "-" where it cannot be opened. */
static const char *shown(struct place *p, struct tree *t)
{
    struct bytes all = TEXT("");
    for (uint32_t i = 0; i < t->count; i++) {
        char text[32] = "-";
        int fd = t->open(t->ctx, i);
        if (fd >= 0)
            text[read(fd, text, sizeof text - 1)] = 0;
        close(fd);
        all = arena_print(p->arena, "%s%s@%d=%s ", all.at, t->files[i].path.at,
            (int)(t->files[i].changed_s - FIRST), text);
    }
    return (const char *)all.at;
}

static void check_commit(
    struct place *p, const char *root, const char *revision, const char *expected)
{
    static const char *const leave_out[] = {"new.md", NULL};
    struct tree_pick pick = {root, leave_out};
    struct tree t = {0};
    struct bytes why = {0};
    CHECK(tree_open_commit(p->arena, &pick, revision, &t, &why) == OK);
    if (why.len)
        printf("# %s\n", (const char *)why.at);
    if (!t.open)
        return;
    CHECK(tree_date(p->arena, &t, INT64_MIN) == OK);
    const char *got = shown(p, &t);
    CHECK(strcmp(got, expected) == 0);
    if (strcmp(got, expected) != 0)
        printf("# got %s\n", got);
    t.close(t.ctx);
}

static void a_commit_is_a_tree_with_the_times_of_its_changes(void)
{
    struct place p;
    place_open(&p);
    put(&p, "docs/a.md", "not committed");
    check_commit(&p, p.path, "HEAD",
        "docs.md@0=x docs/a.md@1000=second docs/b.md@0=same docs/link.md@0=- ");
    check_commit(&p, p.path, "HEAD~2",
        "docs.md@0=x docs/a.md@0=first docs/b.md@0=same docs/link.md@0=- ");
    check_commit(
        &p, in(&p, "docs"), "main~1", "a.md@1000=second b.md@0=same link.md@0=- ");
    place_close(&p);
}

static void a_linked_work_tree_and_a_bare_repository_are_read_too(void)
{
    struct place p;
    place_open(&p);
    CHECK(git(&p, "1600002000",
        "worktree add -q ../linked.$$ HEAD~1 && mv ../linked.* linked"));
    CHECK(git(&p, "1600002000", "worktree repair linked"));
    check_commit(
        &p, in(&p, "linked/docs"), "HEAD", "a.md@1000=second b.md@0=same link.md@0=- ");
    CHECK(git(&p, "1600002000", "clone -q --bare . bare"));
    check_commit(&p, in(&p, "bare"), "HEAD~2",
        "docs.md@0=x docs/a.md@0=first docs/b.md@0=same docs/link.md@0=- ");
    place_close(&p);
}

static void a_revision_that_is_not_there_is_refused_in_one_line(void)
{
    struct place p;
    struct tree t;
    struct bytes why = {0};
    place_open(&p);
    struct tree_pick pick = {p.path, NULL}, none = {"/proc", NULL};
    CHECK(tree_open_commit(p.arena, &pick, "v9", &t, &why) == REFUSED);
    CHECK(
        text_find(why, TEXT("v9")) < why.len && text_find(why, TEXT("\n")) == why.len);
    CHECK(tree_open_commit(p.arena, &none, "HEAD", &t, &why) == REFUSED);
    CHECK(text_find(why, TEXT("/proc: expected a folder in a git repository")) == 0);
    place_close(&p);
}

static void a_damaged_repository_is_refused_and_harms_nobody(void)
{
    struct place p;
    struct tree t;
    struct bytes why = {0};
    place_open(&p);
    struct tree_pick pick = {p.path, NULL};
    CHECK(git(&p, "1600002000", "gc -q"));
    CHECK(system((const char *)arena_print(p.arena,
              "cd %s/.git/objects/pack && chmod u+w *.pack && for f in *.pack; do "
              "head -c 150 $f >x && mv x $f; done",
              p.path)
                     .at)
        == 0);
    CHECK(tree_open_commit(p.arena, &pick, "HEAD", &t, &why) == REFUSED && why.len > 0);
    place_close(&p);
}

/* "path@time " for each file; "own" where it is newer than any commit. */
static const char *ages(struct place *p, const struct tree *t)
{
    struct bytes all = TEXT("");
    for (uint32_t i = 0; i < t->count; i++) {
        int64_t at_s = t->files[i].changed_s;
        char age[16] = "own";
        if (at_s <= THIRD)
            snprintf(age, sizeof age, "%d", (int)(at_s - FIRST));
        all = arena_print(p->arena, "%s%s@%s ", all.at, t->files[i].path.at, age);
    }
    return (const char *)all.at;
}

static void what_is_as_committed_is_dated_by_git_and_the_rest_by_itself(void)
{
    struct place p;
    struct tree t;
    struct bytes why = {0};
    place_open(&p);
    struct tree_pick pick = {p.path, NULL};
    put(&p, "docs/a.md", "changed and not committed");
    put(&p, "other.md", "never committed");
    CHECK(tree_open_folder(p.arena, &pick, &t, &why) == OK && t.count == 6);
    CHECK(tree_follow_git(p.arena, &pick, &t, &why) == OK);
    CHECK(strcmp(ages(&p, &t),
              "docs.md@2000 docs/a.md@own docs/b.md@2000 "
              "docs/link.md@2000 new.md@2000 other.md@own ")
        == 0);
    CHECK(tree_date(p.arena, &t, INT64_MIN) == OK);
    CHECK(strcmp(ages(&p, &t),
              "docs.md@0 docs/a.md@own docs/b.md@0 docs/link.md@0 "
              "new.md@2000 other.md@own ")
        == 0);
    t.close(t.ctx);
    place_close(&p);
}

/* Who compares with a time pays for the commits since then, and is told no more. */
static void ages_are_as_exact_as_they_were_asked_for(void)
{
    static const struct {
        int since;
        const char *ages;
    } rows[] = {
        {FIRST, "docs.md@0 docs/a.md@1000 docs/b.md@0 docs/link.md@0 new.md@2000 "},
        {SECOND, "docs.md@0 docs/a.md@1000 docs/b.md@0 docs/link.md@0 new.md@2000 "},
        {SECOND + 1,
            "docs.md@1000 docs/a.md@1000 docs/b.md@1000 docs/link.md@1000 new.md@2000 "},
        {THIRD + 1,
            "docs.md@2000 docs/a.md@2000 docs/b.md@2000 docs/link.md@2000 new.md@2000 "},
    };
    struct place p;
    struct tree t;
    struct bytes why = {0};
    place_open(&p);
    struct tree_pick pick = {p.path, NULL};
    CHECK(tree_open_folder(p.arena, &pick, &t, &why) == OK);
    CHECK(tree_follow_git(p.arena, &pick, &t, &why) == OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK(tree_date(p.arena, &t, rows[i].since) == OK);
        CHECK(strcmp(ages(&p, &t), rows[i].ages) == 0);
    }
    t.close(t.ctx);
    place_close(&p);
}

/* The number in a tree of the file with this path. */
static uint32_t file_of(const struct tree *t, const char *path)
{
    uint32_t i = 0;
    while (i < t->count && !text_same(t->files[i].path, text_of(path)))
        i++;
    return i;
}

static void a_file_can_be_read_as_it_was_at_an_earlier_time(void)
{
    static const struct {
        const char *path;
        int at;
        const char *text; /* NULL: it was not there */
    } rows[] = {
        {"docs/a.md", FIRST, "first"}, {"docs/a.md", SECOND - 1, "first"},
        {"docs/a.md", SECOND, "second"}, {"docs/a.md", THIRD + 9, "second"},
        {"docs/b.md", FIRST, "same"}, /* staged, and another one since */
        {"docs/a.md", FIRST - 1, NULL}, {"new.md", SECOND, NULL},
        {"new.md", THIRD, "third"}, {"other.md", THIRD, NULL}, /* never committed */
    };
    struct place p;
    struct tree t;
    struct bytes why = {0};
    place_open(&p);
    struct tree_pick pick = {p.path, NULL};
    put(&p, "docs/a.md", "changed and not committed");
    put(&p, "docs/b.md", "staged");
    CHECK(git(&p, "1600003000", "add docs/b.md"));
    put(&p, "other.md", "never committed");
    CHECK(tree_open_folder(p.arena, &pick, &t, &why) == OK);
    CHECK(tree_follow_git(p.arena, &pick, &t, &why) == OK);
    CHECK(t.files[file_of(&t, "docs/b.md")].changed_s > THIRD);
    struct content_name names[sizeof rows / sizeof rows[0]];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[32] = "";
        uint32_t file = file_of(&t, rows[i].path);
        int fd = tree_open_at(&t, file, rows[i].at, &names[i]);
        CHECK((fd >= 0) == (rows[i].text != NULL));
        if (fd < 0)
            continue;
        text[read(fd, text, sizeof text - 1)] = 0;
        close(fd);
        CHECK(strcmp(text, rows[i].text) == 0);
    }
    CHECK(memcmp(&names[0], &names[1], sizeof names[0]) == 0);
    CHECK(memcmp(&names[0], &names[2], sizeof names[0]) != 0);
    t.close(t.ctx);
    place_close(&p);
}

/* A text is in the line since its branch was merged, not since somebody wrote it there. */
static void what_a_merge_brought_came_with_the_merge(void)
{
    struct place p;
    struct tree t;
    struct bytes why = {0};
    struct content_name name;
    place_open(&p);
    struct tree_pick pick = {p.path, NULL};
    CHECK(git(&p, "1600002100", "checkout -q -b side HEAD~1"));
    put(&p, "docs/a.md", "of the side");
    CHECK(commit(&p, "1600002200"));
    CHECK(git(&p, "1600002300", "checkout -q main"));
    CHECK(git(&p, "1600002400", "merge -q --no-ff -m merged side"));
    CHECK(tree_open_folder(p.arena, &pick, &t, &why) == OK);
    CHECK(tree_follow_git(p.arena, &pick, &t, &why) == OK);
    CHECK(tree_date(p.arena, &t, INT64_MIN) == OK);
    uint32_t a = file_of(&t, "docs/a.md");
    CHECK(t.files[a].changed_s == 1600002400);
    CHECK(t.files[file_of(&t, "new.md")].changed_s == THIRD);
    char text[32] = "";
    int fd = tree_open_at(&t, a, 1600002300, &name);
    CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
    close(fd);
    CHECK(strcmp(text, "second") == 0);
    t.close(t.ctx);
    place_close(&p);
}

MAIN(TEST(a_commit_is_a_tree_with_the_times_of_its_changes),
    TEST(a_linked_work_tree_and_a_bare_repository_are_read_too),
    TEST(a_revision_that_is_not_there_is_refused_in_one_line),
    TEST(a_damaged_repository_is_refused_and_harms_nobody),
    TEST(what_is_as_committed_is_dated_by_git_and_the_rest_by_itself),
    TEST(ages_are_as_exact_as_they_were_asked_for),
    TEST(a_file_can_be_read_as_it_was_at_an_earlier_time),
    TEST(what_a_merge_brought_came_with_the_merge))
