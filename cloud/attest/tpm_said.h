/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tpm said: what a TPM 2.0 writes about itself and its keys, as C values.
 *
 * Only the forms that we use: P-256 keys with ECDSA and SHA-256, and attestations of the kinds certify and
 * quote with one bank of SHA-256 registers. Everything else is MALFORMED, trailing bytes too.
 * (TPM 2.0 Library, part 2: 10.12 TPMS_ATTEST, 11.3 TPMT_SIGNATURE, 12.2 TPMT_PUBLIC.)
 *
 * Not here: whether any of it is true (cloud/attest/attest.h).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

enum { TPM_SAID_NAME = 34, TPM_SAID_EXTRA_MAX = 64, TPM_SAID_POINT = 65 };

struct said_name { /* 000b, then SHA-256 of the public area */
    uint8_t b[TPM_SAID_NAME];
};

enum said_attribute {
    SAID_FIXED_TPM = 1u << 1,
    SAID_FIXED_PARENT = 1u << 4,
    SAID_SENSITIVE_DATA_ORIGIN = 1u << 5,
    SAID_RESTRICTED = 1u << 16,
    SAID_DECRYPT = 1u << 17,
    SAID_SIGN = 1u << 18,
};

struct said_public {
    uint32_t attributes; /* enum said_attribute, and others */
    uint8_t point
        [TPM_SAID_POINT]; /* SEC1, uncompressed; not yet known to be on the curve */
};

struct said_signature_p256 {
    uint8_t r[32], s[32];
};

enum said_kind { SAID_CERTIFY, SAID_QUOTE };

struct said_attest {
    enum said_kind kind;
    size_t extra_len; /* 0..TPM_SAID_EXTRA_MAX */
    uint8_t extra[TPM_SAID_EXTRA_MAX];
    uint32_t reset_count, restart_count;
    struct said_name certified; /* SAID_CERTIFY */
    uint32_t registers;         /* SAID_QUOTE: bit n is PCR n */
    struct digest measured; /* SAID_QUOTE: of these registers, one after the other */
};

MUST_USE enum status said_public_parse(struct bytes in, struct said_public *out);
MUST_USE enum status said_signature_parse(
    struct bytes in, struct said_signature_p256 *out);
MUST_USE enum status said_attest_parse(struct bytes in, struct said_attest *out);
