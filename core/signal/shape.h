/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shape: how like its predecessors each beat looks, from 120 ms before its steepest point to
 * 280 ms after it, whatever its size.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    SHAPE_BEFORE = 12,
    SHAPE_AFTER = 28,
    SHAPE_LEN = SHAPE_BEFORE + SHAPE_AFTER + 1,
    SHAPE_RING = 128, /* samples of wave kept: a beat is named at most 0.8 s late */
};

struct shape {
    float ring[SHAPE_RING];
    uint32_t now; /* samples taken */
    float usual[SHAPE_LEN];
    bool has_usual;
};

void shape_init(struct shape *s);
void shape_take(struct shape *s, float in);

/* True when the wave reaches far enough past `at` (samples since shape_init). */
bool shape_ready(const struct shape *s, float at);

/* Correlation of the beat at `at` with the usual one, -1..1; then it becomes part of it. */
float shape_compare(struct shape *s, float at);

/* Moves the origin of time later by a multiple of SHAPE_RING samples. */
void shape_shift(struct shape *s, uint32_t samples);
