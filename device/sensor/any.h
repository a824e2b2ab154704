/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any: the sensor that a text names: `replay:FILE.csv` or `sim:SCENARIO`.
 */
#pragma once

#include "core/base/conf.h"
#include "core/port/sensor.h"
#include "device/sensor/replay.h"
#include "device/sensor/sim.h"

enum sensor_kind { SENSOR_IS_REPLAY, SENSOR_IS_SIM };

struct sensor_any { /* must stay where it is while open */
    enum sensor_kind kind;
    const struct sensor *port;
    union {
        struct replay replay;
        struct sim sim;
    } is;
};

/* Before confinement; reads no byte of a file. MALFORMED with *err: the text or the kind of file is wrong. */
MUST_USE enum status sensor_open(
    const char *spec, uint64_t seed, struct sensor_any *out, struct conf_error *err);
/* After confinement: the port is there once this is OK. MALFORMED with *err: a line of the file is wrong. */
MUST_USE enum status sensor_look(struct sensor_any *any, struct conf_error *err);
void sensor_close(struct sensor_any *any);
