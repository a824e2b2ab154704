/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void ids_in_comments_of_the_slash_family_are_tags_with_what_follows(void)
{
    CHECK(reads_as(read_source,
        TEXT("#include <a.h>\n"
             "/*\n"
             " * Req: SEC-001 and HF-SEC-002 \"text\".\n"
             " */\n"
             "static int wait_for(struct a *x)\n"
             "{\n"
             "    const char *s = \"// SEC-003 in a string\"; // SEC-004 beside it\n"
             "    char c = '\"'; /* SEC-005 */\n"
             "    return s[0] / 2; /* two\n"
             "        SEC-006 lines */\n"
             "}\n"
             "// Req: WIRE-012\n"
             "struct reading {\n"),
        "tag 3/0 [] Req: SEC-001 and HF-SEC-002 \"text\". {id=SEC-001; id=HF-SEC-002; "
        "symbol=wait_for}\n"
        "tag 7/0 [] SEC-004 beside it {id=SEC-004; symbol=s}\n"
        "tag 8/0 [] SEC-005 {id=SEC-005; symbol=c}\n"
        "tag 10/0 [] SEC-006 lines {id=SEC-006}\n"
        "tag 12/0 [] Req: WIRE-012 {id=WIRE-012; symbol=reading}\n"));
}

static void ids_in_comments_of_the_hash_family_are_tags(void)
{
    CHECK(reads_as(read_source,
        TEXT("import os\n"
             "# SEC-001: waits\n"
             "@decorated\n"
             "def test_waits(x):\n"
             "    s = \"# SEC-002\"  # SEC-003\n"
             "    t = \"\"\"\n"
             "# SEC-004\n"
             "\"\"\"\n"
             "    u = '#'  # it's SEC-005\n"),
        "tag 2/0 [] SEC-001: waits {id=SEC-001; symbol=test_waits}\n"
        "tag 5/0 [] SEC-003 {id=SEC-003; symbol=s}\n"
        "tag 9/0 [] it's SEC-005 {id=SEC-005; symbol=u}\n"));
    CHECK(reads_as(read_source,
        TEXT("#!/bin/sh\n# SEC-001\nrun() { echo \"${#a} # SEC-002\"; }\n"),
        "tag 2/0 [] SEC-001 {id=SEC-001; symbol=run}\n"));
    CHECK(reads_as(read_source, TEXT("# SEC-001\n[table]\nkey = 1 # SEC-002\n"),
        "tag 1/0 [] SEC-001 {id=SEC-001}\ntag 3/0 [] SEC-002 {id=SEC-002; symbol=key}\n"));
}

static void other_languages_are_told_by_their_lines(void)
{
    CHECK(reads_as(read_source,
        TEXT(
            "-- SEC-001\nCREATE TABLE reading (id INTEGER);\nSELECT 'a -- SEC-002';\n"),
        "tag 1/0 [] SEC-001 {id=SEC-001; symbol=reading}\n"));
    CHECK(reads_as(read_source,
        TEXT("/// SEC-001\n#[test]\npub fn waits<'a>(x: &'a str) -> bool {\n"
             "    // SEC-002\n    let mut y = 1;\n}\n"),
        "tag 1/0 [] SEC-001 {id=SEC-001; symbol=waits}\n"
        "tag 4/0 [] SEC-002 {id=SEC-002; symbol=y}\n"));
    CHECK(reads_as(read_source,
        TEXT("// SEC-001\nexport class Gate {\n  /** SEC-002 */\n  open(x) {\n"
             "    const t = `// SEC-003\n// SEC-004`;\n"),
        "tag 1/0 [] SEC-001 {id=SEC-001; symbol=Gate}\n"
        "tag 3/0 [] SEC-002 {id=SEC-002; symbol=open}\n"));
}

static void what_is_no_id_is_no_tag(void)
{
    CHECK(reads_as(read_source,
        TEXT("// SHA-256 UTF-8 AES-128 RFC-9180 CVE-2024-1234 GPL-2.0 T-01 A1-B2 SEC-\n"
             "// xSEC-001 SEC-001a sec-001 SEC_001 SEC-001.2 /SEC-001 -SEC-001 SEC-A\n"
             "int x;\n"),
        ""));
}

static void secrets_are_looked_for_outside_comments_too(void)
{
    struct seen s = see_read(read_source,
        TEXT("int x;\nconst char *password = \"Tr0ub"
             "4dorZeb\";\n"));
    CHECK(s.corpus.unit_count == 1 && s.corpus.units[0].line == 2);
    CHECK(text_same(unit_field(&s.corpus, s.corpus.units, "secret"), TEXT("password")));
    see_end(&s);
}

static void a_comment_or_string_without_an_end_ends_with_the_file(void)
{
    CHECK(reads_as(
        read_source, TEXT("int x;\n/* SEC-001"), "tag 2/0 [] SEC-001 {id=SEC-001}\n"));
    CHECK(reads_as(read_source, TEXT("int x;\n\"SEC-001"), ""));
    CHECK(reads_as(read_source, TEXT(""), ""));
}

MAIN(TEST(ids_in_comments_of_the_slash_family_are_tags_with_what_follows),
    TEST(ids_in_comments_of_the_hash_family_are_tags),
    TEST(other_languages_are_told_by_their_lines), TEST(what_is_no_id_is_no_tag),
    TEST(secrets_are_looked_for_outside_comments_too),
    TEST(a_comment_or_string_without_an_end_ends_with_the_file))
