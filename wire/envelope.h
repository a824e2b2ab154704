/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Envelope: the outside of a COSE_Encrypt0, read before any key is known.
 *
 * What is parsed here has fixed offsets: an up envelope (a batch, a log or a receipt) and a down envelope
 * (an answer) each have exactly one layout, so nothing is decided by bytes that no tag protects.
 * Whether an up envelope is a batch or a log is known to who opens it and to nobody else.
 * MALFORMED: not that layout. The views borrow from `in`.
 */
#pragma once

#include "core/base/status.h"
#include "wire/types.h"

enum envelope_kind { ENVELOPE_BATCH, ENVELOPE_ANSWER, ENVELOPE_LOG, ENVELOPE_RECEIPT };

struct envelope {
    struct kid kid;
    struct iv iv;
    struct epoch epoch; /* upwards only */
    struct bytes
        protected_;      /* the bytes inside the protected bstr, for Enc_structure */
    struct bytes sealed; /* ciphertext || tag */
};

MUST_USE enum status envelope_parse(
    enum envelope_kind kind, struct bytes in, struct envelope *out);

/*
 * Write everything before the ciphertext, for a ciphertext of sealed_len bytes (tag included).
 * `*protected_` borrows from out. FULL: no room, or the whole would pass LIMIT_ENVELOPE.
 */
MUST_USE enum status envelope_head_build(enum envelope_kind kind, const struct kid *kid,
    const struct iv *iv, const struct epoch *epoch, size_t sealed_len, struct room out,
    size_t *head_len, struct bytes *protected_);

/* Enc_structure of RFC 9052 5.3 with external_aad ["holdfast/1", "batch" | "answer" | "log" | "receipt"]. */
enum { ENC_STRUCTURE_MAX = 192 };
MUST_USE enum status enc_structure_build(
    enum envelope_kind kind, struct bytes protected_, struct room out, size_t *len);
