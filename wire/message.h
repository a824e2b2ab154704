/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message: batch and answer as deterministic CBOR, one byte string for one content.
 *
 * *_parse: MALFORMED if the bytes are not exactly one value of holdfast.cddl in its one valid
 * encoding; `out` is untouched then. *_build: FULL if `out` is too small; the caller must bring
 * values inside the ranges of wire/types.h (asserted).
 *
 * Not here: sealing (core/seal), the rules of a device's life (cloud/store, core/outbox).
 */
#pragma once

#include "core/base/status.h"
#include "wire/types.h"

MUST_USE enum status batch_parse(struct bytes in, struct batch *out);
MUST_USE enum status batch_build(
    const struct batch *batch, struct room out, size_t *len);
MUST_USE enum status answer_parse(struct bytes in, struct answer *out);
MUST_USE enum status answer_build(
    const struct answer *answer, struct room out, size_t *len);

/*
 * Content: the canonical 26 bytes of one record, by which device and store are compared:
 * u64 utc_ms (0: none), u64 mono_ms, u16 spo2, u16 pulse, u16 pi (0xffff: no value),
 * u16 status, u8 quality, u8 zero. utc and mono are those of this record (first + sum of dt).
 */
enum { CONTENT_LEN = 8 + 8 + 2 + 2 + 2 + 2 + 1 + 1 };
void content_of(const struct batch *batch, uint16_t index, uint8_t out[CONTENT_LEN]);
