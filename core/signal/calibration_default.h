/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Default calibration: an engineering value, not a clinical one.
 *
 * The line fits one public recording of one clinical finger sensor against that device's own
 * reading. It says nothing about any other sensor or person, and no accuracy is claimed.
 */
#pragma once

#include "core/signal/signal.h"

extern const struct calibration calibration_default;
