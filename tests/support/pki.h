/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pki: certificate authorities and certificates for tests, right ones and wrong ones.
 */
#pragma once

#include "core/base/bytes.h"

#include <openssl/x509.h>
#include <stdint.h>

struct pki_key {
    EVP_PKEY *key; /* P-256 */
    X509 *cert;
    uint8_t cert_der[1024], key_der[512];
    size_t cert_len, key_len;
};

struct pki_wish {
    const char *subject;
    const char
        *san; /* as OpenSSL's config has it: "DNS:a, URI:urn:uuid:..."; NULL: none */
    const char *eku;                   /* "serverAuth", "clientAuth"; NULL: none */
    int64_t not_before_s, not_after_s; /* unix seconds */
};

void pki_authority(struct pki_key *out, const char *subject);
/* Its key is one that everybody knows, the same in each process: what it signed stays signed. */
void pki_authority_known(struct pki_key *out, const char *subject, uint8_t key);
void pki_issue(
    struct pki_key *out, const struct pki_key *by, const struct pki_wish *wish);
void pki_free(struct pki_key *k);

static inline struct bytes pki_cert(const struct pki_key *k)
{
    return (struct bytes){k->cert_der, k->cert_len};
}

static inline struct bytes pki_private(const struct pki_key *k)
{
    return (struct bytes){k->key_der, k->key_len};
}
