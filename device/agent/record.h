/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record: what agent remembers of its objects in the TPM, in two files 0400 of its own.
 *
 * Without the TPM they open nothing; without them the TPM's objects do nothing. `made` is false
 * while they are being made: who finds it so, makes them again. The attestation key came later and
 * has a file of its own, so that a release from before it, taken back after a trial, still finds its keys.
 */
#pragma once

#include "device/tpm/tpm.h"

#include <stdbool.h>

struct tpm_record { /* wipe after use */
    bool made;
    struct tpm_keys keys; /* without the attestation key's name */
};

struct attest_record {
    bool made;
    struct tpm_name name;
};

enum {
    RECORD_LEN = 1 + 1 + 32 + TPM_ATTEST * TPM_NAME_LEN,
    ATTEST_RECORD_LEN = 1 + 1 + TPM_NAME_LEN,
};

void record_build(const struct tpm_record *r, uint8_t out[RECORD_LEN]);
MUST_USE enum status record_parse(struct bytes in, struct tpm_record *out);
void attest_record_build(const struct attest_record *r, uint8_t out[ATTEST_RECORD_LEN]);
MUST_USE enum status attest_record_parse(struct bytes in, struct attest_record *out);
