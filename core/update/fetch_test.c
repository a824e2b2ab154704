/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/fetch.h"

#include "tests/support/check.h"

static const uint32_t three = 2 * LIMIT_PIECE + 100;

static void test_pieces_are_taken_in_their_order_and_of_their_length_alone(void)
{
    struct fetch f;

    fetch_begin(&f, three, 0);
    for (uint32_t n = 0; n < 3; n++) {
        uint64_t len = n < 2 ? LIMIT_PIECE : 100;
        CHECK(!fetch_whole(&f) && fetch_have(&f) == n * LIMIT_PIECE);
        CHECK(!fetch_fits(&f, n, len - 1) && !fetch_fits(&f, n, len + 1));
        CHECK(!fetch_fits(&f, n, 0) && !fetch_fits(&f, n + 1, len));
        CHECK(n == 0 || !fetch_fits(&f, n - 1, len));
        CHECK(fetch_fits(&f, n, len));
        f.next++;
    }
    CHECK(fetch_whole(&f) && fetch_have(&f) == three);
    CHECK(!fetch_fits(&f, 3, LIMIT_PIECE) && !fetch_fits(&f, 3, 0));
}

static void test_what_was_left_by_a_cut_is_gone_on_with_at_a_whole_piece(void)
{
    static const struct {
        uint64_t have;
        uint32_t next;
    } rows[] = {{0, 0}, {1, 0}, {LIMIT_PIECE - 1, 0}, {LIMIT_PIECE, 1},
        {2 * LIMIT_PIECE + 99, 2}, {2 * LIMIT_PIECE + 100, 3},
        {2 * LIMIT_PIECE + 101, 0}, {UINT64_MAX, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fetch f;
        fetch_begin(&f, three, rows[i].have);
        CHECK(f.next == rows[i].next && fetch_whole(&f) == (f.next == 3));
    }
}

static void test_the_largest_and_the_smallest_bundle_have_their_pieces(void)
{
    struct fetch f;

    fetch_begin(&f, LIMIT_UPDATE_BUNDLE, LIMIT_UPDATE_BUNDLE - LIMIT_PIECE);
    CHECK(f.next == LIMIT_PIECES - 1 && fetch_fits(&f, f.next, LIMIT_PIECE));
    f.next++;
    CHECK(fetch_whole(&f) && fetch_have(&f) == LIMIT_UPDATE_BUNDLE);
    fetch_begin(&f, 1, 0);
    CHECK(fetch_fits(&f, 0, 1) && !fetch_fits(&f, 0, 2));
}

static void test_it_is_begun_three_times_at_most(void)
{
    struct fetch f;

    fetch_begin(&f, three, LIMIT_PIECE);
    for (uint32_t i = 1; i < LIMIT_FETCHES; i++) {
        f.next = 3;
        CHECK(fetch_anew(&f) && f.next == 0);
    }
    CHECK(!fetch_anew(&f));
}

MAIN(TEST(test_pieces_are_taken_in_their_order_and_of_their_length_alone),
    TEST(test_what_was_left_by_a_cut_is_gone_on_with_at_a_whole_piece),
    TEST(test_the_largest_and_the_smallest_bundle_have_their_pieces),
    TEST(test_it_is_begun_three_times_at_most))
