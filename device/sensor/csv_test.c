/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/csv.h"

#include "tests/support/check.h"

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void test_a_head_is_taken_with_its_rate_or_refused(void)
{
    static const struct {
        const char *line;
        enum status s;
        uint32_t fs_mhz;
        uint8_t bits;
    } rows[] = {
        {"# set=a rec=b fs=100 licence=MIT(x)", OK, 100000, 0},
        {"# fs=30.3", OK, 30300, 0},
        {"# fs=29.41 bits=19", OK, 29410, 19},
        {"# fs=10", OK, 10000, 0},
        {"# fs=2000 bits=8", OK, 2000000, 8},
        {"#  fs=256  bits=31", OK, 256000, 31},
        {"# fs=9.999", MALFORMED, 0, 0},
        {"# fs=2000.001", MALFORMED, 0, 0},
        {"# fs=100 fs=100", MALFORMED, 0, 0},
        {"# fs=", MALFORMED, 0, 0},
        {"# fs=-100", MALFORMED, 0, 0},
        {"# fs=1e2", MALFORMED, 0, 0},
        {"# fs=100 bits=7", MALFORMED, 0, 0},
        {"# fs=100 bits=32", MALFORMED, 0, 0},
        {"# fs=100 bits=18.5", MALFORMED, 0, 0},
        {"# fs=100 word", MALFORMED, 0, 0},
        {"# rec=only", MALFORMED, 0, 0},
        {"fs=100", MALFORMED, 0, 0},
        {"#fs=100", MALFORMED, 0, 0},
        {"# fs=100 rec=a\tb", MALFORMED, 0, 0},
        {"# fs=100 rec=0123456789012345678901234567890123456789", MALFORMED, 0, 0},
        {"# fs=99999999999999999999999", MALFORMED, 0, 0},
        {"", MALFORMED, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_head h = {0};
        const char *expected = NULL;
        CHECK(csv_head_parse(text(rows[i].line), &h, &expected) == rows[i].s);
        CHECK(h.fs_mhz == rows[i].fs_mhz && h.bits == rows[i].bits);
        CHECK(expected != NULL);
    }
}

static void test_columns_name_the_channels_or_are_refused(void)
{
    static const struct {
        const char *line;
        enum status s;
        enum csv_kind kind;
        int time_at, first, second;
    } rows[] = {
        {"red,ir", OK, CSV_RED_IR, -1, 0, 1},
        {"red,ir,pleth", OK, CSV_RED_IR, -1, 0, 1},
        {"pleth,ir,red", OK, CSV_RED_IR, -1, 2, 1},
        {"pleth", OK, CSV_PLETH, -1, 0, -1},
        {"t_ms,R,G,B", OK, CSV_GREEN, 0, 2, -1},
        {"ppg,accx,accy,accz", OK, CSV_GREEN, -1, 0, -1},
        {"red,green", OK, CSV_GREEN, -1, 1, -1},
        {"red", MALFORMED, 0, 0, 0, 0},
        {"ir,ir", MALFORMED, 0, 0, 0, 0},
        {"red,red,ir", MALFORMED, 0, 0, 0, 0},
        {"t_ms,t_ms,pleth", MALFORMED, 0, 0, 0, 0},
        {"", MALFORMED, 0, 0, 0, 0},
        {"pleth,", MALFORMED, 0, 0, 0, 0},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,pleth", OK, CSV_PLETH, -1, 15, -1},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,pleth", MALFORMED, 0, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_columns c;
        const char *expected;
        CHECK(csv_columns_parse(text(rows[i].line), &c, &expected) == rows[i].s);
        if (rows[i].s == OK)
            CHECK(c.kind == rows[i].kind && c.time_at == rows[i].time_at
                && c.first == rows[i].first && c.second == rows[i].second);
    }
}

static void test_a_row_is_numbers_in_bounds_or_refused(void)
{
    static const struct {
        const char *line;
        enum status s;
        bool present;
        uint64_t time_us, first, second;
    } rows[] = {
        {"0.0,100,200,x", MALFORMED, 0, 0, 0, 0},
        {"0.0,100,200,-3.5", OK, true, 0, 100000000, 200000000},
        {"12.5,0.25,65.123456,0", OK, true, 12500, 250000, 65123456},
        {"3,1.23456789,2,", OK, true, 3000, 1234567, 2000000},
        {"3,,2,1", OK, false, 3000, 0, 0},
        {"3,1,,1", OK, false, 3000, 0, 0},
        {",1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,1,2", MALFORMED, 0, 0, 0, 0},
        {"3,1,2,3,4", MALFORMED, 0, 0, 0, 0},
        {"3,-1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,+1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3, 1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,1.,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,.5,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,nan,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,1e3,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,2147483648,2,3", OK, true, 3000, 2147483648000000, 2000000},
        {"3,2147483648.1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,2147483649,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,18446744073709551617,2,3", MALFORMED, 0, 0, 0, 0},
        {"604800001,1,2,3", MALFORMED, 0, 0, 0, 0},
        {"3,1,2,--3", MALFORMED, 0, 0, 0, 0},
        {"", MALFORMED, 0, 0, 0, 0},
    };
    struct csv_columns c;
    const char *expected;

    CHECK(csv_columns_parse(text("t_ms,red,ir,acc"), &c, &expected) == OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_row r = {0};
        CHECK(csv_row_parse(&c, text(rows[i].line), &r, &expected) == rows[i].s);
        CHECK(r.present == rows[i].present && r.time_us == rows[i].time_us);
        CHECK(r.first == rows[i].first && r.second == rows[i].second);
    }
}

MAIN(TEST(test_a_head_is_taken_with_its_rate_or_refused),
    TEST(test_columns_name_the_channels_or_are_refused),
    TEST(test_a_row_is_numbers_in_bounds_or_refused))
