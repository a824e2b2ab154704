/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agent: the one process that has the TPM. Signs for courier, seals and opens for keeper.
 *
 * Promise: while the TPM is absent, silent, cleared or another one, nothing is signed, sealed or
 * opened; both are told, connections that had an answer before are closed, and the cause is in the
 * log once. When the very same TPM is back, so are its keys. No file takes its place.
 */
#pragma once

#include "device/talk/role.h"

/* tpm: as device/tpm/dial.h has it. Exit code. */
int agent_main(struct role_env *env, const char *tpm);
