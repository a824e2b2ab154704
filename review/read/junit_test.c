/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void each_case_is_a_result_with_the_properties_of_itself_and_its_suites(void)
{
    CHECK(reads_as(read_junit,
        TEXT(
            "<?xml version=\"1.0\"?>\n"
            "<testsuites name=\"all\">\n"
            "<testsuite name=\"outer\" timestamp=\"2024-03-01T00:30:00+02:00\">\n"
            "<properties><property name=\"commit\" value=\"ab12\"/></properties>\n"
            "<testcase name=\"a &amp; b\" classname=\"core\" time=\"0.25\">\n"
            "<properties><property name=\"requirement\" value=\"SEC-001\"/>\n"
            "<property name=\"commit\">cd34</property></properties>\n"
            "<system-out>not read</system-out></testcase>\n"
            "<testsuite name=\"inner\">\n"
            "<testcase name=\"c\"><failure message=\"1 != 2\">stack</failure></testcase>\n"
            "</testsuite>\n"
            "<testcase name=\"d\"><skipped/></testcase>\n"
            "</testsuite>\n"
            "<testsuite><testcase name=\"e\" timestamp=\"2024-03-01T12:00:01.5Z\">"
            "<error>line 1\n<![CDATA[line <2>]]></error></testcase>\n"
            "<testcase name=\"f\" status=\"notrun\"/></testsuite>\n"
            "</testsuites>\n"),
        "heading1 3/0 [] outer\n"
        "result 5/0 [outer] a & b {name=a & b; class=core; status=passed; time_s=0.25; "
        "at=2024-02-29T22:30:00Z; property.commit=cd34; property.requirement=SEC-001; "
        "property.commit=ab12}\n"
        "heading2 9/0 [outer] inner\n"
        "result 10/0 [outer > inner] c {name=c; status=failed; at=2024-02-29T22:30:00Z; "
        "message=1 != 2; property.commit=ab12}\n"
        "result 12/0 [outer > inner] d {name=d; status=skipped; at=2024-02-29T22:30:00Z; "
        "property.commit=ab12}\n"
        "result 14/0 [outer > inner] e {name=e; status=error; at=2024-03-01T12:00:01Z; "
        "message=line 1 line <2>}\n"
        "result 16/0 [outer > inner] f {name=f; status=skipped}\n"));
}

static void the_worst_outcome_of_a_case_counts(void)
{
    static const struct {
        const char *inside, *status;
    } rows[] = {
        {"<skipped/><failure/>", "failed"},
        {"<failure/><skipped/>", "failed"},
        {"<failure/><error/>", "error"},
        {"<rerunFailure/>", "passed"},
        {"", "passed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        int n = snprintf(text, sizeof text,
            "<testsuite><testcase name=\"a\">%s</testcase></testsuite>",
            rows[i].inside);
        struct seen s =
            see_read(read_junit, (struct bytes){(uint8_t *)text, (size_t)n});
        CHECK(s.corpus.unit_count == 1 && s.corpus.note_count == 0);
        CHECK(text_same(
            unit_field(&s.corpus, s.corpus.units, "status"), text_of(rows[i].status)));
        see_end(&s);
    }
}

static void entities_are_refused_and_a_cut_file_is_said(void)
{
    CHECK(notes_of(read_junit,
              TEXT("<!DOCTYPE t [<!ENTITY x \"y\">]><testsuite><testcase name=\"&x;\"/>"
                   "</testsuite>"),
              NOTE_ENTITY)
        == 1);
    struct seen s = see_read(
        read_junit, TEXT("<testsuite><testcase name=\"a\"/><testcase name=\"b\">"));
    CHECK(s.corpus.unit_count == 1 && s.corpus.note_count == 1);
    CHECK(s.corpus.notes[0].kind == NOTE_DAMAGED);
    see_end(&s);
    CHECK(notes_of(read_junit, TEXT("<other/>"), NOTE_UNKNOWN_FORMAT) == 1);
}

static void a_time_that_is_none_is_left_out(void)
{
    CHECK(reads_as(read_junit,
        TEXT("<testsuite timestamp=\"yesterday\"><testcase name=\"a\"/></testsuite>"),
        "result 1/0 [] a {name=a; status=passed}\n"));
    CHECK(reads_as(read_junit,
        TEXT("<testsuite timestamp=\"2024-12-31 23:59:59-0100\"><testcase name=\"a\"/>"
             "</testsuite>"),
        "result 1/0 [] a {name=a; status=passed; at=2025-01-01T00:59:59Z}\n"));
}

MAIN(TEST(each_case_is_a_result_with_the_properties_of_itself_and_its_suites),
    TEST(the_worst_outcome_of_a_case_counts),
    TEST(entities_are_refused_and_a_cut_file_is_said),
    TEST(a_time_that_is_none_is_left_out))
