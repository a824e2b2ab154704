/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Date: points in time as documents write them (RFC 3339, or the date alone).
 */
#pragma once

#include "review/base/text.h"

/* "2026-11-28" or "2026-11-28T10:00:00Z", "…+02:00": UTC seconds; 0: not a date. */
int64_t date_s(struct bytes text);
/* "2026-11-28" of UTC seconds; out holds 11 bytes. */
void date_text(int64_t utc_s, char out[11]);
