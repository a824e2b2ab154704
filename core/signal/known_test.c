/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/known.h"

#include "tests/support/check.h"

#include <string.h>

static struct signal s;

static void test_this_build_gives_the_known_answers(void)
{
    static const struct signal nothing;

    CHECK(signal_known(&s, KNOWN_SPO2_PERMILLE, KNOWN_PULSE_DECIBPM));
    CHECK(memcmp(&s, &nothing, sizeof s) == 0);
}

/* What computes otherwise by more than the tolerance is found: the same as asking for other answers. */
static void test_answers_that_differ_by_more_than_one_percent_or_one_beat_are_wrong(
    void)
{
    static const struct {
        int spo2, pulse;
    } wrong[] = {{25, 0}, {-25, 0}, {0, 25}, {0, -25}, {-913, 0}};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(!signal_known(&s, (uint16_t)(KNOWN_SPO2_PERMILLE + wrong[i].spo2),
            (uint16_t)(KNOWN_PULSE_DECIBPM + wrong[i].pulse)));
}

static void test_a_device_whose_answers_are_wrong_shows_no_value_and_says_why(void)
{
    struct vital v = {.has_spo2 = true,
        .has_pulse = true,
        .has_pi = true,
        .spo2_permille = 970,
        .pulse_decibpm = 700,
        .pi_centipercent = 200,
        .status = STATUS_LOW_PERFUSION,
        .quality = 90};

    signal_withhold(&v);
    CHECK(!v.has_spo2 && !v.has_pulse && !v.has_pi && v.quality == 0);
    CHECK(v.spo2_permille == 0 && v.pulse_decibpm == 0 && v.pi_centipercent == 0);
    CHECK(v.status == (STATUS_LOW_PERFUSION | STATUS_EQUIPMENT_MALFUNCTION));
}

MAIN(TEST(test_this_build_gives_the_known_answers),
    TEST(test_answers_that_differ_by_more_than_one_percent_or_one_beat_are_wrong),
    TEST(test_a_device_whose_answers_are_wrong_shows_no_value_and_says_why))
