/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/head.h"

#include "tests/support/check.h"

/* The head of a document of one unit: "id|version|date|by". */
static const char *head_text(enum unit_kind kind, const char *text)
{
    static char got[256];
    struct document doc = {.path = TEXT("a.md"), .unit_count = 2};
    struct unit units[2] = {{.kind = UNIT_HEADING, .text = TEXT("A title")},
        {.kind = (uint8_t)kind, .text = text_of(text)}};
    struct corpus c = {.docs = &doc, .doc_count = 1, .units = units, .unit_count = 2};
    struct head h = head_of(&c, 0);
    CHECK(text_same(h.title, TEXT("A title")));
    snprintf(got, sizeof got, "%.*s|%.*s|%.*s|%.*s", (int)h.id.len,
        (const char *)(h.id.len ? h.id.at : (const uint8_t *)""), (int)h.version.len,
        (const char *)(h.version.len ? h.version.at : (const uint8_t *)""),
        (int)h.date.len, (const char *)(h.date.len ? h.date.at : (const uint8_t *)""),
        (int)h.approved_by.len,
        (const char *)(h.approved_by.len ? h.approved_by.at : (const uint8_t *)""));
    return got;
}

static void test_running_text_tells_id_version_day_and_who(void)
{
    CHECK(
        strcmp(
            head_text(UNIT_PARAGRAPH,
                "Document ARC-012, version 1.3, approved 2026-02-10 by the lead architect."),
            "ARC-012|1.3|2026-02-10|the lead architect")
        == 0);
}

static void test_a_row_of_a_table_tells_what_its_first_cell_names(void)
{
    CHECK(strcmp(head_text(UNIT_ROW, "Document | HF-DOC-SA, version 1, 2026-11-28"),
              "HF-DOC-SA|1|2026-11-28|")
        == 0);
    CHECK(strcmp(head_text(UNIT_ROW, "Approved by | the security lead, 2026-11-28"),
              "|||the security lead")
        == 0);
    CHECK(strcmp(head_text(UNIT_ROW, "Revision | C"), "|C||") == 0);
}

static void test_what_is_not_said_is_not_guessed(void)
{
    CHECK(strcmp(head_text(UNIT_PARAGRAPH, "This document describes the pump."), "|||")
        == 0);
    CHECK(
        strcmp(head_text(UNIT_PARAGRAPH, "TLS version 1.3 is spoken since 2020-01-01."),
            "|||")
        == 0);
    CHECK(strcmp(head_text(UNIT_CODE, "Document ARC-012, version 1.3"), "|||") == 0);
}

MAIN(TEST(test_running_text_tells_id_version_day_and_who),
    TEST(test_a_row_of_a_table_tells_what_its_first_cell_names),
    TEST(test_what_is_not_said_is_not_guessed))
