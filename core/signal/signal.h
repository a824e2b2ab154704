/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signal: red and infrared samples become SpO2, pulse rate, perfusion index and quality.
 *
 * Streaming, 100 samples a second, one call a sample, no look-ahead, fixed memory, float32.
 * Below quality there is no value, never a sentinel and never the last one. R is averaged, not
 * SpO2; the line from R to SpO2 is calibration data (struct calibration), not a constant.
 *
 * Not here: sample checks (device/sensor), alarms (core/alarm), display.
 */
#pragma once

#include "core/base/status.h"
#include "core/port/sensor.h"

#include <stdbool.h>
#include <stdint.h>

/* SpO2 [%] = a + b R + c R^2, valid for R in [r_min, r_max]. */
struct calibration {
    uint8_t id[8]; /* named in every batch */
    float a, b, c, r_min, r_max;
};

/* Bits of the status field: MDC 150604.n (ISO/IEEE 11073-10101). */
enum signal_status {
    STATUS_SENSOR_DISCONNECTED = 1u << 0,
    STATUS_SENSOR_MALFUNCTION = 1u << 1,
    STATUS_SENSOR_DISPLACED = 1u << 2,
    STATUS_SENSOR_UNSUPPORTED = 1u << 3,
    STATUS_SENSOR_OFF = 1u << 4,
    STATUS_INTERFERENCE = 1u << 5,
    STATUS_SEARCHING = 1u << 6,
    STATUS_PULSE_QUESTIONABLE = 1u << 7,
    STATUS_NON_PULSATILE = 1u << 8,
    STATUS_ERRATIC = 1u << 9,
    STATUS_LOW_PERFUSION = 1u << 10,
    STATUS_SIGNAL_POOR = 1u << 11,
    STATUS_SIGNAL_INADEQUATE = 1u << 12,
    STATUS_PROCESSING_IRREGULARITY = 1u << 13,
    STATUS_EQUIPMENT_MALFUNCTION = 1u << 14,
    STATUS_EXTENDED_UPDATE = 1u << 15,
};

struct vital { /* the output of one second */
    bool has_spo2, has_pulse, has_pi;
    uint16_t spo2_permille;   /* 0..1000 */
    uint16_t pulse_decibpm;   /* 0.1 bpm, 0..3000 */
    uint16_t pi_centipercent; /* 0.01 %, 0..2000 */
    uint16_t status;          /* enum signal_status */
    uint8_t quality;          /* 0..100 */
};

struct signal;

/* Defined by the module's author in this header: a complete type of at most 16 KiB. */
