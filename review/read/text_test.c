/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen.h"

static void paragraphs_are_joined_and_items_know_their_depth(void)
{
    check_seen(read_text,
        TEXT("The device\r\nshall keep\r\nmeasuring.\r\n\r\n"
             "- first\n  goes on\n  - second\n- third\n\n"
             "1. one\n2) two\na) three\n\xE2\x80\xA2 four\n\nLast\n"),
        "paragraph 1/0 [] The device shall keep measuring.\n"
        "item1 5/0 [] first goes on\n"
        "item2 7/0 [] second\n"
        "item1 8/0 [] third\n"
        "item1 10/0 [] one\n"
        "item1 11/0 [] two\n"
        "item1 12/0 [] three\n"
        "item1 13/0 [] four\n"
        "paragraph 15/0 [] Last\n");
}

static void headings_are_underlined_or_numbered_and_alone(void)
{
    check_seen(read_text,
        TEXT(
            "Title\n=====\n\n1 Scope\n\ntext\n\n1.2 Cloud\n\nmore\n2.1 Not a heading\n\n"
            "3.1 The device shall stop.\n\nPart\n----\nend\n\n*****\nafter\n"),
        "heading1 1/0 [] Title\n"
        "heading1 4/0 [] 1 Scope\n"
        "paragraph 6/0 [1 Scope] text\n"
        "heading2 8/0 [1 Scope] 1.2 Cloud\n"
        "paragraph 10/0 [1 Scope > 1.2 Cloud] more 2.1 Not a heading\n"
        "paragraph 13/0 [1 Scope > 1.2 Cloud] 3.1 The device shall stop.\n"
        "heading2 15/0 [1 Scope] Part\n"
        "paragraph 17/0 [1 Scope > Part] end\n"
        "paragraph 20/0 [1 Scope > Part] after\n");
}

static void quotes_are_kept_apart_from_what_is_said(void)
{
    check_seen(read_text, TEXT("> you shall\n> encrypt\nWe do not.\n"),
        "quote 1/0 [] you shall encrypt\nparagraph 3/0 [] We do not.\n");
}

static void nothing_and_broken_bytes_are_read_too(void)
{
    check_seen(read_text, TEXT(""), "");
    check_seen(read_text, TEXT("\n \n\t\n"), "");
    check_seen(read_text,
        TEXT("\xEF\xBB\xBF"
             "a\xFFz"),
        "paragraph 1/0 [] a\xEF\xBF\xBDz\nnote UTF8 \n");
}

MAIN(TEST(paragraphs_are_joined_and_items_know_their_depth),
    TEST(headings_are_underlined_or_numbered_and_alone),
    TEST(quotes_are_kept_apart_from_what_is_said),
    TEST(nothing_and_broken_bytes_are_read_too))
