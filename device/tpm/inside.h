/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside: what the files of this folder share of a tpm: its line, its objects, and what an answer means.
 */
#pragma once

#include "device/tpm/tpm.h"
#include "device/tpm/wire.h"

#include <tss2/tss2_esys.h>

struct tpm {
    struct tpm_wire wire;
    ESYS_CONTEXT *esys;
    ESYS_TR keys[TPM_KEYS];
};

/* OK, or a status with its word in *why. */
MUST_USE enum status tpm_judge(const struct tpm *t, TSS2_RC rc, const char **why);
/* Of a loaded object or a session; fine when there is none. */
void tpm_flush(struct tpm *t, ESYS_TR *loaded);
/* A session of this kind, salted for the storage key; flush it. `how`: TPMA_SESSION_*CRYPT or 0. */
TSS2_RC tpm_start(struct tpm *t, TPM2_SE kind, TPMA_SESSION how, ESYS_TR *session);
