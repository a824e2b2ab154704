/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/sim.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* One course over time: the value rests at `before`, moves, rests at `low`, moves back. */
struct course {
    double before, low;
    double from_s, reached_s, left_s, back_s, every_s; /* every_s 0: constant */
};

struct sim_scenario {
    const char *name;
    struct course spo2;  /* % */
    struct course pulse; /* a minute */
    double perfusion;    /* AC / DC of infrared */
    double noise;        /* counts */
    double moving_from_s, moving_to_s, absent_from_s, absent_to_s; /* of every 90 s */
};

static const double pi = 3.14159265358979;
static const double turn_s = 90.0;
static const double ir_light = 151000.0, red_light = 118000.0;

static const struct sim_scenario scenarios[] = {
    {.name = "normal",
        .spo2 = {.before = 97.4},
        .pulse = {.before = 71.0},
        .perfusion = 0.024,
        .noise = 22.0},
    {.name = "desaturation",
        .spo2 = {97.0, 82.0, 40.0, 90.0, 110.0, 140.0, 180.0},
        .pulse = {74.0, 98.0, 45.0, 95.0, 115.0, 150.0, 180.0},
        .perfusion = 0.021,
        .noise = 22.0},
    {.name = "low-perfusion",
        .spo2 = {.before = 95.0},
        .pulse = {.before = 84.0},
        .perfusion = 0.0016,
        .noise = 14.0},
    {.name = "motion",
        .spo2 = {.before = 96.5},
        .pulse = {.before = 78.0},
        .perfusion = 0.019,
        .noise = 22.0,
        .moving_from_s = 30.0,
        .moving_to_s = 60.0},
    {.name = "sensor-off",
        .spo2 = {.before = 98.0},
        .pulse = {.before = 66.0},
        .perfusion = 0.028,
        .noise = 22.0,
        .absent_from_s = 40.0,
        .absent_to_s = 60.0},
    {.name = "nobody",
        .spo2 = {.before = 98.0},
        .pulse = {.before = 66.0},
        .perfusion = 0.028,
        .noise = 22.0,
        .absent_from_s = 0.0,
        .absent_to_s = 1e9},
};

/* xoroshiro128+, seeded by splitmix64 (Blackman and Vigna). Not for secrets. */
static uint64_t turn_left(uint64_t v, int by)
{
    return (v << by) | (v >> (64 - by));
}

static double uniform(struct sim *s)
{
    uint64_t a = s->random[0], b = s->random[1];
    uint64_t sum = a + b;

    b ^= a;
    s->random[0] = turn_left(a, 24) ^ b ^ (b << 16);
    s->random[1] = turn_left(b, 37);
    return (double)(sum >> 11) / 9007199254740992.0;
}

static void seed_random(struct sim *s, uint64_t seed)
{
    for (int i = 0; i < 2; i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        s->random[i] = z ^ (z >> 31);
    }
}

static double normal(struct sim *s) /* near enough: twelve uniforms */
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++)
        sum += uniform(s);
    return sum;
}

static double along(const struct course *c, double t)
{
    if (c->every_s <= 0.0)
        return c->before;
    t = fmod(t, c->every_s);
    if (t < c->from_s || t >= c->back_s)
        return c->before;
    if (t < c->reached_s)
        return c->before
            + (c->low - c->before) * (t - c->from_s) / (c->reached_s - c->from_s);
    if (t < c->left_s)
        return c->low;
    return c->low + (c->before - c->low) * (t - c->left_s) / (c->back_s - c->left_s);
}

static double bump(double phase, double centre, double width)
{
    double d = phase - centre;

    d -= floor(d + 0.5); /* the shorter way round */
    return exp(-0.5 * d * d / (width * width));
}

/* Blood in the finger over one beat: main wave, reflected wave, late shoulder. Height ~ 1. */
static double pulse_shape(double phase)
{
    return 0.93 * bump(phase, 0.22, 0.085) + 0.42 * bump(phase, 0.47, 0.10)
        + 0.17 * bump(phase, 0.70, 0.13) - 0.08;
}

static double ratio_for(double spo2)
{
    double below = 97.0 - spo2;

    return 0.587 + below * 0.0452 + below * below * 0.00004;
}

static double seconds(const struct sim *s)
{
    return (double)s->sample / (double)SENSOR_HZ;
}

static bool within_turn(double t, double from, double to)
{
    double at = fmod(t, turn_s);

    return at >= from && at < to;
}

static void next_beat(struct sim *s, double t)
{
    double breath = 0.02 * sin(2.0 * pi * 0.23 * t);
    double per_minute = along(&s->scenario->pulse, t);

    s->beat_hz = per_minute / 60.0 * (1.0 + breath + 0.008 * normal(s));
}

static void move_finger(struct sim *s, bool moving)
{
    if (!moving) {
        s->push *= 0.90;
        s->knock = 0.0;
        return;
    }
    if (uniform(s) < 0.04) /* a new stroke now and then */
        s->knock = 0.030 * normal(s);
    s->push += 0.20 * (s->knock - s->push) + 0.003 * normal(s);
}

static enum status sim_next(void *board, struct sample *out)
{
    struct sim *s = board;
    double t = seconds(s);
    const struct sim_scenario *sc = s->scenario;

    if (s->port.length_samples != 0 && s->sample == s->port.length_samples)
        return FULL;
    s->phase += s->beat_hz / (double)SENSOR_HZ;
    if (s->phase >= 1.0) {
        s->phase -= 1.0;
        next_beat(s, t);
    }
    s->wander += 0.00004 * normal(s) - 0.002 * s->wander;
    move_finger(s, within_turn(t, sc->moving_from_s, sc->moving_to_s));
    double breath = 0.0015 * sin(2.0 * pi * 0.23 * t);
    double blood = sc->perfusion * pulse_shape(s->phase) * (1.0 + 40.0 * breath);
    double slow = breath + s->wander;
    double ir = ir_light * exp(-blood - slow - s->push);
    double red = red_light
        * exp(-blood * ratio_for(along(&sc->spo2, t)) - 0.9 * slow - 1.1 * s->push);
    if (within_turn(t, sc->absent_from_s, sc->absent_to_s)) {
        ir = 900.0;
        red = 700.0;
    }
    s->sample++;
    sensor_check(&s->check, (int64_t)(red + sc->noise * normal(s)),
        (int64_t)(ir + sc->noise * normal(s)), 0, out);
    return OK;
}

enum status sim_open(
    struct sim *s, const char *scenario, uint64_t seed, uint64_t length_samples)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        if (strcmp(scenarios[i].name, scenario) == 0)
            s->scenario = &scenarios[i];
    if (s->scenario == NULL)
        return MALFORMED;
    seed_random(s, seed);
    sensor_check_init(&s->check);
    s->phase = uniform(s);
    next_beat(s, 0.0);
    s->port = (struct sensor){.board = s,
        .test_data = true,
        .length_samples = length_samples,
        .next = sim_next};
    return OK;
}

const struct sensor *sim_port(struct sim *s)
{
    assert(s->port.next != NULL);
    return &s->port;
}

bool sim_truth(const struct sim *s, uint16_t *spo2_permille, uint16_t *pulse_decibpm)
{
    double t = seconds(s);
    const struct sim_scenario *sc = s->scenario;

    *spo2_permille = (uint16_t)(10.0 * along(&sc->spo2, t) + 0.5);
    *pulse_decibpm = (uint16_t)(10.0 * along(&sc->pulse, t) + 0.5);
    return !within_turn(t, sc->absent_from_s, sc->absent_to_s)
        && !within_turn(t, sc->moving_from_s, sc->moving_to_s);
}

const char *sim_names(void)
{
    return "normal, desaturation, low-perfusion, motion, sensor-off or nobody";
}
