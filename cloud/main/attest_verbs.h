/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attest verbs: what an administrator does to say what is believed: a line for a released version, and a look at both files.
 */
#pragma once

#include <stdint.h>

/* registers: "11=HEX" or "0=HEX,11=HEX", what each PCR holds after this release has booted. Prints the lines for
 * measurements.conf. */
int attest_measured(const char *registers, const char *release, int64_t security);
/* Both files are there and good; else one line says what is wrong. */
int attest_files_hold(const char *root);
/* As above, and says what is in them. */
int attest_check(const char *root);
