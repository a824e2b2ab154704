/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "core/base/writer.h"

#include "tests/support/check.h"

static void test_what_the_writer_put_the_reader_takes(void)
{
    static const uint8_t tail[] = {1, 2, 3};
    uint8_t room[32];
    struct writer w = writer_over(ROOM_OF(room));

    put_u8(&w, 0xfe);
    put_u16(&w, 0xfedc);
    put_u32(&w, 0xfedcba98);
    put_u64(&w, 0xfedcba9876543210);
    put(&w, BYTES_OF(tail));
    CHECK(writer_done(&w) && w.len == 18);

    struct reader r = reader_over(written(&w));
    CHECK(take_u8(&r) == 0xfe);
    CHECK(take_u16(&r) == 0xfedc);
    CHECK(take_u32(&r) == 0xfedcba98);
    CHECK(take_u64(&r) == 0xfedcba9876543210);
    CHECK(!reader_done(&r));
    struct bytes rest = take(&r, 3);
    CHECK(rest.len == 3 && memcmp(rest.at, tail, 3) == 0);
    CHECK(reader_done(&r));
}

static void test_running_short_once_spoils_the_whole_message(void)
{
    static const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct reader r = reader_over(BYTES_OF(in));

    CHECK(take_u64(&r) == 0x0102030405060708);
    CHECK(take_u16(&r) == 0);
    CHECK(take_u8(&r) == 0);
    CHECK(!reader_done(&r));
}

static void test_a_writer_that_overran_keeps_out_of_the_memory_behind_its_room(void)
{
    uint8_t b[8] = {0};
    struct writer w = writer_over((struct room){b, 3});

    put_u16(&w, 0xffff);
    put_u16(&w, 0xffff);
    put_u8(&w, 0xff);
    CHECK(!writer_done(&w) && w.len == 2);
    CHECK(b[2] == 0 && b[3] == 0);
}

MAIN(TEST(test_what_the_writer_put_the_reader_takes),
    TEST(test_running_short_once_spoils_the_whole_message),
    TEST(test_a_writer_that_overran_keeps_out_of_the_memory_behind_its_room))
