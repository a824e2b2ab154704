/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign1: the frame around whatever is signed off line (COSE_Sign1 of RFC 9052, Ed25519).
 *
 * One head, nothing unprotected, the payload inside: for one payload, kind and key exactly one
 * byte string verifies. The kind goes into what is signed, so that a signature of one kind
 * never stands for another. sign1_parse() knows no key: what it gives is a claim until somebody
 * has verified the signature over sign1_to_sign().
 *
 * Not here: payloads (ticket.h, release.h), keys (core/port/crypto.h, host/sign_key.h).
 */
#pragma once

#include "core/base/status.h"
#include "core/port/crypto.h"

enum {
    SIGN1_PAYLOAD_MAX =
        255, /* so that every length in the frame has a head of 1 or 2 */
    SIGN1_OVERHEAD_MAX = 76, /* a frame's bytes beside the payload */
    SIGN1_TO_SIGN_MAX = 308,
};

struct sign1 {
    struct bytes payload; /* borrows */
    struct signature signature;
};

/* MALFORMED: not exactly one frame in its one encoding; *out is untouched then. */
MUST_USE enum status sign1_parse(struct bytes in, struct sign1 *out);

/* Sig_structure of RFC 9052 4.4; kind: a word of at most 16 letters. out.cap >= SIGN1_TO_SIGN_MAX */
struct bytes sign1_to_sign(const char *kind, struct bytes payload, struct room out);
/* out.cap >= payload.len + SIGN1_OVERHEAD_MAX */
struct bytes sign1_build(
    struct bytes payload, const struct signature *signature, struct room out);
