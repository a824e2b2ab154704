/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words: what `status`, `journal` and the end of `run` print, for people and for programs.
 */
#pragma once

#include "device/talk/messages.h"

#include <stdbool.h>

/* One line. state NULL: keeper does not run. */
void print_state(const struct said_state *state, bool json);
