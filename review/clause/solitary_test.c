/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/solitary.h"

#include "review/read/see.h"
#include "tests/support/check.h"

static void words_of_a_phrase_are_those_that_a_text_must_have(void)
{
    static const struct {
        const char *phrase;
        uint32_t words;
    } rows[] = {
        {"boundary", 1},
        {"=ports", 1},
        {"remov*", 1},
        {"trust boundary of the device", 5},
        {"only ~4 own ~2 data", 3},
        {"{close|turned off} port", 2},
        {"{turned off|switched fully off} debug {port|access point}", 4},
        {"{fus|seal}* pad", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(phrase_words(text_of(rows[i].phrase)) == rows[i].words);
}

static void one(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Ports"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 2, 0,
        TEXT(
            "The console of the ward is closed. The maker keeps the signing key offline."));
}

static void two(struct emit *e)
{
    emit_unit(
        e, UNIT_PARAGRAPH, 0, 1, 0, TEXT("The maker keeps the signing key offline."));
}

static void three(struct emit *e)
{
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, TEXT("The console of the ward is closed."));
}

static void a_long_phrase_of_one_labelled_document_is_found_and_no_other(void)
{
    static const struct see_file files[] = {
        {"one.md", one}, {"two.md", two}, {"three.md", three}};
    static const struct bytes phrases[] = {
        {(const uint8_t *)"console of the ward", 19},     /* one, and three */
        {(const uint8_t *)"keeps the signing key", 21},   /* one and two */
        {(const uint8_t *)"console", 7},                  /* short */
        {(const uint8_t *)"a phrase of nobody here", 23}, /* nowhere */
    };
    const struct rubric r = {.phrases = phrases, .phrase_count = 4};
    struct seen s = see_files(files, 3);
    const bool all[] = {true, true, true}, labelled[] = {true, true, false};
    struct list l = solitary_find(&r, &s.corpus, all);
    CHECK(l.count == 0);
    list_free(&l);
    l = solitary_find(&r, &s.corpus, labelled);
    CHECK(l.count == 1);
    const struct solitary *x = l.count ? LIST_AT(&l, struct solitary, 0) : NULL;
    CHECK(x && x->phrase == 0 && x->doc == 0);
    list_free(&l);
    see_end(&s);
}

MAIN(TEST(words_of_a_phrase_are_those_that_a_text_must_have),
    TEST(a_long_phrase_of_one_labelled_document_is_found_and_no_other))
