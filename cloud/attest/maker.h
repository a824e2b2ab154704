/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maker: whether an endorsement certificate comes from a maker of TPMs that we allow.
 *
 * The allowed makers are authorities that the administrator names, roots or issuing ones; what stands between them and the certificate comes with the
 * device and is believed only as far as the chain holds. A certificate says nothing of who has the TPM now: cloud/attest/credential.h.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <openssl/evp.h>

enum { MAKER_CERTS = 8 };

/* DER. MALFORMED: not one certificate. REFUSED, with *why: maker (no allowed one signed it, or not
 * now), purpose (not made for an endorsement key). The caller frees *key. */
MUST_USE enum status maker_check(struct bytes certificate,
    const struct bytes *intermediates, size_t intermediate_count,
    const struct bytes *roots, size_t root_count, int64_t now_utc_s, EVP_PKEY **key,
    const char **why);
