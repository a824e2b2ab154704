/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust rule: what may become of a batch under the policy on where keys are. A control of its own.
 *
 * Under the policy "tpm" the device's own word alone stores nothing: what counts is that the connection by which the batch
 * came was attested (cloud/store/attester.h). The word can only make the rule refuse.
 */
#pragma once

#include "cloud/store/attested.h"

#include <stdbool.h>

enum device_trust { /* what the device says in its batches; values are in the database */
    TRUST_NOT_TOLD = 0,
    TRUST_SOFTWARE = 1,
    TRUST_TPM = 2,
};

enum trust_verdict {
    TRUST_REFUSE,       /* its keys are in files */
    TRUST_ATTEST_FIRST, /* it is to attest its connection, and to send again */
    TRUST_UPDATE_ONLY, /* it is what it says, and too old: nothing is stored, offers go out */
    TRUST_STORE,
};

enum trust_verdict trust_rule(
    bool require_tpm, enum device_trust said, enum attest_state connection);
const char *device_trust_name(enum device_trust trust); /* NULL: not told yet */
