/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tls trust key: the trust port's TLS key as OpenSSL wants to have it.
 */
#pragma once

#include "core/port/trust.h"

#include <openssl/evp.h>

/* A P-256 key that signs through `trust`, which must outlive it; the caller frees. NULL: failed. */
EVP_PKEY *tls_trust_key(const struct trust *trust);
