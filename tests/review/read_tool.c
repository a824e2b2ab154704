/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read_tool: reads a folder and prints what came of it; for tests that watch a reading from
 * outside (its system calls, its time).
 *   read-tool [--units] [--dates | --commit REV] PATH
 */
#include "review/read/read.h"

#include <stdio.h>
#include <string.h>

static void print_units(const struct corpus *c)
{
    for (uint32_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];
        const struct bytes path = c->docs[u->doc].path;
        printf("%.*s:%u %s %.*s\n", (int)path.len, (const char *)path.at, u->line,
            unit_kind_name((enum unit_kind)u->kind), (int)u->text.len,
            (const char *)u->text.at);
    }
}

static void print_notes(const struct corpus *c)
{
    static const char *const names[] = {
#define NOTE(id, name, severity, sentence) name,
#include "review/read/note.def"
#undef NOTE
    };
    for (uint32_t i = 0; i < c->note_count; i++) {
        const struct note *n = &c->notes[i];
        const struct bytes path = c->docs[n->doc].path;
        printf("%.*s: %s %.*s\n", (int)path.len, (const char *)path.at, names[n->kind],
            (int)n->detail.len, (const char *)n->detail.at);
    }
}

static enum status open_tree(struct arena *a, const struct tree_pick *pick,
    const char *commit, bool dates, struct tree *t, struct bytes *why)
{
    if (commit)
        return tree_open_commit(a, pick, commit, t, why);
    TRY(tree_open_folder(a, pick, t, why));
    if (!dates)
        return OK;
    TRY(tree_follow_git(a, pick, t, why));
    return tree_date(a, t, INT64_MIN);
}

int main(int argc, char **argv)
{
    struct tree_pick pick = {argc > 1 ? argv[argc - 1] : ".", NULL};
    const char *commit = NULL;
    bool units = false, dates = false;
    struct arena *a = arena_new();
    struct reading *r = NULL;
    struct tree t;
    struct corpus c;
    struct bytes why = {0};

    for (int i = 1; i + 1 < argc; i++) {
        units |= strcmp(argv[i], "--units") == 0;
        dates |= strcmp(argv[i], "--dates") == 0;
        if (strcmp(argv[i], "--commit") == 0)
            commit = argv[i + 1];
    }
    if (read_start(&r, 2) != OK) {
        fputs("error: reading children: expected Landlock and seccomp\n", stderr);
        return 4;
    }
    if (open_tree(a, &pick, commit, dates, &t, &why) != OK) {
        fprintf(stderr, "error: %.*s\n", (int)why.len, (const char *)why.at);
        return 2;
    }
    if (read_tree(r, a, &t, &c) != OK) {
        fputs("error: a reading child could not be confined: expected Landlock\n",
            stderr);
        return 4;
    }
    if (units)
        print_units(&c);
    print_notes(&c);
    printf(
        "%u documents, %u units, %u notes\n", c.doc_count, c.unit_count, c.note_count);
    t.close(t.ctx);
    read_end(r);
    arena_free(a);
    return 0;
}
