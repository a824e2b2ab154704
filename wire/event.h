/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event: the codes that a batch's events carry, and what they are called (event.def).
 *
 * Not here: ranges (wire/batch_rules), what a log line says (core/base/reason).
 */
#pragma once

#include "core/base/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum event_code {
#define EVENT(name, code, text, meaning) EVENT_##name = (code),
#include "wire/event.def"
#undef EVENT
};

/* A code from a device newer than we are has neither: "unknown". */
const char *event_name(uint8_t code);
const char *event_meaning(uint8_t code);
/* The reason by which logs and the cloud know an event of an update; false: it is none. */
bool event_of_update(uint8_t code, enum reason *out);
