/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Http build: the answers of the device-facing listeners, one fixed form for each status.
 *
 * An error has one body whatever its cause, so that existing and absent look alike. No field says
 * what software this is.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"

#include <stdbool.h>

enum { HTTP_ANSWER_MAX = 512 + LIMIT_ENVELOPE };

/* body: a sealed answer, M2, E2 or a question; empty: the status's own words; of 204 none. FULL: no room. */
MUST_USE enum status http_answer_build(uint16_t status, uint16_t retry_after_s,
    bool close, struct bytes body, struct room out, size_t *len);
/* 200 with bytes of a bundle, which are no message of ours. */
MUST_USE enum status http_piece_build(struct bytes piece, struct room out, size_t *len);
