/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol kind: whether a device is taken in on its word or on proof, or not at all. A control of its own.
 *
 * A device that is set to prove that its keys are in a TPM, and cannot because the TPM's maker gave it no certificate, is not
 * enrolled: neither the administrator nor the cloud shall believe in a proof that there is not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum enrol_kind { ENROL_BY_WORD, ENROL_PROVED, ENROL_REFUSED };

/* set: keys are in a TPM, and this is to be proved. */
enum enrol_kind enrol_kind(bool set, size_t endorsement_len);
