/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makers: etc/holdfast/makers.pem: the authorities of makers of TPMs that the administrator allows.
 *
 * PEM, certificates of authorities and nothing else between the marks; taken whole or not at all.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"

enum { MAKERS_MAX = 32 };

struct makers {
    size_t count;                 /* 1..MAKERS_MAX */
    struct bytes der[MAKERS_MAX]; /* views of mem */
    uint8_t mem[LIMIT_CONF_FILE];
};

/* MALFORMED, with *why: what was expected. */
MUST_USE enum status makers_parse(
    struct bytes pem, struct makers *out, const char **why);
