/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known: whether what stands in the TPM is what we made there. A control of its own.
 */
#pragma once

#include "device/tpm/tpm.h"

#include <stdbool.h>

bool tpm_known(const struct tpm_name *is, const struct tpm_name *made);
