/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrap: a secret as it lies on the device's flash: AES-256-GCM under the wrapping secret.
 *
 * Not here: where the wrapping secret is kept (trust_file: a file; device/agent: a TPM).
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"

enum wrap_kind {
    WRAP_BY_FILE = 1,
    WRAP_BY_TPM = 2
}; /* the first byte, authenticated */

/* FULL: out.cap < secret.len + TRUST_OVERHEAD_MAX. */
MUST_USE enum status wrap_seal(const struct crypto *crypto,
    const struct entropy *entropy, const struct key *wrap, enum wrap_kind kind,
    struct bytes secret, struct room out, size_t *len);
/* DAMAGED: not sealed under this secret and kind, or changed since. */
MUST_USE enum status wrap_open(const struct crypto *crypto, const struct key *wrap,
    enum wrap_kind kind, struct bytes sealed, struct room out, size_t *len);
