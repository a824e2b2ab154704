/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation: whether the TPM of an endorsement certificate has opened our secret. A control of its own.
 *
 * The secret is made anew from what the device said and from a key that never leaves this process, so that nothing is kept
 * between the two rounds of an enrolment. It is not made from the invitation: who is invited could compute it
 * without a TPM.
 */
#pragma once

#include "core/port/crypto.h"

/* said: E1 with an empty proof, whole. */
MUST_USE enum status activation_secret(const struct crypto *crypto,
    const struct key *own, struct bytes said, struct key *secret);
bool activation_opened(const struct key *secret, const struct key *proof);
