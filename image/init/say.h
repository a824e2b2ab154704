/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Say: one line of the start of the device, for whoever stands before it, and the end of it.
 *
 * A line goes into the kernel's ring and to its console, which is the device's own screen; there
 * is no other. Nothing secret is said.
 */
#pragma once

__attribute__((format(printf, 1, 2))) void say(const char *form, ...);
/* The device does not start: says why, leaves it on the screen for a moment, powers off. */
__attribute__((noreturn, format(printf, 1, 2))) void refuse(const char *form, ...);
