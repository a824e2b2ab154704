/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Meant_tool: how every statement of a folder's documents is meant, one a line, with the rule
 * that decided; and what it cost. For a person who judges the rules by eye, and for the bench.
 *   meant-tool [--cost | --roles] PATH
 */
#include "review/clause/role.h"
#include "review/read/read.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct bytes span_text(struct bytes text, const struct words *w, struct span s)
{
    if (s.first == s.end)
        return TEXT("");
    size_t from = s.first ? w->at[s.first].at : 0;
    size_t to = s.end < w->count ? w->at[s.end].at : text.len;
    return text_trim(text_upto(text_from(text, from), to - from));
}

static void print_stances(
    const struct corpus *c, const struct words *rows, const struct meant *meant)
{
    for (uint32_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];
        const struct bytes path = c->docs[u->doc].path;
        uint32_t count;
        const struct stance *s = meant_unit(meant, i, &count);
        for (uint32_t k = 0; k < count; k++) {
            struct bytes text = span_text(u->text, &rows[i], s[k].words);
            struct bytes cue =
                span_text(c->units[s[k].by].text, &rows[s[k].by], s[k].cue);
            printf("%.*s:%u\t%s\t%s%s\t%s\t%.*s\t%.*s\n", (int)path.len,
                (const char *)path.at, u->line, unit_kind_name((enum unit_kind)u->kind),
                modality_name((enum modality)s[k].modality),
                s[k].denied ? " (not)" : "", s[k].rule->name, (int)cue.len,
                (const char *)cue.at, (int)text.len, (const char *)text.at);
        }
    }
}

static void print_roles(
    struct arena *a, const struct corpus *c, const struct role_told *told)
{
    for (uint32_t i = 0; i < c->doc_count; i++)
        printf("%s\t%s\n", (const char *)arena_copy(a, c->docs[i].path).at,
            (const char *)role_why(a, &told[i]).at);
}

int main(int argc, char **argv)
{
    struct tree_pick pick = {argc > 1 ? argv[argc - 1] : ".", NULL};
    bool cost = argc > 2 && strcmp(argv[1], "--cost") == 0;
    bool roles = argc > 2 && strcmp(argv[1], "--roles") == 0;
    struct arena *a = arena_new();
    struct reading *r = NULL;
    struct tree t;
    struct corpus c;
    struct bytes why = {0};
    if (read_start(&r, 2) != OK || tree_open_folder(a, &pick, &t, &why) != OK
        || read_tree(r, a, &t, &c) != OK) {
        fprintf(stderr, "error: %s: expected a folder and a kernel with Landlock\n",
            pick.root);
        return 4;
    }
    struct model model;
    struct rules rules;
    rules_default(&rules);
    model_build(a, &c, &rules, &model);
    double begin = cpu_ms();
    struct lexicon *lexicon = lexicon_new(a);
    struct words *rows = arena_take(a, c.unit_count * sizeof *rows);
    uint64_t word_count = 0, bytes = 0;
    for (uint32_t i = 0; i < c.unit_count; i++) {
        rows[i] = words_of(lexicon, a, c.units[i].text);
        word_count += rows[i].count;
        bytes += c.units[i].text.len;
    }
    double words = cpu_ms();
    struct meant *meant = meant_of(a, &c, lexicon, rows, &model);
    double meaning = cpu_ms();
    struct role_told *told = roles_of(a, &c, lexicon, rows, meant);
    double end = cpu_ms();
    if (cost)
        printf(
            "%u documents, %u units, %llu words, %llu bytes: words %.1f ms, modality "
            "%.1f ms, role %.1f ms\n",
            c.doc_count, c.unit_count, (unsigned long long)word_count,
            (unsigned long long)bytes, words - begin, meaning - words, end - meaning);
    else if (roles)
        print_roles(a, &c, told);
    else
        print_stances(&c, rows, meant);
    t.close(t.ctx);
    read_end(r);
    arena_free(a);
    return 0;
}
