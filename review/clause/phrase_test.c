/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/phrase.h"

#include "tests/support/check.h"

/* "phrase@first-last" for each hit, with blanks between. */
static bool finds(
    const char *const *texts, uint32_t count, const char *in, const char *want)
{
    struct arena *a = arena_new();
    struct lexicon *l = lexicon_new(a);
    struct bytes phrases[16];
    char got[512] = "";
    size_t len = 0;
    struct list hits = LIST_OF(struct phrase_hit);
    for (uint32_t i = 0; i < count; i++)
        phrases[i] = text_of(texts[i]);
    struct phrases *p = phrases_new(a, l, phrases, count);
    struct words w = words_of(l, a, text_of(in));
    phrases_find(p, &w, &hits);
    for (size_t i = 0; i < hits.count; i++) {
        const struct phrase_hit *h = LIST_AT(&hits, struct phrase_hit, i);
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%u@%u-%u", i ? " " : "",
            h->phrase, h->first, h->last);
    }
    bool good = strcmp(got, want) == 0;
    if (!good)
        printf("# in \"%s\": \"%s\", not \"%s\"\n", in, got, want);
    list_free(&hits);
    phrases_free(p);
    arena_free(a);
    return good;
}

static void a_phrase_is_found_in_any_form_of_its_words_and_only_whole(void)
{
    static const struct {
        const char *what, *phrase, *in, *want;
    } rows[] = {
        {"two words", "trust boundary", "All trust boundaries are listed.", "0@1-2"},
        {"a word between", "trust boundary", "Trust the boundary.", ""},
        {"a verb's forms", "disable", "It was disabled, and disabling helps.",
            "0@2-2 0@4-4"},
        {"an exact word", "=ports", "A port; two ports.", "0@3-3"},
        {"a beginning", "tamper*", "Tampering is tamper proof, temper.", "0@0-0 0@2-2"},
        {"a gap", "between ~3 and", "between a b c and; between a b c d and", "0@0-4"},
        {"a gap of nothing", "only ~2 port", "only ports", "0@0-1"},
        {"a gap within the text only", "only ~9 port", "only", ""},
        {"a choice", "{close|turned off|disabl*} port",
            "turned off ports, disabling a port", "0@0-2"},
        {"a choice of beginnings", "{fus|seal}* pad", "fused pads and sealed pad",
            "0@0-1 0@3-4"},
        {"a choice at the end", "debug {port|access}", "debug access", "0@0-1"},
        {"either order", "key ~3~ rotat*", "Rotated keys; the key is rotated.",
            "0@0-1 0@1-5 0@3-5"},
        {"either order of more words", "trust anchor ~1~ {is|stays} fixed",
            "trust anchor stays fixed", "0@0-3"},
        {"a number with a stop", "tls 1.3", "TLS 1.3 but not TLS 1.2", "0@0-1"},
        {"the shortest of several ways", "a ~4 b", "a b c b", "0@0-1"},
        {"the widest gap that is looked over beforehand", "a ~9 b",
            "a 1 2 3 4 5 6 7 8 9 b; a 1 2 3 4 5 6 7 8 9 0 b", "0@0-10"},
        {"a gap beyond it", "a ~10 b",
            "a 1 2 3 4 5 6 7 8 9 0 b; a 1 2 3 4 5 6 7 8 9 0 1 b", "0@0-11"},
        {"a choice of one and of two words before a gap", "{a|x y} ~2 b",
            "a 1 2 b x y 1 2 b a 1 2 3 b x 1 2 b", "0@0-3 0@4-8"},
        {"a choice of a whole phrase and of a part", "{a|x y}", "a x y x",
            "0@0-0 0@1-2"},
        {"capitals", "JTAG", "The jtag is fused.", "0@1-1"},
        {"a hyphen", "multi factor", "multi-factor", "0@0-1"},
        {"nothing", "x", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(finds(&rows[i].phrase, 1, rows[i].in, rows[i].want));
}

static void hits_of_many_phrases_come_in_order_of_place_and_number(void)
{
    static const char *const phrases[] = {
        "port", "open port", "{open|closed} ~2 port", "ope*", "=port"};
    CHECK(finds(phrases, 5, "No open ports, one open port",
        "1@1-2 2@1-2 3@1-1 0@2-2 1@4-5 2@4-5 3@4-4 0@5-5 4@5-5"));
}

static void a_word_that_two_parts_of_a_phrase_know_gives_one_hit(void)
{
    static const char *const phrases[] = {"{port|ports|por*}"};
    CHECK(finds(phrases, 1, "ports", "0@0-0"));
}

MAIN(TEST(a_phrase_is_found_in_any_form_of_its_words_and_only_whole),
    TEST(hits_of_many_phrases_come_in_order_of_place_and_number),
    TEST(a_word_that_two_parts_of_a_phrase_know_gives_one_hit))
