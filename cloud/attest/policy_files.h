/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy files: what the administrator believes, read whole from etc/holdfast (makers.h, known.h).
 */
#pragma once

#include "cloud/attest/known.h"
#include "cloud/attest/makers.h"

#define MAKERS_FILE "makers.pem"
#define KNOWN_FILE  "measurements.conf"

/* AGAIN: there is no such file. MALFORMED: *why says what was expected. */
MUST_USE enum status makers_read(
    const char *path, struct makers *out, const char **why);
MUST_USE enum status known_read(
    const char *path, struct known *out, struct conf_error *err);
