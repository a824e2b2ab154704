/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust rule: whether what a device says of its keys satisfies the policy. A control of its own.
 *
 * It is the device's own word, in a sealed batch: who has taken a device over can say anything.
 * Until attestation is wired in, the rule keeps out devices that were set up without a TPM, and no more.
 */
#pragma once

#include <stdbool.h>

enum device_trust { /* values are in the database */
    TRUST_NOT_TOLD = 0,
    TRUST_SOFTWARE = 1,
    TRUST_TPM = 2,
};

bool trust_rule(bool require_tpm, enum device_trust said);
const char *device_trust_name(enum device_trust trust); /* NULL: not told yet */
