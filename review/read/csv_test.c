/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void each_row_is_an_entry_with_the_header_as_names(void)
{
    CHECK(reads_as(read_csv,
        TEXT("Id,Text,Verified by\r\n"
             "SEC-1,\"waits, then \"\"stops\"\"\",VER-1\r\n"
             "\r\n"
             "SEC-2,\"two\r\nlines\",\r\n"
             "SEC-3,,VER-3"),
        "entry 2/0 [] waits, then \"stops\" {Id=SEC-1; Text=waits, then \"stops\"; "
        "Verified by=VER-1}\n"
        "entry 4/0 [] two lines {Id=SEC-2; Text=two lines; Verified by=}\n"
        "entry 6/0 [] SEC-3 | VER-3 {Id=SEC-3; Text=; Verified by=VER-3}\n"));
}

#define BOM "\xEF\xBB\xBF"

static void the_separator_is_what_the_header_has_most_of(void)
{
    static const char *const rows[] = {
        BOM "id;\"a,b,c,d\";n\n1;x;2\n",
        "id\t\"a,b,c,d\"\tn\n1\tx\t2\n",
        "id,\"a,b,c,d\",n\n1,x,2\n",
        "sep=;\nid;\"a,b,c,d\";n\n1;x;2\n",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = see_read(read_csv, text_of(rows[i]));
        CHECK(s.corpus.unit_count == 1 && s.corpus.note_count == 0);
        CHECK(text_same(unit_field(&s.corpus, s.corpus.units, "a,b,c,d"), TEXT("x")));
        CHECK(s.corpus.units[0].line == (i == 3 ? 3 : 2));
        see_end(&s);
    }
}

static void what_does_not_fit_the_header_is_said_and_kept(void)
{
    CHECK(reads_as(read_csv, TEXT("id,,id\n1,2,3,4\n5\n \n6,\"x\" y,7,8\n"),
        "entry 2/0 [] 1 | 2 | 3 | 4 {id=1; column 2=2; id=3; column 4=4}\n"
        "entry 3/0 [] 5 {id=5}\n"
        "entry 5/0 [] 6 | x y | 7 | 8 {id=6; column 2=x y; id=7; column 4=8}\n"
        "note DUPLICATE-KEY id\n"
        "note MALFORMED CSV: expected no more cells than the header has\n"));
}

static void a_quote_that_does_not_close_is_said_with_its_line(void)
{
    struct seen s = see_read(read_csv, TEXT("a,b\n1,2\n3,\"open\n4,5\n"));
    CHECK(s.corpus.unit_count == 2 && s.corpus.note_count == 1);
    CHECK(s.corpus.notes[0].kind == NOTE_MALFORMED && s.corpus.notes[0].line == 3);
    see_end(&s);
}

static void utf16_is_refused(void)
{
    CHECK(reads_as(read_csv,
        TEXT("\xFF\xFE"
             "a\0,\0b\0\n\0"),
        "note MALFORMED CSV: expected UTF-8, found UTF-16\n"));
    CHECK(reads_as(read_csv, TEXT(""), ""));
    CHECK(reads_as(read_csv, TEXT("only,a,header\n"), ""));
}

MAIN(TEST(each_row_is_an_entry_with_the_header_as_names),
    TEST(the_separator_is_what_the_header_has_most_of),
    TEST(what_does_not_fit_the_header_is_said_and_kept),
    TEST(a_quote_that_does_not_close_is_said_with_its_line), TEST(utf16_is_refused))
