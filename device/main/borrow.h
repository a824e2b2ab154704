/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrow: agent, for the time of a verb that needs the keys in the TPM.
 *
 * Who has the TPM is agent, always: the one of a running device, or one that is started for this
 * verb, with its own user and its own confinement, and ended after it.
 */
#pragma once

#include "device/talk/role.h"

struct borrowed {
    pid_t pid; /* of our own agent; 0: the running device's */
};

/* AGAIN: no agent came to be ready within 10 s. */
MUST_USE enum status agent_borrow(
    struct borrowed *b, const struct role_env *env, const char *tpm);
void agent_return(struct borrowed *b);
