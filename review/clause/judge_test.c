/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule by which a passage counts or does not, on a rubric of six constraints. */
#include "review/clause/judge.h"

#include "review/clause/nearest.h"
#include "review/read/see.h"
#include "tests/support/check.h"

#include <string.h>

static const char rubric_text[] =
    "schema: holdfast-rubric/1\n"
    "clause: x:1\n"
    "specific: [tls, \"tls 1.3\", jtag]\n"
    "foreign: [unlike ~3 other, mailing list]\n"
    "constraints:\n"
    "  - id: 1-C01\n" /* one phrase, met by a concrete sentence */
    "    facets: [{id: transport, why: w, any: [tls, encrypted channel], not: [tls vulnerability]}]\n"
    "    met: {facets: 1, score: 22}\n"
    "    partial: {facets: 1, score: 8}\n"
    "  - id: 1-C02\n" /* two groups of words, near each other */
    "    facets: [{id: closed, why: w, any: [jtag, console], with: [disabl*, not built, no console], near: 5}]\n"
    "    met: {facets: 1, score: 20}\n"
    "    partial: {facets: 1, score: 8}\n"
    "  - id: 1-C03\n" /* two different patterns, and three kinds */
    "    facets:\n"
    "      - {id: one, why: w, any: [secure boot, verified boot, sandbox*]}\n"
    "      - {id: two, why: w, any: [secure boot, verified boot, sandbox*], distinct: true}\n"
    "      - {id: kinds, why: w, any: [role nurse, role surgeon, role auditor], kinds: 3}\n"
    "    met: {facets: 2, score: 40}\n"
    "    partial: {facets: 1, score: 8}\n"
    "  - id: 1-C04\n" /* a table below a heading */
    "    facets: [{id: boundary, why: what the zones are, any: [trust boundary]}]\n"
    "    met: {facets: 1, score: 14}\n"
    "    partial: {facets: 1, score: 5}\n"
    "  - id: 1-C05\n" /* company in the unit only; gaps, plans and threats are asked for */
    "    facets: [{id: valve, why: w, any: [valve], with: [vent*], near: 8, here: true,"
    " also: [gap, planned, threat]}]\n"
    "    met: {facets: 1, score: 20}\n"
    "    partial: {facets: 1, score: 8}\n"
    "  - id: 1-C06\n" /* a phrase with a gap */
    "    facets: [{id: inspected, why: w, any: [\"was ~3 inspected\"]}]\n"
    "    met: {facets: 1, score: 20}\n"
    "    partial: {facets: 1, score: 8}\n";

static const char clause_text[] =
    "schema: holdfast-catalogue/1\nstandard: X\nclauses:\n- id: x:1\n  numbers: [\"1\"]\n"
    "  title: Safe channels\n  force: shall\n  confidence: high\n  sources: [S]\n"
    "  summary: Messages of the product are carried by an encrypted channel.\n"
    "  constraints:\n"
    "  - {id: 1-C01, name: message cover, origin: clause, text: Every message uses an encrypted channel,\n"
    "      test: The valve of bay seven leaks at its vent.}\n"
    "  files:\n"
    "  - {pattern: 'channel', weight: strong, hit: [channels.md], miss: [x.md]}\n"
    "  defence: {text: d}\n";

struct bench_of {
    struct arena *a;
    struct seen seen;
    struct rubric rubric;
    struct said said;
    struct judged judged;
};

/* What is judged points into it, so it stays where it is. `path`: the rubric asks for a named
 * place, and the document lies there. */
static void judge_by(
    const char *rubric, const char *path, const char *markdown, struct bench_of *b)
{
    *b = (struct bench_of){
        .a = arena_new(), .seen = see_read(read_markdown, text_of(markdown))};
    struct bytes error = {0};
    struct catalogue catalogue = catalogue_new();
    if (rubric_parse(b->a, TEXT("r"), text_of(rubric), &b->rubric, &error) != OK)
        printf("# %.*s\n", (int)error.len, (const char *)error.at);
    const struct clause *clause = NULL;
    if (catalogue_parse(b->a, TEXT("c"), text_of(clause_text), &catalogue, &error)
        == OK)
        clause = clause_at(&catalogue, 0);
    else
        printf("# %.*s\n", (int)error.len, (const char *)error.at);
    if (path) {
        b->rubric.named = true;
        b->seen.corpus.docs[0].path = text_of(path);
    }
    struct weights weights = weights_fitted();
    said_of(b->a, &b->seen.corpus, NULL, &b->said);
    judge(b->a, &b->said, &b->rubric, clause, &weights, &b->judged);
    catalogue_free(&catalogue);
}

static void judge_text(const char *markdown, struct bench_of *b)
{
    judge_by(rubric_text, NULL, markdown, b);
}

static void end(struct bench_of *b)
{
    see_end(&b->seen);
    arena_free(b->a);
}

static bool is_judged(const char *markdown, uint32_t constraint, enum verdict expected,
    enum refusal refused)
{
    struct bench_of b;
    judge_text(markdown, &b);
    const struct verdict_of *v = &b.judged.best[constraint];
    bool good = v->verdict == expected;
    if (refused)
        good = good && v->refused_count && v->refused[0].refusal == refused;
    if (!good)
        printf("# \"%s\": %s, score %u, touch %u, %s\n", markdown,
            verdict_word((enum verdict)v->verdict), v->score, v->touch,
            v->refused_count ? refusal_name((enum refusal)v->refused[0].refusal)
                             : "nothing refused");
    end(&b);
    return good;
}

static void what_counts_and_what_does_not_is_told_with_its_rule(void)
{
    static const struct {
        const char *what, *text;
        uint32_t constraint;
        enum verdict verdict;
        enum refusal refused;
    } rows[] = {
        {"a concrete assertion", "The pump talks TLS 1.3 to the ward server.", 0,
            VERDICT_MET, REFUSED_NOT},
        {"one with a number of its own",
            "Records travel by an encrypted channel on port 8883.", 0, VERDICT_MET,
            REFUSED_NOT},
        {"one without anything of its own",
            "The pump and the ward server talk by an encrypted channel.", 0,
            VERDICT_CANNOT_TELL, REFUSED_NOT},
        {"a wish", "The pump should talk TLS 1.3 to the ward server.", 0,
            VERDICT_PARTIAL, REFUSED_NOT},
        {"a plan", "In a future release the pump talks TLS 1.3 on port 8883.", 0,
            VERDICT_PARTIAL, REFUSED_NOT},
        {"a question", "Does the pump talk TLS 1.3 to the ward server?", 0,
            VERDICT_ABSENT, REFUSED_MODALITY},
        {"what a question's first half says",
            "Does the pump talk TLS 1.3; is the port 8883?", 0, VERDICT_ABSENT,
            REFUSED_MODALITY},
        {"denied", "The pump does not talk TLS 1.3.", 0, VERDICT_ABSENT,
            REFUSED_NEGATED},
        {"a phrase that turns it",
            "A TLS vulnerability was found in 2014 by Heartbleed.", 0, VERDICT_ABSENT,
            REFUSED_EXCLUDED},
        {"another's product",
            "Unlike all other pumps, this one sold by Acme has TLS 1.3.", 0,
            VERDICT_ABSENT, REFUSED_FOREIGN},
        {"the clause's words only",
            "Every message of the product uses an encrypted channel.", 0,
            VERDICT_ABSENT, REFUSED_PARROT},
        {"the same with an id that nobody defines",
            "Every message of the product uses an encrypted channel (SEC-901).", 0,
            VERDICT_ABSENT, REFUSED_PARROT},
        {"the same with what the document is called",
            "# The Lumo pump\n\nEvery message of the Lumo pump uses an encrypted channel of "
            "the Lumo, and the Lumo pump has only an encrypted channel.",
            0, VERDICT_ABSENT, REFUSED_PARROT},
        {"a sentence that adds to what the document is called",
            "# The Lumo pump\n\nThe Lumo pump drops frames of an old encrypted channel.",
            0, VERDICT_CANNOT_TELL, REFUSED_NOT},
        {"an address",
            "The page https://tls.example/tls explains how the pump talks to it.", 0,
            VERDICT_ABSENT, REFUSED_NOT},
        {"a name written for a machine", "The value of CONFIG_USE_TLS_ALWAYS is read.",
            0, VERDICT_ABSENT, REFUSED_NOT},
        {"a list of words",
            "Network, tls, jtag, console, roles, keys, ports, sessions, logs, tokens.",
            0, VERDICT_ABSENT, REFUSED_BARE},
        {"the phrase alone", "- TLS", 0, VERDICT_ABSENT, REFUSED_BARE},
        {"code", "```\nuse tls 1.3\n```\n", 0, VERDICT_ABSENT, REFUSED_NOT},
        {"a file's owner", "Copyright 2025 Acme. The pump talks TLS 1.3 on port 8883.",
            0, VERDICT_ABSENT, REFUSED_MATTER},
        {"below a list of other documents",
            "## 7. References\n\nThe pump talks TLS 1.3 on port 8883.", 0,
            VERDICT_ABSENT, REFUSED_MATTER},
        {"below a heading that only has such a word",
            "## Security-related metadata of references\n\nThe pump talks TLS 1.3 on "
            "port 8883.",
            0, VERDICT_MET, REFUSED_NOT},
        {"both groups of words", "JTAG is disabled by a fuse at the end of line.", 1,
            VERDICT_MET, REFUSED_NOT},
        {"too far apart",
            "JTAG is on the main board next to the battery, and Bluetooth is disabled.",
            1, VERDICT_ABSENT, REFUSED_COMPANY},
        {"the second group denies", "The console is not built into release images.", 1,
            VERDICT_MET, REFUSED_NOT},
        {"the second group is denied", "JTAG was never disabled on the main board.", 1,
            VERDICT_ABSENT, REFUSED_NEGATED},
        {"two patterns",
            "Secure boot checks the image 1.4. Each worker runs in a sandbox of 64 MB.",
            2, VERDICT_MET, REFUSED_NOT},
        {"the same pattern twice",
            "Secure boot checks the image 1.4. Verified boot is kept for 2 years.", 2,
            VERDICT_PARTIAL, REFUSED_NOT},
        {"three kinds",
            "The role nurse reads. The role surgeon writes. The role auditor "
            "counts. A sandbox of 64 MB holds each worker.",
            2, VERDICT_MET, REFUSED_NOT},
        {"two of three kinds", "The role nurse reads. The role surgeon writes.", 2,
            VERDICT_ABSENT, REFUSED_NOT},
        {"a table below its heading",
            "## Trust boundaries\n\n| Id | Between | What |\n|---|---|---|\n| TB-1 | ward and "
            "pump | dose limits go in on port 8883 |\n",
            3, VERDICT_MET, REFUSED_NOT},
        {"a heading over other text", "## Trust boundaries\n\nThis is still open.", 3,
            VERDICT_ABSENT, REFUSED_NOT},
        {"company above, where it must be here",
            "## Vents\n\nThe valve has a spring of 3 N in it.", 4, VERDICT_ABSENT,
            REFUSED_COMPANY},
        {"company in the title of the document only",
            "# Pumps are disabled\n\nA jtag cable of 30 cm is in the box.", 1,
            VERDICT_ABSENT, REFUSED_COMPANY},
        {"company in a heading below the title",
            "# Pump\n\n## What is disabled\n\nA jtag cable of 30 cm is in the box.", 1,
            VERDICT_MET, REFUSED_NOT},
        {"company here", "The valve at the vent has a spring of 3 N.", 4, VERDICT_MET,
            REFUSED_NOT},
        {"a gap, where gaps are asked for", "Known issue: the valve leaks at the vent.",
            4, VERDICT_MET, REFUSED_NOT},
        {"a plan, where plans are asked for",
            "In a future release the valve gets a second vent.", 4, VERDICT_MET,
            REFUSED_NOT},
        {"a threat, where threats are asked for",
            "An attacker could open the valve through the vent.", 4, VERDICT_MET,
            REFUSED_NOT},
        {"a sentence of the catalogue, pasted",
            "- The valve of bay seven leaks at its vent", 4, VERDICT_ABSENT,
            REFUSED_PARROT},
        {"one that says more than it",
            "The valve of bay seven leaks at its vent by night.", 4, VERDICT_MET,
            REFUSED_NOT},
        {"a phrase with a gap", "The pump was last inspected in May 2026.", 5,
            VERDICT_MET, REFUSED_NOT},
        {"a denial in its gap", "The pump was never inspected by the ward.", 5,
            VERDICT_ABSENT, REFUSED_NEGATED},
        {"a sentence that is its phrase and no more", "Pump was last inspected.", 5,
            VERDICT_MET, REFUSED_NOT},
        {"a phrase alone on a list", "- Pump was last inspected\n", 5, VERDICT_ABSENT,
            REFUSED_BARE},
        {"a denial that is asked for, behind a nearer word that is no denial",
            "The disablement console is not built on the 3 boards.", 1, VERDICT_MET,
            REFUSED_NOT},
        {"a question is never asked for", "Does the valve leak at the vent?", 4,
            VERDICT_ABSENT, REFUSED_MODALITY},
        {"nothing", "The pump is blue.", 3, VERDICT_ABSENT, REFUSED_NOT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = is_judged(
            rows[i].text, rows[i].constraint, rows[i].verdict, rows[i].refused);
        if (!good)
            printf("# %s\n", rows[i].what);
        CHECK(good);
    }
}

static void a_passage_is_its_unit_and_never_more_than_twelve_lines(void)
{
    struct bench_of b;
    judge_text("# Title\n\nThe pump is blue.\nIt has wheels, and it\n"
               "talks TLS 1.3 to\nthe server. It rings.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 1);
    CHECK(v->counted[0].lines.first == 3 && v->counted[0].lines.last == 6);
    CHECK(v->counted[0].sentence.first == 4 && v->counted[0].sentence.last == 6);
    CHECK(text_same(
        v->counted[0].text, TEXT("It has wheels, and it talks TLS 1.3 to the server")));
    end(&b);

    judge_text("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\n"
               "twelve\nit talks TLS 1.3\nfourteen\nfifteen\n",
        &b);
    v = &b.judged.best[0];
    CHECK(v->counted_count == 1);
    CHECK(v->counted[0].lines.first == 11 && v->counted[0].lines.last == 15);
    CHECK(v->counted[0].sentence.first == 11 && v->counted[0].sentence.last == 15);
    end(&b);
}

static void the_best_sentence_comes_first_and_a_second_place_adds_a_little(void)
{
    struct bench_of once;
    judge_text("The pump talks TLS to it.\n\nBlue.\n\nIt rings.\n", &once);
    struct bench_of twice;
    judge_text(
        "The pump talks TLS to it.\n\nBlue.\n\nThe hub talks TLS 1.3 on port 8883.\n",
        &twice);
    CHECK(twice.judged.best[0].counted_count == 2);
    CHECK(twice.judged.best[0].counted[0].lines.first == 5);
    CHECK(twice.judged.best[0].score > once.judged.best[0].score);
    end(&once);
    end(&twice);
}

static const char summed_text[] =
    "schema: holdfast-rubric/1\nclause: x:1\n"
    "sum: {fade: 50, trail: 50, breadth: 5, length: 100}\n"
    "constraints:\n"
    "  - id: 1-C01\n"
    "    facets:\n"
    "      - {id: channel, why: w, any: [tls, vpn]}\n"
    "      - {id: filter, why: w, any: [firewall, \"jail of its own\"]}\n"
    "    met: {facets: 1, score: 60}\n"
    "    partial: {facets: 1, score: 5}\n";

static uint32_t score_of(const char *markdown)
{
    struct bench_of b;
    judge_by(summed_text, NULL, markdown, &b);
    uint32_t score = b.judged.best[0].score;
    end(&b);
    return score;
}

/* Words that say nothing of the subject, to make a document of the length that is meant. */
#define FILL                                                                              \
    "It is a blue pump of the kind that everybody knows and likes in the wards of this "  \
    "town. It is a blue pump of the kind that everybody knows and likes in the wards of " \
    "this town.\n\n"

static void passages_are_summed_each_for_a_part_of_the_one_before(void)
{
    uint32_t once = score_of("The pump talks TLS to it.\n\n" FILL FILL FILL);
    uint32_t twice = score_of(
        "The pump talks TLS to it.\n\nIt keeps a VPN open.\n\n" FILL FILL FILL);
    uint32_t both = score_of(
        "The pump talks TLS to it.\n\nIt runs a firewall too.\n\n" FILL FILL FILL);
    CHECK(once > 15 && once < 25);
    CHECK(twice > once && twice < 2 * once);
    CHECK(both > twice); /* another facet says more than another passage of the first */
}

static void one_sentence_that_says_two_things_counts_less_than_two_sentences(void)
{
    uint32_t one = score_of("The pump talks TLS to the hub.\n\n" FILL FILL FILL);
    uint32_t in_one =
        score_of("The pump talks TLS and keeps a VPN.\n\n" FILL FILL FILL);
    uint32_t in_two =
        score_of("The pump talks TLS now.\n\nIt keeps a VPN.\n\n" FILL FILL FILL);
    CHECK(one < in_one && in_one < in_two);
}

static void a_short_document_has_to_say_less_than_a_long_one(void)
{
    uint32_t in_short = score_of("The pump talks TLS to it.\n");
    uint32_t in_long = score_of(
        "The pump talks TLS to it.\n\n" FILL FILL FILL FILL FILL FILL FILL FILL FILL);
    CHECK(in_short > in_long && in_short < 3 * in_long);
}

static void passages_of_other_places_and_facets_come_before_more_of_the_same(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "It is carried by TLS.\n\nAll is carried by TLS.\n\n" FILL FILL FILL FILL FILL
        "It runs a firewall too.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 3);
    CHECK(v->counted[0].lines.first == 1 || v->counted[0].lines.first == 3);
    CHECK(v->counted[1].facet == 1);
    end(&b);
}

static void another_section_comes_before_more_of_a_section_that_was_shown(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "# Radio\n\nAll is carried by TLS 1.3.\n\n" FILL FILL FILL FILL FILL
        "It is carried by TLS.\n\n# Wards\n\nIt is carried by TLS.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 3);
    CHECK(v->counted[0].lines.first == 3);
    CHECK(v->counted[1].lines.first == 19);
    end(&b);
}

static void a_unit_that_was_shown_comes_behind_all_others(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "All of it is carried by TLS 1.3 on port 8883. The hub runs a firewall for it.\n\n"
        "It will be carried by a VPN.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 3);
    CHECK(v->counted[1].lines.first == 3);
    CHECK(v->counted[2].lines.first == 1);
    end(&b);
}

static void a_unit_that_answers_two_facets_comes_before_one_that_answers_one(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "It is carried by TLS. All is carried by TLS.\n\n" FILL FILL FILL FILL FILL
        "It is carried by TLS. It runs a firewall too.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 4);
    CHECK(v->counted[0].lines.first == 13);
    CHECK(v->counted[1].lines.first == 1);
    end(&b);
}

static void what_stands_below_the_clauses_own_name_for_it_is_shown_first(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "# Hub\n\n## Radio\n\nAll is carried by TLS 1.3 on port 8883.\n\n" FILL FILL
            FILL "## Practice a: cover of messages\n\nIt is carried by a VPN.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 2);
    CHECK(text_starts(v->counted[0].text, TEXT("It is carried by a VPN")));
    end(&b);
    judge_by(summed_text, NULL,
        "# Cover of messages\n\n## Radio\n\nAll is carried by TLS 1.3 on port 8883.\n\n" FILL
            FILL FILL "## Rest\n\nIt is carried by a VPN.\n",
        &b);
    v = &b.judged.best[0];
    CHECK(
        text_starts(v->counted[0].text, TEXT("All is carried by TLS"))); /* no title */
    end(&b);
}

static void words_that_come_once_come_before_words_that_come_again_and_again(void)
{
    struct bench_of b;
    judge_by(summed_text, NULL,
        "# Radio\n\nIt is carried by TLS.\n\n# Wards\n\nAll is carried by TLS.\n\n"
        "# Pumps\n\nMuch is carried by TLS.\n\n# Hub\n\nIt is carried by a VPN.\n",
        &b);
    const struct verdict_of *v = &b.judged.best[0];
    CHECK(v->counted_count == 4);
    CHECK(v->counted[0].lines.first == 15);
    end(&b);
}

static void an_item_that_a_sentence_leads_to_is_no_bare_word(void)
{
    uint32_t led =
        score_of("The gateway is set up like this:\n\n- jail of its own\n- other\n");
    uint32_t bare = score_of("# Gateway\n\n- jail of its own\n- other\n");
    CHECK(led > 0 && bare == 0);
}

static void text_below_a_heading_that_is_the_name_of_a_facet_is_of_it(void)
{
    static const char text[] =
        "Each part has its own, and none of them reaches another.\n";
    struct bench_of b;
    judge_by(
        summed_text, NULL, "# Jail of its own\n\nIt is so in each of the parts.\n", &b);
    CHECK(b.judged.best[0].score == 0); /* a heading of four words is no mere name */
    end(&b);
    CHECK(score_of(text) == 0);
    CHECK(score_of("# Product\n\n## 2. VPN\n\nEach part has its own, and none of them "
                   "reaches another.\n")
        > 0);
}

static void the_label_of_an_item_makes_it_a_statement(void)
{
    uint32_t plain = score_of("# Pump\n\n- a VPN for all that goes out of the pump\n");
    uint32_t labelled = score_of("# Pump\n\n- Channel: a VPN for all that goes out\n");
    CHECK(labelled > plain && plain > 0);
}

static void items_know_the_sentence_that_their_list_ends(void)
{
    struct bench_of b;
    judge_text("These are the three rules:\n\n- one\n- two\n\nNo rules:\n\n- three\n\n"
               "These are no rules of it.\n\n- four\n",
        &b);
    const uint32_t *leads = b.said.leads;
    CHECK(b.seen.corpus.unit_count == 7);
    CHECK(leads[0] == UNIT_NONE && leads[1] == 0 && leads[2] == 0);
    CHECK(leads[4] == UNIT_NONE); /* too short to be a sentence */
    CHECK(leads[6] == UNIT_NONE); /* without a colon */
    end(&b);
}

static void a_word_within_a_name_for_machines_is_no_word(void)
{
    CHECK(score_of("The build has CONFIG_NET_TLS_ON and is blue all over.\n") == 0);
    CHECK(score_of("The build has TLS on and is blue all over.\n") > 0);
}

static void the_nearest_unit_is_the_one_that_shares_the_rarest_words(void)
{
    struct bench_of b;
    judge_text("The pump is blue.\n\nThe zones of the pump are three.\n\n"
               "The pump rings, and the pump is blue.\n",
        &b);
    CHECK(nearest_unit(b.a, &b.said, TEXT("what the zones of a pump are")) == 1);
    CHECK(nearest_unit(b.a, &b.said, TEXT("nothing of it")) == UNIT_NONE);
    CHECK(nearest_unit(b.a, &b.said, TEXT("")) == UNIT_NONE);
    end(&b);
}

static void a_passage_carries_where_document_or_section_is_named_for_the_clause(void)
{
    static const struct {
        const char *path, *text;
        enum verdict expected;
    } rows[] = {
        {"pump.md", "# Pump\n\nThe pump speaks TLS 1.3 on port 8443.\n",
            VERDICT_PARTIAL},
        {"channels.md", "# Pump\n\nThe pump speaks TLS 1.3 on port 8443.\n",
            VERDICT_MET},
        {"pump.md", "# Channels\n\nThe pump speaks TLS 1.3 on port 8443.\n",
            VERDICT_MET},
        {"pump.md",
            "# Pump\n\nIt is blue.\n\n## Channels\n\n### Wired\n\n"
            "The pump speaks TLS 1.3 on port 8443.\n",
            VERDICT_MET},
        {"pump.md",
            "# Pump\n\n## Channels\n\nThey are two.\n\n## Pipes\n\n"
            "The pump speaks TLS 1.3 on port 8443.\n",
            VERDICT_PARTIAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench_of b;
        judge_by(rubric_text, rows[i].path, rows[i].text, &b);
        CHECK(b.judged.best[0].verdict == rows[i].expected);
        if (rows[i].expected == VERDICT_PARTIAL)
            CHECK(strcmp(b.judged.best[0].counted[0].rule, "elsewhere") == 0);
        end(&b);
    }
}

static void what_is_only_supposed_touches_and_does_not_carry(void)
{
    static const struct {
        const char *text;
        enum verdict expected;
        bool supposed;
    } rows[] = {
        {"If TLS 1.3 runs on port 8443, the pump is quiet.\n", VERDICT_PARTIAL, true},
        {"The pump is quiet once TLS 1.3 runs on port 8443.\n", VERDICT_PARTIAL, true},
        {"If the pump is quiet, TLS 1.3 runs on port 8443.\n", VERDICT_MET, false},
        {"If TLS 1.3 fails on port 8443, the pump rests.\n", VERDICT_MET, false},
        {"On IF-2 TLS 1.3 runs on port 8443.\n", VERDICT_MET, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench_of b;
        judge_text(rows[i].text, &b);
        const struct verdict_of *v = &b.judged.best[0];
        bool good = v->verdict == rows[i].expected && v->counted_count > 0
            && (strcmp(v->counted[0].rule, "supposed") == 0) == rows[i].supposed;
        if (!good)
            printf("# %s", rows[i].text);
        CHECK(good);
        end(&b);
    }
}

MAIN(TEST(what_counts_and_what_does_not_is_told_with_its_rule),
    TEST(a_passage_carries_where_document_or_section_is_named_for_the_clause),
    TEST(a_passage_is_its_unit_and_never_more_than_twelve_lines),
    TEST(the_best_sentence_comes_first_and_a_second_place_adds_a_little),
    TEST(passages_are_summed_each_for_a_part_of_the_one_before),
    TEST(one_sentence_that_says_two_things_counts_less_than_two_sentences),
    TEST(a_short_document_has_to_say_less_than_a_long_one),
    TEST(passages_of_other_places_and_facets_come_before_more_of_the_same),
    TEST(another_section_comes_before_more_of_a_section_that_was_shown),
    TEST(a_unit_that_was_shown_comes_behind_all_others),
    TEST(a_unit_that_answers_two_facets_comes_before_one_that_answers_one),
    TEST(what_stands_below_the_clauses_own_name_for_it_is_shown_first),
    TEST(words_that_come_once_come_before_words_that_come_again_and_again),
    TEST(an_item_that_a_sentence_leads_to_is_no_bare_word),
    TEST(text_below_a_heading_that_is_the_name_of_a_facet_is_of_it),
    TEST(the_label_of_an_item_makes_it_a_statement),
    TEST(items_know_the_sentence_that_their_list_ends),
    TEST(a_word_within_a_name_for_machines_is_no_word),
    TEST(what_is_only_supposed_touches_and_does_not_carry),
    TEST(the_nearest_unit_is_the_one_that_shares_the_rarest_words))
