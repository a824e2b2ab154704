/* SPDX-License-Identifier: Apache-2.0 */
/*
 * View json: what the page is told, from what store said. No value is null, never a number.
 */
#pragma once

#include "cloud/talk/doors.h"

/* The text written, or empty if it did not fit. */
struct bytes view_devices_json(const struct door_device_list *l, struct room out);
struct bytes view_trend_json(const struct door_trend_points *t, struct room out);
struct bytes view_gaps_json(const struct door_gap_list *g, struct room out);
