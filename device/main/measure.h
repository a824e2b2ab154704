/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measure: light becomes readings, one a second, and nothing can make it wait.
 *
 * Holds no key, no file after its start, no network. Readings go to keeper over a socket that
 * never blocks, and stay here until keeper says that they are on stable storage; views go to
 * the screen and are dropped when it does not read.
 */
#pragma once

#include "device/talk/role.h"

struct measure_plan {
    const char *sensor; /* replay:FILE, sim:SCENARIO */
    uint64_t seed;
    uint64_t length_samples; /* stop after so many; 0: the sensor decides */
    uint64_t first_utc_ms;   /* of the first sample of the run; 0: not known */
};

int measure_main(struct role_env *env, const struct measure_plan *plan); /* exit code */
