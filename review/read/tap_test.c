/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void each_result_line_is_a_result_and_directives_are_told(void)
{
    CHECK(reads_as(read_tap,
        TEXT("TAP version 13\r\n"
             "1..6\r\n"
             "ok 1 - SEC-001 it waits\r\n"
             "not ok 2 it stops\n"
             "ok 3 - later # SKIP no network\n"
             "not ok 4 - soon # todo not written\n"
             "ok\n"
             "ok 6 - number \\# SKIP is part of it\n"
             "# a comment\n"
             "noise\n"),
        "result 3/0 [] SEC-001 it waits {name=SEC-001 it waits; status=passed}\n"
        "result 4/0 [] it stops {name=it stops; status=failed}\n"
        "result 5/0 [] later {name=later; status=skipped; message=SKIP no network}\n"
        "result 6/0 [] soon {name=soon; status=skipped; message=todo not written}\n"
        "result 7/0 [] test 5 {name=test 5; status=passed}\n"
        "result 8/0 [] number \\# SKIP is part of it {name=number \\# SKIP is part of it; "
        "status=passed}\n"));
}

static void a_diagnostic_block_gives_message_time_and_properties(void)
{
    CHECK(reads_as(read_tap,
        TEXT("TAP version 14\n1..2\n"
             "not ok 1 - a\n"
             "  ---\n"
             "  message: \"1 is not 2\"\n"
             "  duration_ms: 12.5\n"
             "  requirement: [SEC-1, SEC-2]\n"
             "  at:\n"
             "    line: 7\n"
             "  ...\n"
             "ok 2 - b\n"),
        "result 3/0 [] a {name=a; status=failed; message=1 is not 2; time_s=0.0125; "
        "property.message=1 is not 2; property.duration_ms=12.5; "
        "property.requirement=SEC-1; property.requirement=SEC-2; property.at.line=7}\n"
        "result 11/0 [] b {name=b; status=passed}\n"));
}

static void subtests_are_named_in_the_class_of_their_results(void)
{
    CHECK(reads_as(read_tap,
        TEXT("TAP version 14\n"
             "# Subtest: outer\n"
             "    ok 1 - in\n"
             "    # Subtest: inner\n"
             "        ok 1 - deep\n"
             "        1..1\n"
             "    ok 2 - inner\n"
             "    1..2\n"
             "ok 1 - outer\n"
             "ok 2 - after\n"
             "1..2\n"),
        "result 3/0 [] in {name=in; class=outer; status=passed}\n"
        "result 5/0 [] deep {name=deep; class=outer > inner; status=passed}\n"
        "result 7/0 [] inner {name=inner; class=outer; status=passed}\n"
        "result 9/0 [] outer {name=outer; status=passed}\n"
        "result 10/0 [] after {name=after; status=passed}\n"));
}

static void a_subtest_named_inside_is_read_too(void)
{
    CHECK(reads_as(read_tap,
        TEXT(
            "    # Subtest: old\n    ok 1 - x\n    1..1\nok 1 - old\n        ok 1 - y\n1..1\n"),
        "result 2/0 [] x {name=x; class=old; status=passed}\n"
        "result 4/0 [] old {name=old; status=passed}\n"
        "result 5/0 [] y {name=y; status=passed}\n"));
}

static void a_run_that_broke_off_is_said(void)
{
    CHECK(reads_as(read_tap, TEXT("1..3\nok 1 - a\nBail out! no disk\n"),
        "result 2/0 [] a {name=a; status=passed}\n"
        "result 3/0 [] Bail out! {name=Bail out!; status=error; message=no disk}\n"
        "note DAMAGED TAP: expected 3 results, found 1\n"));
    CHECK(reads_as(read_tap, TEXT("1..0 # SKIP no sensor here\n"),
        "result 1/0 [] all tests {name=all tests; status=skipped; message=SKIP no sensor "
        "here}\n"));
    CHECK(notes_of(read_tap, TEXT("ok 1\n  ---\n  a: b\n"), NOTE_DAMAGED) == 1);
    CHECK(notes_of(read_tap, TEXT("TAP version 15\n1..0\n"), NOTE_VERSION) == 1);
}

MAIN(TEST(each_result_line_is_a_result_and_directives_are_told),
    TEST(a_diagnostic_block_gives_message_time_and_properties),
    TEST(subtests_are_named_in_the_class_of_their_results),
    TEST(a_subtest_named_inside_is_read_too), TEST(a_run_that_broke_off_is_said))
