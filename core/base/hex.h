/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hex: bytes as text and back; device ids in their UUID form.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>

/* Lower case; writes 2 * in.len digits and a NUL; out.cap >= 2 * in.len + 1. */
void hex_of(struct bytes in, struct room out);
/* Exactly 2 * out.cap digits, lower case only, or MALFORMED. */
MUST_USE enum status hex_parse(struct bytes text, struct room out);

enum { UUID_TEXT = 37 };
void uuid_of(const uint8_t id[16], char out[UUID_TEXT]);
/* 8-4-4-4-12, lower case only, version 4. */
MUST_USE enum status uuid_parse(struct bytes text, uint8_t out[16]);
