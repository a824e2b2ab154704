/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record: what agent remembers of its objects in the TPM, in a file 0400 of its own.
 *
 * Without the TPM it opens nothing; without it the TPM's objects do nothing. `made` is false while
 * they are being made: who finds it so, makes them again.
 */
#pragma once

#include "device/tpm/tpm.h"

#include <stdbool.h>

struct tpm_record { /* wipe after use */
    bool made;
    struct tpm_keys keys;
};

enum { RECORD_LEN = 1 + 1 + 32 + TPM_KEYS * TPM_NAME_LEN };

void record_build(const struct tpm_record *r, uint8_t out[RECORD_LEN]);
MUST_USE enum status record_parse(struct bytes in, struct tpm_record *out);
