/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/date.h"
#include "review/base/handed.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void pieces_of_the_arena_are_zeroed_aligned_and_never_move(void)
{
    struct arena *a = arena_new();
    uint8_t *first = arena_take(a, 3);
    first[0] = 7;
    for (size_t n = 1; n < 2000; n += 7) {
        uint8_t *p = arena_take(a, n * 100);
        CHECK((uintptr_t)p % _Alignof(max_align_t) == 0);
        for (size_t i = 0; i < n * 100; i++)
            if (p[i])
                CHECK(p[i] == 0);
        p[0] = p[n * 100 - 1] = 0xff;
    }
    CHECK(first[0] == 7);
    CHECK(text_same(arena_print(a, "%s-%03d", "SEC", 7), TEXT("SEC-007")));
    arena_free(a);
}

static void a_table_finds_every_key_it_was_given_and_no_other(void)
{
    struct arena *a = arena_new();
    struct table *t = table_new(a, 4);
    for (uint32_t i = 0; i < 10000; i++)
        table_put(t, arena_print(a, "SEC-%05u", i), i);
    table_put(t, TEXT("SEC-00007"), 70000);
    for (uint32_t i = 0; i < 10000; i++)
        if (table_get(t, arena_print(a, "SEC-%05u", i)) != (i == 7 ? 70000 : i))
            CHECK(i == UINT32_MAX);
    CHECK(table_get(t, TEXT("SEC-1")) == TABLE_NONE);
    CHECK(table_get(t, TEXT("")) == TABLE_NONE);
    arena_free(a);
}

static void text_is_compared_by_bytes_and_by_ascii_case(void)
{
    CHECK(text_same_word(TEXT("Verified_By"), TEXT("verified_by")));
    CHECK(!text_same(TEXT("a"), TEXT("A")));
    CHECK(text_order(TEXT("SEC-1"), TEXT("SEC-10")) < 0);
    CHECK(text_order(TEXT("b"), TEXT("abc")) > 0);
    CHECK(text_find(TEXT("the cloud"), TEXT("cloud")) == 4);
    CHECK(text_find(TEXT("the cloud"), TEXT("device")) == 9);
    CHECK(text_find_word(TEXT("the Cloud"), TEXT("cLOUD")) == 4);
    CHECK(text_same(text_trim(TEXT(" \t a b\r\n")), TEXT("a b")));
    CHECK(text_trim(TEXT("  ")).len == 0);
    CHECK(text_starts(TEXT("HF-SEC-1"), TEXT("HF-"))
        && text_ends(TEXT("x.md"), TEXT(".md")));
    CHECK(!text_ends(TEXT("d"), TEXT("md")));
}

static void dates_are_read_and_written_in_utc(void)
{
    char out[11];
    CHECK(date_s(TEXT("2026-11-28T10:00:00Z")) == 1795860000);
    CHECK(date_s(TEXT("2026-11-28T12:00:00.5+02:00")) == 1795860000);
    CHECK(date_s(TEXT("1970-01-02")) == 86400
        && date_s(TEXT("2024-02-29")) == 1709164800);
    CHECK(date_s(TEXT("28.11.2026")) == 0 && date_s(TEXT("")) == 0);
    CHECK(date_s(TEXT("2026-13-01")) == 0);
    date_text(1709164800 + 86399, out);
    CHECK(strcmp(out, "2024-02-29") == 0);
    date_text(-1, out);
    CHECK(strcmp(out, "1969-12-31") == 0);
}

static void a_list_is_taken_apart_at_its_commas(void)
{
    struct bytes list = TEXT(" a,b b ,,c"), part;
    const char *const parts[] = {"a", "b b", "", "c"};
    for (size_t i = 0; i < 4; i++)
        CHECK(text_next_part(&list, &part) && text_same(part, text_of(parts[i])));
    CHECK(!text_next_part(&list, &part));
}

static void a_list_grows_and_keeps_what_was_added(void)
{
    struct list l = LIST_OF(uint32_t);
    for (uint32_t i = 0; i < 1000; i++)
        *(uint32_t *)list_add(&l) = i;
    CHECK(l.count == 1000 && *LIST_AT(&l, uint32_t, 999) == 999);
    list_free(&l);
    CHECK(l.count == 0);
}

static void a_descriptor_goes_along_with_a_message_of_the_expected_length_only(void)
{
    uint8_t in[4] = {0}, half[2];
    int ends[2], got = 7, sent = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const struct bytes text = {(const uint8_t *)"abcd", 4};

    CHECK(
        sent >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    CHECK(handed_out(ends[0], text, -1) && handed_in(ends[1], ROOM_OF(in), &got));
    CHECK(got == -1 && in[0] == 'a' && in[3] == 'd');
    CHECK(handed_out(ends[0], text, sent) && handed_in(ends[1], ROOM_OF(in), &got));
    CHECK(got > sent && fcntl(got, F_GETFD) == FD_CLOEXEC);
    close(got);
    int next = dup(sent);
    close(next);
    CHECK(handed_out(ends[0], (struct bytes){text.at, 3}, sent));
    CHECK(!handed_in(ends[1], ROOM_OF(in), &got) && got == -1);
    CHECK(handed_out(ends[0], text, sent));
    CHECK(!handed_in(ends[1], ROOM_OF(half), &got) && got == -1);
    got = dup(sent); /* what came along with a wrong message is closed */
    CHECK(got == next);
    close(got);
    close(ends[0]);
    CHECK(!handed_in(ends[1], ROOM_OF(in), &got) && got == -1);
    CHECK(!handed_out(ends[1], text, sent));
    close(ends[1]);
    close(sent);
}

MAIN(TEST(pieces_of_the_arena_are_zeroed_aligned_and_never_move),
    TEST(a_table_finds_every_key_it_was_given_and_no_other),
    TEST(text_is_compared_by_bytes_and_by_ascii_case),
    TEST(dates_are_read_and_written_in_utc), TEST(a_list_is_taken_apart_at_its_commas),
    TEST(a_list_grows_and_keeps_what_was_added),
    TEST(a_descriptor_goes_along_with_a_message_of_the_expected_length_only))
