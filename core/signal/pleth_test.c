/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/pleth.h"
#include "tests/support/check.h"

#include <math.h>

enum { WINDOW = 500, HZ = 100 };

/* Pulses of height 1 at 75/min on a drift of so many heights a second. */
static void a_wave(float *wave, float drift)
{
    for (int i = 0; i < WINDOW; i++)
        wave[i] = 0.5f + 0.5f * sinf(6.2831853f * 1.25f * (float)i / HZ)
            + drift * (float)i / HZ;
}

/* Height of the lowest pulse, foot to top, in the scaled window. */
static uint16_t lowest_pulse(const uint16_t *out)
{
    uint16_t lowest = 1000;

    for (int at = 0; at + 80 <= WINDOW; at += 80) {
        uint16_t least = 1000, most = 0;
        for (int i = at; i < at + 80; i++) {
            least = out[i] < least ? out[i] : least;
            most = out[i] > most ? out[i] : most;
        }
        lowest = most - least < lowest ? (uint16_t)(most - least) : lowest;
    }
    return lowest;
}

static void test_pulses_fill_the_height(void)
{
    float wave[WINDOW];
    uint16_t out[WINDOW];

    a_wave(wave, 0.0f);
    pleth_scale(wave, WINDOW, out);
    CHECK(lowest_pulse(out) >= 900);
}

static void test_a_drift_of_two_pulse_heights_a_second_leaves_the_pulses_large(void)
{
    float wave[WINDOW];
    uint16_t out[WINDOW];

    for (int d = -2; d <= 2; d++) {
        a_wave(wave, (float)d);
        pleth_scale(wave, WINDOW, out);
        CHECK(lowest_pulse(out) >= 850);
    }
}

static void test_up_stays_up(void)
{
    float wave[WINDOW];
    uint16_t out[WINDOW];

    a_wave(wave, 0.1f);
    pleth_scale(wave, WINDOW, out);
    CHECK(out[20] > 900 && out[60] < 100); /* top and foot of the first beat */
}

static void test_a_flat_window_is_all_zero_and_the_shortest_ones_are_taken(void)
{
    float flat[3] = {7.0f, 7.0f, 7.0f};
    uint16_t out[3] = {1, 1, 1};

    pleth_scale(flat, 0, out);
    CHECK(out[0] == 1);
    pleth_scale(flat, 1, out);
    CHECK(out[0] == 0 && out[1] == 1);
    pleth_scale(flat, 3, out);
    CHECK(out[0] == 0 && out[1] == 0 && out[2] == 0);
}

MAIN(TEST(test_pulses_fill_the_height),
    TEST(test_a_drift_of_two_pulse_heights_a_second_leaves_the_pulses_large),
    TEST(test_up_stays_up),
    TEST(test_a_flat_window_is_all_zero_and_the_shortest_ones_are_taken))
