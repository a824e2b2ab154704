/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipt: the last thing that a device seals: it was told to end, and gives up its keys.
 *
 * It names the order, so that one receipt answers one order, and says what goes with the keys.
 * *_parse: MALFORMED if the bytes are not exactly one receipt of holdfast.cddl; *out is untouched
 * then. Not here: sealing (core/seal), the erasing itself (device/keeper/ending).
 */
#pragma once

#include "core/base/status.h"
#include "wire/types.h"

struct receipt {
    struct end_order order;
    uint32_t readings; /* that no answer has acknowledged: they go with the keys */
    uint64_t mono_ms;  /* 0..2^53-1 */
    bool has_utc;
    uint64_t utc_ms; /* 0..2^53-1 */
};

enum { RECEIPT_MAX = 64 };

bool receipt_rules_hold(const struct receipt *r);
MUST_USE enum status receipt_parse(struct bytes in, struct receipt *out);
/* out.cap >= RECEIPT_MAX; the caller brings values inside their ranges (asserted). */
struct bytes receipt_build(const struct receipt *r, struct room out);
