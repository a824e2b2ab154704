/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include "tests/support/check.h"

static void test_ct_equal_sees_a_difference_in_every_single_bit(void)
{
    for (size_t bit = 0; bit < 256; bit++) {
        struct key a = {{0}}, b = {{0}};
        b.b[bit / 8] = (uint8_t)(1u << bit % 8);
        CHECK(!ct_equal(&a, &b, sizeof a));
    }
}

static void test_wipe_leaves_zeros_and_only_there(void)
{
    uint8_t p[4] = {1, 2, 3, 4};
    wipe(p, 3);
    CHECK(p[0] == 0 && p[1] == 0 && p[2] == 0 && p[3] == 4);
}

MAIN(TEST(test_ct_equal_sees_a_difference_in_every_single_bit),
    TEST(test_wipe_leaves_zeros_and_only_there))
