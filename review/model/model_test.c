/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/ages.h"
#include "review/model/model.h"
#include "review/read/see.h"

#include "review/model/ids.h"
#include "tests/support/check.h"

static struct arena *arena;
static struct rules rules;

static struct model model_of(
    struct seen *s, const struct see_file *files, uint32_t count)
{
    struct model m;
    arena = arena_new();
    rules_default(&rules);
    *s = see_files(files, count);
    model_build(arena, &s->corpus, &rules, &m);
    return m;
}

static void done(struct seen *s)
{
    see_end(s);
    arena_free(arena);
}

static bool linked(
    const struct model *m, const char *from, enum link_kind kind, const char *to)
{
    for (uint32_t l = 0; l < m->link_count; l++)
        if (m->links[l].kind == kind && m->links[l].to != ITEM_NONE
            && text_same(m->items[m->links[l].from].id, text_of(from))
            && text_same(m->items[m->links[l].to].id, text_of(to)))
            return true;
    return false;
}

static bool dangles(const struct model *m, const char *target)
{
    for (uint32_t l = 0; l < m->link_count; l++)
        if (m->links[l].to == ITEM_NONE
            && text_same(m->links[l].target, text_of(target)))
            return true;
    return false;
}

static void field(struct emit *e, const char *name, const char *value)
{
    emit_field(e, text_of(name), text_of(value), 1);
}

static void register_yaml(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("requirements"));
    emit_begin(e, UNIT_ENTRY, 0, 2, 0);
    emit_text(e, TEXT("The device shall keep measuring while the cloud is away."));
    field(e, "id", "HF-SEC-003");
    field(e, "principle", "fail secure");
    field(e, "boundary", "Device to cloud");
    field(e, "text", "The device shall keep measuring while the cloud is away.");
    field(e, "threats", "T-05");
    field(e, "threats", "T-99");
    field(e, "verified_by", "tests/integration/fail_secure_test.py");
    field(e, "verify.id", "VER-003");
    field(e, "verify.how", "Cut the network.");
    emit_end(e);
    emit_begin(e, UNIT_ENTRY, 0, 8, 0);
    field(e, "id", "HF-SEC-004");
    field(e, "text", "The device shall show NOT SYNCHRONISED while the cloud is away.");
    field(e, "verified_by", "tests/integration");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 9, 0, TEXT("threats"));
    emit_begin(e, UNIT_ENTRY, 0, 10, 0);
    field(e, "id", "T-05");
    field(e, "title", "The network is jammed");
    field(e, "hazards", "HS-01");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 11, 0, TEXT("trust boundaries"));
    emit_begin(e, UNIT_ENTRY, 0, 12, 0);
    field(e, "id", "TB-4");
    field(e, "name", "device to cloud");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 13, 0, TEXT("hazards"));
    emit_begin(e, UNIT_ENTRY, 0, 14, 0);
    field(e, "id", "HS-01");
    field(e, "situation", "No alarm");
    emit_end(e);
}

static void architecture_md(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Architecture"));
    emit_unit(e, UNIT_HEADING, 2, 3, 0, TEXT("Measuring"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 4, 0,
        TEXT("The supervisor restarts courier alone (HF-SEC-003); TLS uses SHA-256."));
    emit_unit(e, UNIT_PARAGRAPH, 0, 5, 0, TEXT("See HF-SEC-777 for more."));
}

static void results_xml(struct emit *e)
{
    emit_begin(e, UNIT_RESULT, 0, 3, 0);
    field(e, "class", "tests/integration/fail_secure_test.py");
    field(e, "name", "nothing is lost while the cloud is away");
    field(e, "status", "passed");
    field(e, "at", "2026-11-28T10:00:00Z");
    emit_end(e);
}

static void a_register_an_architecture_and_results_become_one_chain(void)
{
    struct seen s;
    struct model m = model_of(&s,
        (struct see_file[]){{"security.yaml", register_yaml},
            {"docs/arch.md", architecture_md}, {"build/junit.xml", results_xml}},
        3);
    uint32_t r = model_find(&m, TEXT("HF-SEC-003"));
    CHECK(r != ITEM_NONE && m.items[r].kind == ITEM_REQUIREMENT && m.items[r].security);
    CHECK(m.items[r].principles == PRINCIPLE_FAIL_SECURE);
    CHECK(linked(&m, "HF-SEC-003", LINK_MITIGATES, "T-05"));
    CHECK(linked(&m, "HF-SEC-003", LINK_CROSSES, "TB-4"));
    CHECK(linked(&m, "T-05", LINK_LEADS, "HS-01"));
    CHECK(linked(&m, "VER-003", LINK_VERIFIES, "HF-SEC-003"));
    CHECK(linked(
        &m, "tests/integration/fail_secure_test.py", LINK_VERIFIES, "HF-SEC-003"));
    CHECK(linked(&m,
        "tests/integration/fail_secure_test.py::nothing is lost while the cloud is away",
        LINK_RESULT, "tests/integration/fail_secure_test.py"));
    CHECK(linked(&m,
        "tests/integration/fail_secure_test.py::nothing is lost while the cloud is away",
        LINK_RESULT, "tests/integration")); /* the folder is named too, by HF-SEC-004 */
    CHECK(linked(&m, "docs/arch.md#Measuring", LINK_SATISFIES, "HF-SEC-003"));
    CHECK(dangles(&m, "T-99") && dangles(&m, "HF-SEC-777") && !dangles(&m, "SHA-256"));
    uint32_t res = model_find(&m,
        TEXT(
            "tests/integration/fail_secure_test.py::nothing is lost while the cloud is away"));
    CHECK(res != ITEM_NONE && m.items[res].outcome == OUTCOME_PASSED);
    CHECK(res != ITEM_NONE && m.items[res].at_s == 1795860000);
    CHECK(text_same(item_place(arena, &m, &m.items[r]), TEXT("security.yaml:2")));
    done(&s);
}

static void parts_yaml(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("requirements"));
    emit_begin(e, UNIT_ENTRY, 0, 2, 0);
    field(e, "id", "HF-SEC-009");
    field(e, "text", "A reading shall survive a loss of power.");
    field(e, "verified_by", "core/journal");
    field(e, "verified_by", "core/journal/journal::no_cut_loses_a_record");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 3, 0, TEXT("components"));
    emit_begin(e, UNIT_ENTRY, 0, 4, 0);
    field(e, "id", "SOUP-1");
    field(e, "name", "zlib");
    field(e, "used_by", "core/journal");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 5, 0, TEXT("decisions"));
    emit_begin(e, UNIT_ENTRY, 0, 6, 0);
    field(e, "id", "RVW-01");
    field(e, "component", "zlib");
    field(e, "decision", "accepted");
    emit_end(e);
}

static void parts_results(struct emit *e)
{
    emit_begin(e, UNIT_RESULT, 0, 1, 0);
    field(e, "class", "core/journal/journal");
    field(e, "name", "no_cut_loses_a_record");
    field(e, "message", "obtained: HF-SEC-009 was FAILED");
    field(e, "status", "passed");
    emit_end(e);
}

static void parts_source(struct emit *e)
{
    emit_begin(e, UNIT_TAG, 0, 1, 0);
    emit_text(e, TEXT("like COUNT-1, and HF-SEC-009 is met"));
    field(e, "id", "COUNT-1");
    emit_end(e);
}

static void parts_source_that_names(struct emit *e)
{
    emit_begin(e, UNIT_TAG, 0, 1, 0);
    emit_text(e, TEXT("Req: HF-SEC-009"));
    field(e, "id", "HF-SEC-009");
    emit_end(e);
}

static void one_path_is_a_part_of_the_design_and_the_place_of_its_tests(void)
{
    struct seen s;
    struct model m = model_of(&s,
        (struct see_file[]){{"assurance/all.yaml", parts_yaml},
            {"core/journal/journal.c", parts_source_that_names},
            {"core/x.c", parts_source}, {"junit.xml", parts_results}},
        4);
    CHECK(linked(&m, "core/journal", LINK_VERIFIES, "HF-SEC-009"));
    CHECK(linked(&m, "core/journal/journal::no_cut_loses_a_record", LINK_VERIFIES,
        "HF-SEC-009"));
    uint32_t claim = ITEM_NONE; /* the case of that name, not its result */
    for (uint32_t i = 0; i < m.item_count; i++)
        if (m.items[i].kind == ITEM_CASE
            && text_same(
                m.items[i].id, TEXT("core/journal/journal::no_cut_loses_a_record")))
            claim = i;
    CHECK(claim != ITEM_NONE && m.in[claim] + 1 == m.in[claim + 1]
        && m.links[m.in_links[m.in[claim]]].kind == LINK_RESULT);
    CHECK(!linked(&m, "core/journal/journal::no_cut_loses_a_record", LINK_RESULT,
        "HF-SEC-009")); /* only its message does */
    CHECK(linked(&m, "core/journal", LINK_USES, "SOUP-1"));
    CHECK(linked(&m, "core/journal/journal::no_cut_loses_a_record", LINK_RESULT,
        "core/journal"));
    CHECK(linked(&m, "core/journal/journal.c", LINK_SATISFIES, "HF-SEC-009"));
    CHECK(linked(&m, "RVW-01", LINK_ABOUT, "SOUP-1") && !dangles(&m, "accepted"));
    CHECK(model_find(&m, TEXT("core/x.c")) == ITEM_NONE); /* it names nothing of ours */
    done(&s);
}

static void twins_md(struct emit *e)
{
    static const char *const parts[] = {"Gate", "Store", "Store"};
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Architecture"));
    for (uint32_t i = 0; i < 3; i++) {
        emit_unit(e, UNIT_HEADING, 2, 10 * i + 2, 0, text_of(parts[i]));
        emit_unit(e, UNIT_HEADING, 3, 10 * i + 3, 0, TEXT("Errors"));
        emit_unit(e, UNIT_PARAGRAPH, 0, 10 * i + 4, 0, TEXT("It waits (HF-SEC-003)."));
    }
}

static void two_sections_of_one_heading_are_two_outputs_of_the_design(void)
{
    static const struct see_file files[] = {
        {"assurance/requirements.yaml", register_yaml}, {"docs/arch.md", twins_md}};
    struct seen s;
    struct model m = model_of(&s, files, 2);
    CHECK(linked(&m, "docs/arch.md#Errors", LINK_SATISFIES, "HF-SEC-003"));
    CHECK(linked(&m, "docs/arch.md#Architecture > Store > Errors", LINK_SATISFIES,
        "HF-SEC-003"));
    uint32_t sections = 0;
    for (uint32_t i = 0; i < m.item_count; i++)
        sections += m.items[i].kind == ITEM_DESIGN;
    CHECK(sections == 2); /* of two with all headings alike there is one */
    done(&s);
}

static void schema_json(struct emit *e)
{
    emit_begin(e, UNIT_ENTRY, 0, 1, 0);
    field(e, "$schema", "https://json-schema.org/draft/2020-12/schema");
    field(e, "title", "Controls");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 2, 0, TEXT("controls"));
    emit_begin(e, UNIT_ENTRY, 0, 3, 0);
    field(e, "id", "requirement");
    field(e, "name", "requirement");
    field(e, "description", "as in CTL-001");
    emit_end(e);
}

static void a_json_schema_says_what_may_stand_elsewhere_and_defines_nothing(void)
{
    struct seen s;
    struct model m = model_of(
        &s, &(struct see_file){"assurance/schema/controls.json", schema_json}, 1);
    CHECK(m.item_count == 0 && m.link_count == 0);
    done(&s);
}

static void prose_md(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Software requirements"));
    emit_unit(e, UNIT_HEADING, 2, 2, 0, TEXT("3.1 SRS-001 Alarm"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 3, 0, TEXT("The device shall alarm below 90 %."));
    emit_unit(e, UNIT_ITEM, 1, 4, 0, TEXT("Verified by: VER-001, VER-002"));
    emit_unit(e, UNIT_ITEM, 1, 5, 0, TEXT("Threats: T-1@0a1b2c3d"));
    emit_unit(e, UNIT_HEADING, 2, 6, 0, TEXT("More"));
    emit_unit(
        e, UNIT_PARAGRAPH, 0, 7, 0, TEXT("SRS-002: The device shall log in UTC."));
    emit_unit(e, UNIT_PARAGRAPH, 0, 8, 0, TEXT("SRS-001 is also told in chapter 9."));
    emit_begin(e, UNIT_ROW, 0, 9, 0);
    emit_text(e, TEXT("SRS-003 | The cloud shall keep 90 days. | VER-009"));
    field(e, "Requirement", "SRS-003");
    field(e, "Text", "The cloud shall keep 90 days.");
    field(e, "Test", "VER-009");
    emit_end(e);
    emit_begin(e, UNIT_ROW, 0, 10, 0);
    field(e, "Requirement", "SRS-002");
    field(e, "Test case", "VER-001");
    field(e, "Result", "pass");
    field(e, "Date", "2026-02-29");
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 11, 0, TEXT("Verification"));
    emit_unit(e, UNIT_ITEM, 1, 12, 0, TEXT("VER-001: lower the simulator to 80 %"));
    emit_unit(e, UNIT_HEADING, 1, 13, 0, TEXT("Threats"));
    emit_unit(e, UNIT_ITEM, 1, 14, 0, TEXT("T-1: somebody silences the alarm"));
}

static void
requirements_are_found_in_headings_sentences_and_tables_without_configuration(void)
{
    struct seen s;
    struct model m = model_of(&s, &(struct see_file){"srs.md", prose_md}, 1);
    uint32_t r = model_find(&m, TEXT("SRS-001"));
    CHECK(r != ITEM_NONE && text_same(m.items[r].title, TEXT("Alarm")));
    CHECK(r != ITEM_NONE
        && text_same(m.items[r].text, TEXT("The device shall alarm below 90 %.")));
    CHECK(linked(&m, "VER-001", LINK_VERIFIES, "SRS-001"));
    CHECK(dangles(&m, "VER-002") && dangles(&m, "VER-009"));
    CHECK(model_find(&m, TEXT("SRS-002")) != ITEM_NONE);
    CHECK(model_find(&m, TEXT("SRS-003")) != ITEM_NONE);
    CHECK(m.twice_count == 0);
    CHECK(linked(&m, "VER-001", LINK_VERIFIES, "SRS-002"));
    uint32_t manual = model_find(&m, TEXT("srs.md:10"));
    CHECK(manual != ITEM_NONE && m.items[manual].outcome == OUTCOME_MANUAL);
    CHECK(linked(&m, "srs.md:10", LINK_RESULT, "VER-001"));
    bool confirmed = false;
    for (uint32_t l = 0; l < m.link_count; l++)
        confirmed |= m.links[l].confirmed && m.links[l].digest[0] == 0x0a;
    CHECK(confirmed);
    done(&s);
}

static void moved_md(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 70, 0, TEXT("Elsewhere: requirements"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 77, 0,
        TEXT("**SRS-002** \xE2\x80\x94 The device shall log in UTC."));
    emit_unit(e, UNIT_PARAGRAPH, 0, 78, 0, TEXT("SRS-004: The device shall beep."));
    emit_unit(e, UNIT_PARAGRAPH, 0, 79, 0, TEXT("SRS-004: The device shall hum."));
}

static void an_items_digest_stays_when_its_text_moves(void)
{
    struct seen s, t;
    struct model m = model_of(&s, &(struct see_file){"srs.md", prose_md}, 1);
    uint8_t before[16];
    memcpy(before, m.items[model_find(&m, TEXT("SRS-002"))].digest, 16);
    done(&s);
    struct model n = model_of(&t, &(struct see_file){"other.md", moved_md}, 1);
    uint32_t r = model_find(&n, TEXT("SRS-002"));
    CHECK(r != ITEM_NONE && memcmp(before, n.items[r].digest, 16) == 0);
    CHECK(n.twice_count == 1 && text_same(n.items[n.twice[0]].id, TEXT("SRS-004")));
    done(&t);
}

static void two_requirements(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("requirements"));
    for (uint32_t i = 0; i < 2; i++) {
        emit_begin(e, UNIT_ENTRY, 0, 2 + i, 0);
        field(e, "id", i ? "SRS-002" : "SRS-001");
        field(e, "text", "The device shall beep.");
        emit_end(e);
    }
}

static void ages_are_told_in_lines_and_taken_from_them(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"", true},
        {"SRS-001\t1768000000\n", true},
        {"SRS-009\t0\n", true},
        {"SRS-001\t1768000000", false},
        {"SRS-001 1768000000\n", false},
        {"SRS-001\t\n", false},
        {"SRS-001\t-1\n", false},
        {"SRS-001\t01\n", false},
        {"\t1\n", false},
        {"SRS-001\t99999999999999999999\n", false},
    };
    struct seen s;
    struct model m = model_of(&s, &(struct see_file){"srs.yaml", two_requirements}, 1);
    struct list ages;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = ages_parse(text_of(rows[i].text), &ages) == OK;
        CHECK(good == rows[i].good);
        if (!good)
            continue;
        ages_apply(&ages, &m);
        list_free(&ages);
    }
    uint32_t r = model_find(&m, TEXT("SRS-001"));
    CHECK(m.items[r].dated && m.items[r].since_s == 1768000000);
    CHECK(!m.items[model_find(&m, TEXT("SRS-002"))].dated);
    struct arena *a = arena_new();
    CHECK(text_same(ages_write(a, &m), TEXT("SRS-001\t1768000000\n")));
    arena_free(a);
    done(&s);
}

static void texts_are_the_same_whatever_they_are_linked_with(void)
{
    const struct {
        struct field field;
        bool same;
    } rows[] = {
        {{TEXT("verified_by"), TEXT("tests/beep, tests/blink"), 0}, true},
        {{TEXT("boundary"), TEXT("TB-1"), 0}, true},
        {{TEXT("verification"), TEXT("measure at 40 degrees"), 0}, false},
        {{TEXT("limit"), TEXT("TB-1"), 0}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct item a = {.kind = ITEM_REQUIREMENT, .text = TEXT("It shall beep.")};
        struct item b = a, c = a;
        b.fields = &rows[i].field;
        b.field_count = 1;
        c.text = TEXT("It shall  beep.");
        CHECK(item_same_text(&a, &b) == rows[i].same);
        CHECK(item_same_text(&b, &a) == rows[i].same && item_same_text(&b, &b));
        CHECK(!item_same_text(&a, &c));
    }
}

static void identifiers_are_told_from_words_that_look_like_them(void)
{
    struct id_found f;
    CHECK(id_next(TEXT("see HF-SEC-001."), &f) && text_same(f.id, TEXT("HF-SEC-001")));
    CHECK(text_same(f.prefix, TEXT("HF-SEC")));
    CHECK(id_next(TEXT("(REQ_12)"), &f) && text_same(f.id, TEXT("REQ_12")));
    CHECK(!id_next(TEXT("X509 A-B mid-SEC-1 SEC-1a SEC- SEC-1-"), &f));
    CHECK(!id_next(TEXT(""), &f));
    CHECK(id_whole(TEXT("**[SEC-1]**"), &f) && !id_whole(TEXT("SEC-1 and"), &f));
    CHECK(
        id_next(TEXT("SEC-1@0123abcd, T-2"), &f) && f.confirmed && f.digest[3] == 0xcd);
    CHECK(id_next(f.rest, &f) && text_same(f.id, TEXT("T-2")) && !f.confirmed);
    CHECK(id_next(TEXT("SEC-1@xyz"), &f) && !f.confirmed);
}

static void a_configuration_names_prefixes_and_a_bad_one_is_one_line(void)
{
    struct arena *a = arena_new();
    struct rules r;
    struct bytes error = {0};
    rules_default(&r);
    CHECK(r.product_count == 4);
    CHECK(rules_parse(a, TEXT("holdfast-review.conf"),
              TEXT("product = \"oximeter\"\nleave_out = \"tests/data/**\"\n[ids]\n"
                   "security = \"XS\"\nthreat = \"AT\", \"BT\"\n"),
              &r, &error)
        == OK);
    CHECK(r.product_count == 1 && r.prefix_count == 3 && r.prefix[0].security);
    CHECK(strcmp(r.leave_out[0], "tests/data/**") == 0 && !r.leave_out[1]);
    struct rules without_a_file;
    rules_default(&without_a_file);
    for (size_t i = 0; i <= RULES_TAKE_IN && (i == 0 || r.take_in[i - 1]); i++)
        CHECK(r.take_in[i] == without_a_file.take_in[i]
            || strcmp(r.take_in[i], without_a_file.take_in[i]) == 0);
    CHECK(
        rules_parse(a, TEXT("c.conf"), TEXT("take_in = \"out\"\n"), &r, &error) == OK);
    CHECK(strcmp(r.take_in[0], "out") == 0 && !r.take_in[1]);
    CHECK(
        rules_parse(a, TEXT("c.conf"), TEXT("catalogue = \"qm/clauses\"\n"), &r, &error)
        == OK);
    CHECK(text_same(r.catalogue, TEXT("qm/clauses")));
    CHECK(strcmp(r.leave_out[0], "/qm/clauses/") == 0 && !r.leave_out[1]);
    CHECK(rules_parse(a, TEXT("c.conf"), TEXT("a = 1\n"), &r, &error) == MALFORMED);
    CHECK(text_starts(error, TEXT("c.conf:1: ")));
    CHECK(text_find(error, TEXT("expected")) < error.len);
    arena_free(a);
}

static void told_entry(
    struct emit *e, const char *is, const char *id, const char *name, const char *to)
{
    emit_begin(e, UNIT_ENTRY, 0, 2, 0);
    emit_text(e, text_of(id));
    field(e, "is", is);
    field(e, "id", id);
    field(e, name, to);
    emit_end(e);
}

static void told_json(struct emit *e)
{
    told_entry(e, "trust boundary", "Z-1", "name", "Ward");
    told_entry(e, "architecture element", "T-01", "name", "Pump"); /* not a threat */
    told_entry(e, "data flow", "T-01>send", "crosses", "Z-1");
    told_entry(e, "threat", "C-7", "flow", "T-01>send");
    told_entry(e, "data asset", "readings", "name", "Readings");
}

static void what_a_format_says_an_entry_is_goes_before_its_id_and_its_file(void)
{
    struct seen s;
    struct model m =
        model_of(&s, (struct see_file[]){{"hazards/told.json", told_json}}, 1);
    static const struct {
        const char *id;
        enum item_kind kind;
    } rows[] = {{"Z-1", ITEM_BOUNDARY}, {"T-01", ITEM_DESIGN}, {"T-01>send", ITEM_FLOW},
        {"C-7", ITEM_THREAT}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t at = model_find(&m, text_of(rows[i].id));
        CHECK(at != ITEM_NONE && m.items[at].kind == rows[i].kind);
    }
    CHECK(linked(&m, "T-01>send", LINK_CROSSES, "Z-1"));
    CHECK(
        linked(&m, "C-7", LINK_REFERS, "T-01>send")); /* the flow, not what begins it */
    CHECK(!linked(&m, "C-7", LINK_REFERS, "T-01"));
    done(&s);
}

#define OBJECT(id, type, text)                                                       \
    "<SPEC-OBJECT IDENTIFIER='" id "'><TYPE><SPEC-OBJECT-TYPE-REF>" type             \
    "</SPEC-OBJECT-TYPE-REF></TYPE><VALUES><ATTRIBUTE-VALUE-STRING THE-VALUE='" text \
    "'><DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>d"                               \
    "</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>"       \
    "</VALUES></SPEC-OBJECT>"
#define RELATION(type, from, to)                                     \
    "<SPEC-RELATION><TYPE><SPEC-RELATION-TYPE-REF>" type             \
    "</SPEC-RELATION-TYPE-REF></TYPE><SOURCE><SPEC-OBJECT-REF>" from \
    "</SPEC-OBJECT-REF></SOURCE><TARGET><SPEC-OBJECT-REF>" to        \
    "</SPEC-OBJECT-REF></TARGET></SPEC-RELATION>"

static void exchange(struct emit *e)
{
    read_reqif(
        TEXT(
            "<REQ-IF><SPEC-OBJECT-TYPE IDENTIFIER='c' LONG-NAME='Test case'/>"
            "<SPEC-OBJECT-TYPE IDENTIFIER='o' LONG-NAME='Object'/>"
            "<SPEC-RELATION-TYPE IDENTIFIER='v' LONG-NAME='verifies'/>"
            "<SPEC-RELATION-TYPE IDENTIFIER='s' LONG-NAME='Derived from'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='d' LONG-NAME='ReqIF.Text'/>" OBJECT(
                "SYS-7", "o", "The pump shall send.") OBJECT("_a1f3", "o", "It waits.")
                OBJECT("TC-9", "c", "Send twice.") RELATION("v", "TC-9", "SYS-7")
                    RELATION("s", "_a1f3", "SYS-7") "</REQ-IF>"),
        e);
}

static void objects_of_an_exchange_are_requirements_unless_their_type_says_else(void)
{
    struct seen s;
    struct model m =
        model_of(&s, (struct see_file[]){{"tests/all.reqif", exchange}}, 1);
    uint32_t r = model_find(&m, TEXT("SYS-7")), child = model_find(&m, TEXT("_a1f3"));
    uint32_t c = model_find(&m, TEXT("TC-9"));
    CHECK(r != ITEM_NONE && m.items[r].kind == ITEM_REQUIREMENT
        && text_same(m.items[r].text, TEXT("The pump shall send.")));
    CHECK(child != ITEM_NONE && m.items[child].kind == ITEM_REQUIREMENT);
    CHECK(c != ITEM_NONE && m.items[c].kind == ITEM_CASE);
    CHECK(linked(&m, "TC-9", LINK_VERIFIES, "SYS-7"));
    CHECK(linked(&m, "_a1f3", LINK_PARENT, "SYS-7"));
    done(&s);
}

MAIN(TEST(a_register_an_architecture_and_results_become_one_chain),
    TEST(one_path_is_a_part_of_the_design_and_the_place_of_its_tests),
    TEST(what_a_format_says_an_entry_is_goes_before_its_id_and_its_file),
    TEST(two_sections_of_one_heading_are_two_outputs_of_the_design),
    TEST(objects_of_an_exchange_are_requirements_unless_their_type_says_else),
    TEST(a_json_schema_says_what_may_stand_elsewhere_and_defines_nothing),
    TEST(requirements_are_found_in_headings_sentences_and_tables_without_configuration),
    TEST(an_items_digest_stays_when_its_text_moves),
    TEST(ages_are_told_in_lines_and_taken_from_them),
    TEST(texts_are_the_same_whatever_they_are_linked_with),
    TEST(identifiers_are_told_from_words_that_look_like_them),
    TEST(a_configuration_names_prefixes_and_a_bad_one_is_one_line))
