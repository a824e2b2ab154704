/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Health: what a release on trial must have shown before it is in force and the counter follows.
 */
#pragma once

#include <stdbool.h>

enum update_sign {             /* each to be seen once since the start */
    UPDATE_MEASURES = 1u << 0, /* readings come */
    UPDATE_SENSOR = 1u << 1,   /* the sensor passed its self-test */
    UPDATE_ANSWERED = 1u << 2, /* a sealed answer counted */
    UPDATE_ALL_SIGNS = UPDATE_MEASURES | UPDATE_SENSOR | UPDATE_ANSWERED,
};

bool update_healthy(unsigned signs);
