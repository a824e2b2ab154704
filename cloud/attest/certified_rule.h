/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certified rule: whether a certified public area is of a key that will never be outside its TPM. A control of its own.
 */
#pragma once

#include "cloud/attest/tpm_said.h"

/* REFUSED with *why: name (another key was certified), attributes (it may leave, was brought, or is for other uses). */
MUST_USE enum status certified_rule(const struct said_name *certified,
    const struct said_name *name, uint32_t attributes, const char **why);
