/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known: etc/holdfast/measurements.conf: which registers are asked for, and what they hold after each released version booted.
 *
 * Lines of words, `#` begins a comment:
 *   registers 11                 PCRs, once, before the releases, in rising order
 *   release NAME SECURITY HEX    security version; SHA-256 of these registers, one after the other
 * Taken whole or not at all; no release or digest twice. Not here: whether a version is new enough.
 */
#pragma once

#include "cloud/attest/attest.h"
#include "core/base/conf.h"

enum { KNOWN_MAX = 64, KNOWN_NAME = 32 };

struct known {
    uint32_t registers; /* bit n is PCR n; one at least */
    size_t count;       /* 1..KNOWN_MAX */
    struct attest_boot boots[KNOWN_MAX];
    char names[KNOWN_MAX][KNOWN_NAME + 1]; /* of a-z A-Z 0-9 . _ + - */
};

MUST_USE enum status known_parse(
    struct bytes text, struct known *out, struct conf_error *err);
