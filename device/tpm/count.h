/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Count: the security version in the TPM, an NV counter that the maker has made and nobody can wind back.
 *
 * Promise: an index that is not such a counter is refused, not read: one that its owner could remove could
 * begin again. It is raised with the owner's authorisation (empty: who has the TPM may), in a session
 * whose answers nobody on the bus can forge. image/init/counter.h reads the same index at boot.
 *
 * Not here: how far it may rise (device/agent/raise_rule.h), when (core/update).
 */
#pragma once

#include "device/tpm/tpm.h"

enum { TPM_COUNT_INDEX = 0x01500001 };

/* After tpm_find(). REFUSED: there is no such counter; the keys are as good as before. */
MUST_USE enum status tpm_count_read(struct tpm *t, uint64_t *value, const char **why);
/* By one; *value is what it is then. */
MUST_USE enum status tpm_count_raise(struct tpm *t, uint64_t *value, const char **why);
