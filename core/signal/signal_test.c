/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/signal.h"

#include "core/signal/pleth.h"
#include "core/signal/quality.h"
#include "tests/support/check.h"

#include <math.h>

/* A made pulse: light through a finger whose blood swings once a beat. */
struct finger {
    double bpm, ratio, swing; /* R; AC / DC of infrared, peak to peak */
    double ir, red;           /* counts without blood */
    double noise;             /* counts */
    double phase;
    uint64_t random;
    uint32_t flags;
    double second_wave; /* height of a dicrotic wave, of the first */
    double weaker;      /* every other beat is so much weaker */
    bool odd;           /* which it is */
};

static struct finger a_finger(void)
{
    return (struct finger){.bpm = 72,
        .ratio = 0.6,
        .swing = 0.02,
        .ir = 140000,
        .red = 110000,
        .noise = 15,
        .random = 7};
}

static double noise(struct finger *f)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++) {
        f->random = f->random * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(f->random >> 40) / 16777216.0;
    }
    return sum;
}

/* 0..1, steep up over a quarter of the beat, slow down. */
static double shape(double phase)
{
    if (phase < 0.25)
        return 0.5 - 0.5 * cos(4.0 * 3.14159265 * phase);
    double down = (phase - 0.25) / 0.75;
    return 0.5 + 0.5 * cos(3.14159265 * down);
}

static struct sample light(struct finger *f)
{
    struct sample s = {.flags = f->flags};
    double later = f->phase < 0.62 ? 0.0 : (f->phase - 0.62) / 0.3;
    double second_wave = later > 0 && later < 1 ? sin(3.14159265 * later) : 0.0;
    double blood =
        f->swing * (shape(f->phase) + f->second_wave * second_wave * second_wave);

    blood *= f->odd ? 1.0 - f->weaker : 1.0;
    f->phase += f->bpm / 60.0 / (double)SENSOR_HZ;
    if (f->phase >= 1.0)
        f->odd = !f->odd;
    f->phase -= floor(f->phase);
    double ir = f->ir * exp(-blood) + f->noise * noise(f);
    double red = f->red * exp(-blood * f->ratio) + f->noise * noise(f);
    s.ir = (uint32_t)fmin(fmax(ir, 0), (double)SENSOR_COUNT_MAX);
    s.red = (uint32_t)fmin(fmax(red, 0), (double)SENSOR_COUNT_MAX);
    return s;
}

static const struct calibration line =
    {.id = "TEST", .a = 110.0f, .b = -25.0f, .c = 0.0f, .r_min = 0.3f, .r_max = 1.6f};

static struct vital second(struct signal *s, struct finger *f)
{
    struct vital v = {0};

    for (int i = 0; i < SENSOR_HZ; i++) {
        struct sample in = light(f);
        bool told = signal_take(s, &in, &v);
        CHECK(told == (i == SENSOR_HZ - 1));
    }
    return v;
}

static struct vital seconds(struct signal *s, struct finger *f, int count)
{
    struct vital v = {0};

    for (int i = 0; i < count; i++)
        v = second(s, f);
    return v;
}

static bool no_value(const struct vital *v)
{
    return !v->has_spo2 && !v->has_pulse && !v->has_pi && v->spo2_permille == 0
        && v->pulse_decibpm == 0 && v->pi_centipercent == 0
        && (v->status & STATUS_SIGNAL_INADEQUATE) != 0;
}

static void test_pulse_rate_is_right_within_one_percent_from_30_to_220(void)
{
    static const double rates[] = {
        30, 38, 47, 60, 72, 85.5, 99, 120, 141, 160, 183, 200, 220};

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        f.bpm = rates[i];
        signal_init(&s, &line);
        struct vital v = seconds(&s, &f, 15);
        CHECK(v.has_pulse);
        CHECK(fabs(v.pulse_decibpm / 10.0 - rates[i]) <= 0.01 * rates[i] + 0.3);
        if (!v.has_pulse
            || fabs(v.pulse_decibpm / 10.0 - rates[i]) > 0.01 * rates[i] + 0.3)
            printf("# rate %.1f: %u q %u\n", rates[i], v.pulse_decibpm, v.quality);
    }
}

static void test_spo2_is_the_calibration_line_at_the_ratio_of_the_light(void)
{
    static const double ratios[] = {0.45, 0.6, 0.8, 1.0, 1.2, 1.5};

    for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        f.ratio = ratios[i];
        signal_init(&s, &line);
        struct vital v = seconds(&s, &f, 15);
        CHECK(v.has_spo2);
        CHECK(fabs(v.spo2_permille / 10.0 - (110.0 - 25.0 * ratios[i])) <= 0.7);
    }
}

static void test_another_calibration_gives_another_spo2(void)
{
    struct finger f = a_finger(), g = a_finger();
    struct signal s, t;
    struct calibration bent = {.a = 100.0f, .b = -5.0f, .c = -10.0f, .r_max = 2.0f};

    signal_init(&s, &line);
    signal_init(&t, &bent);
    CHECK(fabs(seconds(&s, &f, 12).spo2_permille - 950.0) <= 7);
    CHECK(fabs(seconds(&t, &g, 12).spo2_permille - 934.0) <= 7);
}

static void test_a_ratio_outside_the_calibrated_range_gives_no_spo2(void)
{
    static const struct {
        double ratio;
        bool has;
    } rows[] = {{0.25, false}, {0.36, true}, {1.52, true}, {1.75, false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        f.ratio = rows[i].ratio;
        signal_init(&s, &line);
        struct vital v = seconds(&s, &f, 15);
        CHECK(v.has_pulse);
        CHECK(v.has_spo2 == rows[i].has);
        CHECK(v.spo2_permille <= 1000); /* the line at 0.36 says 101 % */
        CHECK(!(v.status & STATUS_PROCESSING_IRREGULARITY) == rows[i].has);
    }
}

static void test_perfusion_index_is_the_swing_of_the_light(void)
{
    static const double swings[] = {0.002, 0.005, 0.02, 0.06, 0.12};

    for (size_t i = 0; i < sizeof swings / sizeof swings[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        f.swing = swings[i];
        signal_init(&s, &line);
        struct vital v = seconds(&s, &f, 15);
        CHECK(v.has_pi);
        CHECK(fabs(v.pi_centipercent / 10000.0 - swings[i]) <= 0.15 * swings[i]);
        CHECK(!(v.status & STATUS_LOW_PERFUSION) == (swings[i] >= 0.004));
    }
}

static void test_values_come_within_seconds_of_the_finger(void)
{
    static const double rates[] = {45, 72, 130, 200};

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        int pulse_at = 0, spo2_at = 0;
        f.bpm = rates[i];
        signal_init(&s, &line);
        for (int t = 1; t <= 12; t++) {
            struct vital v = second(&s, &f);
            if (t == 1)
                CHECK(v.status & STATUS_SEARCHING);
            if (v.has_pulse && pulse_at == 0)
                pulse_at = t;
            if (v.has_spo2 && spo2_at == 0)
                spo2_at = t;
        }
        CHECK(pulse_at > 0 && pulse_at <= (rates[i] < 60 ? 9 : 6));
        CHECK(spo2_at > 0 && spo2_at <= (rates[i] < 60 ? 10 : 8));
    }
}

static void test_a_dicrotic_wave_is_not_a_beat(void)
{
    static const double heights[] = {0.2, 0.4, 0.55, 0.7};
    static const double rates[] = {50, 65, 83, 100};
    int told = 0;

    for (size_t i = 0; i < 16; i++) {
        struct finger f = a_finger();
        struct signal s;
        f.second_wave = heights[i % 4];
        f.bpm = rates[i / 4];
        signal_init(&s, &line);
        for (int t = 0; t < 40; t++) {
            struct vital v = second(&s, &f);
            if (v.has_pulse)
                CHECK(fabs(v.pulse_decibpm / 10.0 - f.bpm) < 3);
            told += t >= 25 && v.has_pulse;
        }
    }
    printf("# %d of 240 seconds had a value\n", told);
    CHECK(told >= 200); /* silence is fair where both waves are nearly alike */
}

static void test_beats_of_two_sizes_are_all_counted(void)
{
    static const double weaker[] = {0.1, 0.25, 0.4};

    for (size_t i = 0; i < sizeof weaker / sizeof weaker[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        int told = 0;
        f.weaker = weaker[i];
        f.bpm = 90;
        signal_init(&s, &line);
        for (int t = 0; t < 60; t++) {
            struct vital v = second(&s, &f);
            if (v.has_pulse)
                CHECK(fabs(v.pulse_decibpm - 900.0) < 30);
            told += v.has_pulse;
        }
        CHECK(told > 40);
    }
}

static void test_four_hours_are_as_exact_as_the_first_minute(void)
{
    struct finger f = a_finger();
    struct signal s;

    signal_init(&s, &line);
    f.noise = 2;
    (void)seconds(&s, &f, 12);
    for (int t = 0; t < 4 * 3600; t++) {
        struct vital v = second(&s, &f);
        CHECK(v.has_pulse && fabs(v.pulse_decibpm - 720.0) <= 2);
        CHECK(v.has_spo2 && fabs(v.spo2_permille - 950.0) <= 3);
    }
    CHECK(s.since_start < 120000);
}

/* Whatever the light does, what comes out keeps the header's bounds. */
static void test_no_sample_breaks_the_bounds_of_the_output(void)
{
    struct finger f = a_finger();
    struct signal s;
    uint32_t red = 0, ir = 0;

    signal_init(&s, &line);
    for (int k = 0; k < 400000; k++) {
        struct vital v;
        double n = noise(&f);
        if (f.random >> 60 == 0) { /* often still, often wild */
            red = (uint32_t)(f.random >> 20) & SENSOR_COUNT_MAX;
            ir = (uint32_t)(f.random >> 38) & SENSOR_COUNT_MAX;
        } else if (n > 1.0) {
            red ^= 1u << (f.random >> 62);
        }
        struct sample in = {.red = red, .ir = ir};
        if (f.random % 97 == 0)
            in.flags = (uint32_t)(f.random >> 33) & 0x7f;
        if (!signal_take(&s, &in, &v))
            continue;
        CHECK(v.quality <= 100 && v.spo2_permille <= 1000 && v.pulse_decibpm <= 3000
            && v.pi_centipercent <= 2000);
        CHECK(v.has_pulse
            || (!v.has_spo2 && !v.has_pi && (v.status & STATUS_SIGNAL_INADEQUATE)));
        CHECK(isfinite(signal_wave(&s)));
    }
}

static void test_a_rhythm_much_larger_than_the_pulse_was_is_not_shown_at_once(void)
{
    static const double strokes[] = {95, 120, 160};

    for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        int told = 0;
        signal_init(&s, &line);
        CHECK(seconds(&s, &f, 20).has_spo2);
        f.bpm =
            strokes[i]; /* a hand that beats time: regular, large, both colours alike */
        f.swing = 0.12;
        f.ratio = 1.0;
        (void)seconds(&s, &f, 4); /* old beats are still the most */
        for (int t = 4; t < 16; t++) {
            struct vital v = second(&s, &f);
            told += v.has_pulse || v.has_spo2;
            CHECK(!v.has_spo2 || v.spo2_permille > 930);
        }
        CHECK(told <= 1);
    }
}

static void test_noise_gives_no_value(void)
{
    int told = 0;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct finger f = a_finger();
        struct signal s;
        double slow = 0.0;
        f.swing = 0.0;
        f.noise = 10.0 * (double)seed;
        f.random = seed;
        signal_init(&s, &line);
        for (int t = 0; t < 60; t++) {
            struct vital v = {0};
            for (int i = 0; i < SENSOR_HZ; i++) {
                slow += 0.002 * noise(&f) - 0.02 * slow; /* a hand that moves, too */
                struct sample in = light(&f);
                if (seed % 2) {
                    in.ir = (uint32_t)(in.ir * exp(slow));
                    in.red = (uint32_t)(in.red * exp(1.1 * slow));
                }
                if (signal_take(&s, &in, &v))
                    told += v.has_pulse || v.has_spo2;
            }
        }
    }
    CHECK(told <= 6); /* of 1,200: one in two hundred */
    if (told > 0)
        printf("# %d of 1200 seconds of noise had a value\n", told);
}

static void test_a_finger_that_leaves_is_off_within_two_seconds(void)
{
    static const struct {
        const char *what;
        double ir, red;
        uint32_t flags;
        uint16_t bits;
    } rows[] = {
        {"dark", 800, 600, 0, STATUS_SENSOR_OFF},
        {"flag", 140000, 110000, SENSOR_OFF, STATUS_SENSOR_OFF},
        {"fault", 140000, 110000, SENSOR_FAULT, STATUS_SENSOR_MALFUNCTION},
        {"frozen", 140000, 110000, SENSOR_FROZEN, STATUS_SENSOR_MALFUNCTION},
        {"saturated", 140000, 110000, SENSOR_SATURATED, STATUS_INTERFERENCE},
        {"gap", 140000, 110000, SENSOR_GAP, STATUS_SIGNAL_INADEQUATE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        signal_init(&s, &line);
        CHECK(seconds(&s, &f, 12).has_spo2);
        for (int k = 0; k < 37; k++) { /* it leaves in the middle of a second */
            struct sample in = light(&f);
            struct vital v;
            CHECK(!signal_take(&s, &in, &v));
        }
        f.ir = rows[i].ir;
        f.red = rows[i].red;
        f.flags = rows[i].flags;
        struct vital v = {0};
        for (int k = 0; k < 200; k++) {
            struct sample in = light(&f);
            if (signal_take(&s, &in, &v) && k > 100)
                break;
        }
        CHECK(no_value(&v) && v.quality == 0);
        CHECK(v.status & rows[i].bits);
        if (!no_value(&v))
            printf("# %s\n", rows[i].what);

        /* And it comes back. */
        f.ir = 140000;
        f.red = 110000;
        f.flags = 0;
        bool back = false;
        for (int k = 0; k < 1200; k++) {
            struct sample in = light(&f);
            if (signal_take(&s, &in, &v))
                back = v.has_spo2;
        }
        CHECK(back);
    }
}

static void test_a_pulse_that_stops_leaves_no_value_behind(void)
{
    struct finger f = a_finger();
    struct signal s;

    signal_init(&s, &line);
    CHECK(seconds(&s, &f, 12).has_pulse);
    f.swing = 0.0;
    (void)seconds(&s, &f, 3);
    for (int t = 0; t < 15; t++) {
        struct vital v = second(&s, &f);
        CHECK(no_value(&v));
        CHECK(!(v.status & STATUS_SENSOR_OFF));
        if (t == 14)
            CHECK(v.status & STATUS_NON_PULSATILE);
    }
}

static void test_a_gain_step_is_no_artefact(void)
{
    static const struct {
        double ir, red;
        uint32_t flags;
    } rows[] = {{70000, 110000, 0}, {140000, 220000, 0},
        {70000, 55000, SENSOR_GAIN_STEP}, {136000, 118000, SENSOR_GAIN_STEP},
        {240000, 180000, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finger f = a_finger();
        struct signal s;
        struct vital v;
        signal_init(&s, &line);
        CHECK(seconds(&s, &f, 12).has_spo2);
        for (int k = 0; k < 63; k++) {
            struct sample in = light(&f);
            CHECK(!signal_take(&s, &in, &v));
        }
        f.ir = rows[i].ir;
        f.red = rows[i].red;
        for (int k = 0; k < 1000; k++) {
            struct sample in = light(&f);
            in.flags |= k == 0 ? rows[i].flags : 0;
            if (!signal_take(&s, &in, &v))
                continue;
            CHECK(v.has_pulse && fabs(v.pulse_decibpm - 720.0) < 15);
            CHECK(v.has_spo2 && fabs(v.spo2_permille - 950.0) < 8);
        }
    }
}

static void test_one_channel_gives_a_pulse_and_nothing_else(void)
{
    struct finger f = a_finger();
    struct signal s;
    struct vital v = {0};

    signal_init(&s, &line);
    for (int k = 0; k < 1500; k++) {
        struct sample in = light(&f);
        in.red = in.ir;
        in.flags |= SENSOR_PULSE_ONLY;
        if (signal_take(&s, &in, &v) && k > 1000)
            CHECK(v.has_pulse && !v.has_spo2 && !v.has_pi && v.spo2_permille == 0);
    }
    CHECK(fabs(v.pulse_decibpm - 720.0) < 8);
}

static void test_red_and_infrared_that_do_not_move_together_give_no_value(void)
{
    struct finger f = a_finger(), g = a_finger();
    struct signal s;
    struct vital v = {0};
    int told = 0;

    g.bpm = 101; /* red shows another pulse */
    signal_init(&s, &line);
    for (int k = 0; k < 3000; k++) {
        struct sample in = light(&f);
        in.red = light(&g).red;
        if (signal_take(&s, &in, &v))
            told += v.has_spo2 || v.has_pulse;
    }
    CHECK(told == 0);
}

static void test_below_quality_there_is_never_a_value(void)
{
    int with = 0, without = 0;

    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct finger f = a_finger();
        struct signal s;
        f.random = seed;
        signal_init(&s, &line);
        for (int t = 0; t < 60; t++) { /* from clean to hopeless and back */
            f.noise =
                15.0 + 1500.0 * pow(0.5 + 0.5 * sin(t / 6.0), 4.0) * (double)(seed % 4);
            struct vital v = second(&s, &f);
            CHECK(v.quality <= 100);
            CHECK(v.has_pulse || (!v.has_spo2 && !v.has_pi && v.pulse_decibpm == 0));
            CHECK(v.has_spo2 || v.spo2_permille == 0);
            CHECK(!v.has_pulse || v.quality >= QUALITY_SHOWN);
            CHECK(v.has_pulse == !(v.status & STATUS_SIGNAL_INADEQUATE));
            if (v.has_pulse)
                CHECK(fabs(v.pulse_decibpm - 720.0) < 80);
            if (v.has_spo2)
                CHECK(fabs(v.spo2_permille - 950.0) < 30);
            with += v.has_pulse;
            without += !v.has_pulse;
        }
    }
    CHECK(with > 100 && without > 100); /* both were seen */
}

static void test_no_call_is_long(void)
{
    struct finger f = a_finger();
    struct signal s;
    struct vital v;
    uint32_t most = 0, sum = 0, seconds_told = 0;

    f.bpm = 220;
    signal_init(&s, &line);
    for (int k = 0; k < 2000; k++) {
        struct sample in = light(&f);
        seconds_told += signal_take(&s, &in, &v);
        most = s.work > most ? s.work : most;
        sum += s.work;
    }
    CHECK(seconds_told == 20);
    CHECK(most > 100);        /* the count counts something */
    CHECK(most <= 450);       /* inner steps of the worst call */
    CHECK(sum / 2000 <= 100); /* and of the mean */
}

static void test_the_wave_for_display_rises_at_systole_and_fills_its_range(void)
{
    enum { WINDOW = 500 };
    struct finger f = a_finger();
    struct signal s;
    struct vital v;
    double blood[WINDOW], with_blood = 0.0, mean = 0.0;
    float wave[WINDOW];
    uint16_t pleth[WINDOW], least = 1000, most = 0;

    signal_init(&s, &line);
    CHECK(signal_wave(&s) == 0.0f);
    (void)seconds(&s, &f, 5);
    for (int k = 0; k < WINDOW; k++) {
        blood[k] = shape(f.phase - 0.04 < 0 ? f.phase + 0.96 : f.phase - 0.04);
        struct sample in = light(&f);
        CHECK(signal_take(&s, &in, &v) == (k % SENSOR_HZ == SENSOR_HZ - 1));
        wave[k] = signal_wave(&s);
    }
    pleth_scale(wave, WINDOW, pleth);
    for (int k = 0; k < WINDOW; k++) {
        with_blood += (blood[k] - 0.5) * pleth[k];
        mean += pleth[k] / (double)WINDOW;
        least = pleth[k] < least ? pleth[k] : least;
        most = pleth[k] > most ? pleth[k] : most;
    }
    CHECK(with_blood > 0.0);
    CHECK(most > 990 && least < 10);
    CHECK(mean > 200 && mean < 800);
}

MAIN(TEST(test_pulse_rate_is_right_within_one_percent_from_30_to_220),
    TEST(test_spo2_is_the_calibration_line_at_the_ratio_of_the_light),
    TEST(test_another_calibration_gives_another_spo2),
    TEST(test_a_ratio_outside_the_calibrated_range_gives_no_spo2),
    TEST(test_perfusion_index_is_the_swing_of_the_light),
    TEST(test_values_come_within_seconds_of_the_finger),
    TEST(test_a_dicrotic_wave_is_not_a_beat),
    TEST(test_beats_of_two_sizes_are_all_counted),
    TEST(test_four_hours_are_as_exact_as_the_first_minute),
    TEST(test_no_sample_breaks_the_bounds_of_the_output),
    TEST(test_a_rhythm_much_larger_than_the_pulse_was_is_not_shown_at_once),
    TEST(test_noise_gives_no_value),
    TEST(test_a_finger_that_leaves_is_off_within_two_seconds),
    TEST(test_a_pulse_that_stops_leaves_no_value_behind),
    TEST(test_a_gain_step_is_no_artefact),
    TEST(test_one_channel_gives_a_pulse_and_nothing_else),
    TEST(test_red_and_infrared_that_do_not_move_together_give_no_value),
    TEST(test_below_quality_there_is_never_a_value), TEST(test_no_call_is_long),
    TEST(test_the_wave_for_display_rises_at_systole_and_fills_its_range))
