/* SPDX-License-Identifier: Apache-2.0 */
/* Sensor and signal together: invented fingers of which the truth is known. */
#include "core/signal/calibration_default.h"
#include "core/signal/signal.h"
#include "device/sensor/replay.h"
#include "device/sensor/sim.h"
#include "tests/support/check.h"

#include <unistd.h>

enum { SEEDS = 8 };

struct tally {
    int asked, pulse, spo2, pulse_wrong, spo2_wrong;
    int undisturbed_only; /* seconds at which the truth could not be asked */
    int told_disturbed;
    double pulse_off, spo2_off; /* sums of distances */
};

static int distance(int a, int b)
{
    return a > b ? a - b : b - a;
}

/* The truth is taken `late` seconds back: the window is 8 s, its middle 4 s old. */
static void run(const char *scenario, uint64_t seed, int count, int late,
    struct tally *t, void (*look)(int second, const struct vital *v))
{
    struct sim sim;
    struct signal signal;
    struct sample in;
    struct vital v;
    uint16_t spo2[600], pulse[600];
    bool known[600];
    int second = 0;

    CHECK(sim_open(&sim, scenario, seed, (uint64_t)count * SENSOR_HZ) == OK);
    signal_init(&signal, &calibration_default);
    const struct sensor *port = sim_port(&sim);
    while (port->next(port->board, &in) == OK) {
        if (!signal_take(&signal, &in, &v))
            continue;
        known[second] = sim_truth(&sim, &spo2[second], &pulse[second]);
        int then = second >= late ? second - late : 0;
        if (look != NULL)
            look(second, &v);
        second++;
        if (second <= 10)
            continue;
        if (!known[second - 1]) {
            t->undisturbed_only++;
            t->told_disturbed += v.has_spo2 || v.has_pulse;
        }
        t->asked++;
        if (v.has_pulse) {
            t->pulse++;
            t->pulse_off += distance(v.pulse_decibpm, pulse[then]) / 10.0;
            t->pulse_wrong += distance(v.pulse_decibpm, pulse[then]) > 80;
        }
        if (v.has_spo2) {
            t->spo2++;
            t->spo2_off += distance(v.spo2_permille, spo2[then]) / 10.0;
            t->spo2_wrong += distance(v.spo2_permille, spo2[then]) > 40;
        }
    }
    CHECK(second == count);
}

static void print(const char *what, const struct tally *t)
{
    printf(
        "# %s: asked %d pulse %d off %.2f wrong %d, spo2 %d off %.2f wrong %d, disturbed %d "
        "told %d\n",
        what, t->asked, t->pulse, t->pulse_off / t->pulse, t->pulse_wrong, t->spo2,
        t->spo2_off / t->spo2, t->spo2_wrong, t->undisturbed_only, t->told_disturbed);
}

static void test_a_quiet_finger_has_its_values_nearly_always(void)
{
    struct tally t = {0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run("normal", seed, 180, 4, &t, NULL);
    print("normal", &t);
    CHECK(t.pulse * 100 >= 98 * t.asked && t.spo2 * 100 >= 97 * t.asked);
    CHECK(t.pulse_off / t.pulse < 1.0 && t.spo2_off / t.spo2 < 1.0);
    CHECK(t.pulse_wrong == 0 && t.spo2_wrong == 0);
}

static int lowest;

static void look_for_low(int second, const struct vital *v)
{
    if (v->has_spo2 && (second < 12 || v->spo2_permille < lowest))
        lowest = v->spo2_permille;
}

static void test_a_desaturation_is_followed_to_its_floor_and_back(void)
{
    struct tally t = {0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lowest = 1000;
        run("desaturation", seed, 360, 4, &t, look_for_low);
        CHECK(lowest > 800 && lowest < 840); /* the truth is 820 */
    }
    print("desaturation", &t);
    CHECK(t.spo2 * 100 >= 90 * t.asked);
    CHECK(t.spo2_off / t.spo2 < 1.2 && t.spo2_wrong * 100 < t.spo2);
    CHECK(t.pulse_off / t.pulse < 1.5 && t.pulse_wrong * 100 < t.pulse);
}

static void look_for_low_perfusion(int second, const struct vital *v)
{
    if (second > 12 && v->has_pi)
        CHECK((v->status & STATUS_LOW_PERFUSION) && v->pi_centipercent < 30);
}

static void test_low_perfusion_is_said_and_still_right(void)
{
    struct tally t = {0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run("low-perfusion", seed, 180, 4, &t, look_for_low_perfusion);
    print("low-perfusion", &t);
    CHECK(t.pulse * 100 >= 85 * t.asked && t.spo2 * 100 >= 60 * t.asked);
    CHECK(t.pulse_wrong * 100 < t.pulse && t.spo2_wrong * 50 < t.spo2);
}

static void test_movement_gives_no_value_rather_than_a_wrong_one(void)
{
    struct tally t = {0};

    for (uint64_t seed = 1; seed <= 2 * SEEDS; seed++)
        run("motion", seed, 270, 4, &t, NULL);
    print("motion", &t);
    CHECK(t.undisturbed_only > 600);
    CHECK(t.told_disturbed * 4 < t.undisturbed_only);
    CHECK(t.pulse_wrong * 100 < t.pulse && t.spo2_wrong * 100 < t.spo2);
    CHECK(t.pulse * 2 > t.asked); /* and it recovers */
}

static void look_for_off(int second, const struct vital *v)
{
    int at = second % 90; /* this second has ended at at + 1 */

    if (at >= 42 && at < 60) {
        CHECK(!v->has_pulse && !v->has_spo2 && !v->has_pi);
        CHECK(v->status & STATUS_SENSOR_OFF);
    }
    if ((at >= 12 && at < 40) || at >= 70)
        CHECK(v->has_pulse && v->has_spo2 && !(v->status & STATUS_SENSOR_OFF));
}

static void test_a_sensor_that_is_off_says_so_and_comes_back(void)
{
    struct tally t = {0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run("sensor-off", seed, 180, 4, &t, look_for_off);
    print("sensor-off", &t);
    CHECK(t.spo2_wrong == 0 && t.pulse_wrong == 0);
}

static void test_a_seed_is_a_finger(void)
{
    struct sim a, b, c;
    int same = 0, other = 0;

    CHECK(sim_open(&a, "normal", 5, 0) == OK && sim_open(&b, "normal", 5, 0) == OK);
    CHECK(sim_open(&c, "normal", 6, 0) == OK);
    for (int i = 0; i < 1000; i++) {
        struct sample x, y, z;
        CHECK(a.port.next(&a, &x) == OK && b.port.next(&b, &y) == OK);
        CHECK(c.port.next(&c, &z) == OK);
        same += x.red == y.red && x.ir == y.ir;
        other += x.red == z.red && x.ir == z.ir;
    }
    CHECK(same == 1000 && other < 20);
}

/* A finger recorded at another rate and replayed must read as the live one did. */
static void test_a_recording_reads_as_the_finger_it_was_made_from(void)
{
    static const int every[] = {1, 2, 4}; /* 100, 50, 25 Hz */

    for (size_t k = 0; k < sizeof every / sizeof every[0]; k++) {
        char path[] = "/tmp/hf-chain-XXXXXX";
        int fd = mkstemp(path);
        FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
        struct sim sim;
        struct replay r;
        struct conf_error err;
        struct signal signal;
        struct sample s;
        struct vital v = {0};
        CHECK(f != NULL && sim_open(&sim, "normal", 11, 3000) == OK);
        fprintf(f, "# fs=%d rec=x\nred,ir\n", SENSOR_HZ / every[k]);
        for (int i = 0; sim.port.next(&sim, &s) == OK; i++)
            if (i % every[k] == 0)
                fprintf(f, "%u,%u\n", s.red, s.ir);
        fclose(f);
        CHECK(replay_open(&r, path, &err) == OK && replay_look(&r, &err) == OK);
        unlink(path);
        signal_init(&signal, &calibration_default);
        while (r.port.next(&r, &s) == OK)
            if (signal_take(&signal, &s, &v) && signal.since_start > 1500)
                CHECK(v.has_spo2 && distance(v.spo2_permille, 974) < 20 && v.has_pulse
                    && distance(v.pulse_decibpm, 710) < 40);
        replay_close(&r);
    }
}

MAIN(TEST(test_a_quiet_finger_has_its_values_nearly_always),
    TEST(test_a_desaturation_is_followed_to_its_floor_and_back),
    TEST(test_low_perfusion_is_said_and_still_right),
    TEST(test_movement_gives_no_value_rather_than_a_wrong_one),
    TEST(test_a_sensor_that_is_off_says_so_and_comes_back),
    TEST(test_a_seed_is_a_finger),
    TEST(test_a_recording_reads_as_the_finger_it_was_made_from))
