/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tls der: certificates and keys from DER bytes, whole or not at all.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <openssl/x509.h>

/* MALFORMED: not exactly one certificate. The caller frees *out. */
MUST_USE enum status tls_cert(struct bytes der, X509 **out);
/* MALFORMED: not exactly one private key. The caller frees *out. */
MUST_USE enum status tls_key(struct bytes der, EVP_PKEY **out);
MUST_USE enum status tls_store_add(X509_STORE *store, struct bytes cert_der);
