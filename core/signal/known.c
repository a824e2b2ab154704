/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/known.h"

#include <math.h>
#include <string.h>

enum { JUDGED_S = 5, GONE_S = 3 };

static const float full_turn = 6.2831853f, light_ir = 150000.0f, light_red = 110000.0f,
                   swing_ir = 0.02f, ratio = 0.75f;
static const struct calibration line =
    {.id = "known", .a = 110.0f, .b = -25.0f, .c = 0.0f, .r_min = 0.4f, .r_max = 2.0f};

/* Blood over one beat, -1..1: a wave and the one that comes back, so that it rises faster than it falls. */
static float blood(uint32_t sample)
{
    float turn = full_turn * KNOWN_PULSE_DECIBPM / 600.0f / SENSOR_HZ * (float)sample;

    return 0.8f * sinf(turn) + 0.2f * sinf(2.0f * turn);
}

static struct sample lit(uint32_t sample)
{
    float b = blood(sample) * 0.5f;

    return (struct sample){
        .red = (uint32_t)lroundf(light_red * (1.0f - swing_ir * ratio * b)),
        .ir = (uint32_t)lroundf(light_ir * (1.0f - swing_ir * b))};
}

static bool near(bool has, uint16_t got, uint16_t want)
{
    return has && got + KNOWN_WITHIN >= want && got <= want + KNOWN_WITHIN;
}

/* Req: HF-FUN-025 "A device whose signal chain does not give known answers shall give no value." */
bool signal_known(
    struct signal *scratch, uint16_t spo2_permille, uint16_t pulse_decibpm)
{
    bool good = true;

    signal_init(scratch, &line);
    for (uint32_t i = 0; i < (KNOWN_LIT_S + KNOWN_DARK_S) * SENSOR_HZ; i++) {
        struct vital v;
        struct sample s =
            i < KNOWN_LIT_S * SENSOR_HZ ? lit(i) : (struct sample){.flags = SENSOR_OFF};
        if (!signal_take(scratch, &s, &v))
            continue;
        uint32_t second = i / SENSOR_HZ;
        if (second >= KNOWN_LIT_S - JUDGED_S && second < KNOWN_LIT_S)
            good = good && near(v.has_spo2, v.spo2_permille, spo2_permille)
                && near(v.has_pulse, v.pulse_decibpm, pulse_decibpm);
        if (second >= KNOWN_LIT_S + GONE_S)
            good = good && !v.has_spo2 && !v.has_pulse;
    }
    memset(scratch, 0, sizeof *scratch);
    return good;
}

void signal_withhold(struct vital *v)
{
    *v = (struct vital){.status = (uint16_t)(v->status | STATUS_EQUIPMENT_MALFUNCTION)};
}
