/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/ignore.h"

#include "tests/support/check.h"

static void a_rule_names_what_gitignore_says_it_names(void)
{
    static const struct {
        const char *rules, *path;
        bool folder, named;
    } rows[] = {
        {"build", "build", true, true},
        {"build", "a/build", false, true},
        {"build", "rebuild", false, false},
        {"/build", "a/build", true, false},
        {"build/", "build", false, false},
        {"build/", "a/build", true, true},
        {"*.o", "a/b.o", false, true},
        {"*.o", "b.oo", false, false},
        {"a/*.o", "a/b.o", false, true},
        {"a/*.o", "a/c/b.o", false, false},
        {"a/**/b", "a/b", false, true},
        {"a/**/b", "a/x/y/b", false, true},
        {"a/**/b", "a/x/yb", false, false},
        {"**/b.c", "b.c", false, true},
        {"**/x/b.c", "a/x/c/x/b.c", false, true},
        {"a/**", "a/x/y", false, true},
        {"a/**", "a", true, false},
        {"*a*b*c", "xxaxxbxxbxc", false, true},
        {"*a*b*c", "xxaxxbxxbx", false, false},
        {"?.md", "a.md", false, true},
        {"?.md", ".md", false, false},
        {"[a-c]x", "bx", false, true},
        {"[!a-c]x", "bx", false, false},
        {"[]]x", "]x", false, true},
        {"[x", "[x", false, true},
        {"\\#a", "#a", false, true},
        {"#a", "#a", false, false},
        {"\\!a", "!a", false, true},
        {"a\\*", "ab", false, false},
        {"a   ", "a", false, true},
        {"a\r\nb\r\n", "a", false, true},
        {"*.md\n!keep.md", "keep.md", false, false},
        {"!keep.md\n*.md", "keep.md", false, true},
        {"", "a", false, false},
        {"/", "a", false, false},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ignore *g = ignore_parse(a, text_of(rows[i].rules), TEXT(""), NULL);
        bool named = ignore_names(g, text_of(rows[i].path), rows[i].folder);
        if (named != rows[i].named)
            printf("# %s on %s\n", rows[i].rules, rows[i].path);
        CHECK(named == rows[i].named);
    }
    arena_free(a);
}

static void rules_count_below_their_folder_and_the_nearest_wins(void)
{
    struct arena *a = arena_new();
    struct ignore *top = ignore_parse(a, TEXT("*.log\n/x"), TEXT(""), NULL);
    struct ignore *sub = ignore_parse(a, TEXT("!good.log\n/x\n"), TEXT("sub/"), top);
    CHECK(ignore_names(sub, TEXT("sub/bad.log"), false));
    CHECK(!ignore_names(sub, TEXT("sub/good.log"), false));
    CHECK(ignore_names(sub, TEXT("sub/x"), false));
    CHECK(!ignore_names(top, TEXT("sub/x"), false));
    CHECK(!ignore_names(NULL, TEXT("x"), false));
    arena_free(a);
}

static uint8_t stars[500], path[4000];

/* Would take longer than this machine exists if stars were tried in all ways. */
static void many_stars_end_soon(void)
{
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof stars; i++)
        stars[i] = i % 2 ? 'a' : '*';
    stars[sizeof stars - 1] = 'b';
    memset(path, 'a', sizeof path);
    for (size_t i = 2; i < sizeof path; i += 3)
        path[i] = '/';
    CHECK(!ignore_names(
        ignore_parse(a, BYTES_OF(stars), TEXT(""), NULL), BYTES_OF(path), false));
    for (size_t i = 0; i + 4 < sizeof stars; i += 4)
        memcpy(stars + i, i % 8 ? "**/a" : "/*a/", 4);
    CHECK(!ignore_names(
        ignore_parse(a, BYTES_OF(stars), TEXT(""), NULL), BYTES_OF(path), false));
    arena_free(a);
}

MAIN(TEST(a_rule_names_what_gitignore_says_it_names),
    TEST(rules_count_below_their_folder_and_the_nearest_wins),
    TEST(many_stars_end_soon))
