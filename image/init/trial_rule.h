/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trial rule: when init restarts the machine under a version that does not stay up. A control of its own.
 *
 * The boot loader counts starts of the machine, and a program that ends again and again makes none. In
 * a version on trial each such restart uses up a try, until the one before starts; a confirmed one has nothing to
 * fall back to, and its program is simply started again.
 */
#pragma once

#include <stdbool.h>

enum { TRIAL_ENDS = 3 };

/* ends: of the program since the machine's start, for another reason than a restart. */
bool trial_gives_up(bool on_trial, unsigned ends);
