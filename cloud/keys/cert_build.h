/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cert build: the only certificates that this cloud ever signs, each built field by field.
 *
 * Nothing from outside is decoded as ASN.1: a device brings a raw P-256 point and nothing else.
 * Used by keys (devices) and by `init` (authorities, servers).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/port/trust.h"
#include "wire/types.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

MUST_USE enum status cert_new_key(EVP_PKEY **out); /* P-256 */
/* Self-signed authority: CA true, path length 0, certificates only; 20 years. */
MUST_USE enum status cert_authority(EVP_PKEY *key, const char *common_name, X509 **out);
/* serverAuth; SAN: name, then also (may be NULL), as DNS names, or as an IP address if they are. */
MUST_USE enum status cert_server(EVP_PKEY *ca_key, X509 *ca, EVP_PKEY *key,
    const char *name, const char *also, const char *also2, X509 **out);
/* clientAuth; SAN urn:uuid:<device>, LIMIT_DEVICE_CERT_DAYS, DER at most LIMIT_CERT.
 * REFUSED: the point is not on the curve. */
MUST_USE enum status cert_device(EVP_PKEY *ca_key, X509 *ca,
    const struct device_id *device, const uint8_t point[P256_PUBLIC_LEN],
    struct room der, size_t *len);
MUST_USE enum status cert_der(X509 *cert, struct room der, size_t *len);
MUST_USE enum status cert_key_der(
    EVP_PKEY *key, struct room der, size_t *len); /* PKCS#8 */
