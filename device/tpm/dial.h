/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dial: a descriptor to the TPM that the configuration names.
 *
 * Not here: what is said over it (device/tpm/tpm.h).
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>

/* "device:/dev/tpmrm0", "swtpm:path=/run/swtpm.sock": the place, and whether it is a socket. NULL: neither. */
const char *tpm_place(const char *spec, bool *is_socket);
/* BROKEN: nobody is there, or this process may not. REFUSED: `spec` names no TPM. */
MUST_USE enum status tpm_dial(const char *spec, int *fd, const char **why);
