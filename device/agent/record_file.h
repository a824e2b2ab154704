/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record file: the two records of agent on disk, 0400.
 *
 * Promise: what is found is settled: a cut of power takes back no record by which something was made
 * in the TPM, which would then be nobody's and in the way for ever.
 */
#pragma once

#include "device/agent/record.h"

#include <sys/types.h>

/* AGAIN: there is none. REFUSED, BROKEN: with *why. */
MUST_USE enum status tpm_record_find(
    const char *path, uid_t owner, struct tpm_record *out, const char **why);
/* BROKEN: it may be there all the same; the next find says. */
MUST_USE enum status tpm_record_keep(
    const char *path, uid_t owner, gid_t group, const struct tpm_record *r);
MUST_USE enum status attest_record_find(
    const char *path, uid_t owner, struct attest_record *out, const char **why);
MUST_USE enum status attest_record_keep(
    const char *path, uid_t owner, gid_t group, const struct attest_record *r);
