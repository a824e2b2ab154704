/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/statement.h"

#include "tests/support/check.h"

/* The statements of a text by " / ", each by the words that stand in it. */
static const char *cut(enum unit_kind kind, const char *text)
{
    static char out[512];
    struct arena *a = arena_new();
    struct lexicon *l = lexicon_new(a);
    struct splitter *s = splitter_new(a, l);
    struct unit u = {.kind = (uint8_t)kind, .text = text_of(text)};
    struct words w = words_of(l, a, u.text);
    struct list parts = LIST_OF(struct statement);
    statements_of(s, &u, &w, &parts);
    size_t len = 0;
    out[0] = 0;
    for (size_t k = 0; k < parts.count; k++) {
        const struct statement *p = LIST_AT(&parts, const struct statement, k);
        if (p->opens == OPENS_CELL)
            len += (size_t)snprintf(out + len, sizeof out - len, "%u:", p->column);
        for (uint32_t i = p->words.first; i < p->words.end; i++)
            len += (size_t)snprintf(out + len, sizeof out - len, "%s ",
                (const char *)lexicon_text(l, w.at[i].exact).at);
        len += (size_t)snprintf(out + len, sizeof out - len, "/");
    }
    list_free(&parts);
    arena_free(a);
    return out;
}

struct row {
    const char *text, *expected;
};

static void check_rows(enum unit_kind kind, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = cut(kind, rows[i].text);
        CHECK(strcmp(got, rows[i].expected) == 0);
        if (strcmp(got, rows[i].expected) != 0)
            printf("# %s: %s\n", rows[i].text, got);
    }
}

static void a_sentence_is_cut_where_a_second_thing_is_said(void)
{
    static const struct row rows[] = {
        {"Keys rotate. Logs stay.", "keys rotate /logs stay /"},
        {"We use TLS, but pinning is planned.", "we use tls /but pinning is planned /"},
        {"It is signed, and the key is rotated.",
            "it is signed /and the key is rotated /"},
        {"Keys are rotated; logs stay.", "keys are rotated /logs stay /"},
        {"Keys, logs and dumps are kept.", "keys logs and dumps are kept /"},
        {"Keys, logs, and dumps are kept.", "keys logs and dumps are kept /"},
        {"For example, while it runs, it is shut.",
            "for example while it runs it is shut /"},
        {"", ""},
    };
    check_rows(UNIT_PARAGRAPH, rows, sizeof rows / sizeof rows[0]);
}

static void what_alone_is_denied_in_a_row_of_parts_stands_alone(void)
{
    static const struct row rows[] = {
        {"JTAG fused, console not present, account gone.",
            "jtag fused /console not present /account gone /"},
        {"No keys, logs or dumps leave.", "no keys logs or dumps leave /"},
        {"If it fails, no key is shown.", "if it fails no key is shown /"},
        {"TLS, which we like, is not used.", "tls which we like is not used /"},
        {"In the design, and not in an appendix.",
            "in the design /and not in an appendix /"},
    };
    check_rows(UNIT_PARAGRAPH, rows, sizeof rows / sizeof rows[0]);
}

static void cells_keep_their_columns_though_some_are_empty(void)
{
    static const struct row rows[] = {
        {"a b | | cc. d | e", "0:a b /2:cc /d /3:e /"},
        {"| | a", "2:a /"},
    };
    check_rows(UNIT_ROW, rows, sizeof rows / sizeof rows[0]);
}

MAIN(TEST(a_sentence_is_cut_where_a_second_thing_is_said),
    TEST(what_alone_is_denied_in_a_row_of_parts_stands_alone),
    TEST(cells_keep_their_columns_though_some_are_empty))
