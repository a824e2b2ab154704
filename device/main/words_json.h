/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words: what `status`, `journal` and the end of `run` print, for people and for programs.
 */
#pragma once

#include "device/talk/messages.h"

#include <stdbool.h>

/* One line. state NULL: keeper does not run. */
/* measured: readings made in this run, or NULL where that is not known. */
void print_state(const struct said_state *state, const uint64_t *measured, bool json);
