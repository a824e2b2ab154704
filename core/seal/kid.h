/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kid bytes: a key id as it stands on the wire, which is also the PSK id of both HPKE uses.
 */
#pragma once

#include "wire/types.h"

void kid_bytes(const struct kid *kid, uint8_t out[KID_LEN]);
bool kid_equal(const struct kid *a, const struct kid *b);
