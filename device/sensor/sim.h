/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sim: an invented finger on an invented sensor, the same for the same seed.
 *
 * Pulse shape, breathing, beat-to-beat variation and noise are its own and come from nothing
 * in core/signal; the truth is known and can be asked. The part it plays has the curve from
 * SpO2 to R of the sensor for which the default calibration was fitted, slightly bent.
 */
#pragma once

#include "core/port/sensor.h"
#include "device/sensor/check.h"

#include <stdbool.h>
#include <stdint.h>

struct sim_scenario;

struct sim {
    struct sensor port;
    const struct sim_scenario *scenario;
    uint64_t random[2];
    uint64_t sample;     /* next */
    double phase;        /* of the beat under way, 0..1 */
    double beat_hz;      /* its rate, chosen at its start */
    double wander, push; /* slow light drift; movement of the finger */
    double knock;        /* movement: direction of the stroke under way */
    struct sensor_check check;
};

/* normal, desaturation, low-perfusion, motion, sensor-off. MALFORMED: another name.
 * length_samples 0: without end. `s` must stay where it is: the port points to it. */
MUST_USE enum status sim_open(
    struct sim *s, const char *scenario, uint64_t seed, uint64_t length_samples);
const struct sensor *sim_port(struct sim *s);

/* What is true at the sample given last. False: no finger, or too disturbed to ask. */
bool sim_truth(const struct sim *s, uint16_t *spo2_permille, uint16_t *pulse_decibpm);
const char *sim_names(void); /* for messages and help */
