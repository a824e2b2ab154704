/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls_der.h"

#include <limits.h>

enum status tls_cert(struct bytes der, X509 **out)
{
    const uint8_t *at = der.at;
    X509 *cert = der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);

    if (cert == NULL || at != der.at + der.len) {
        X509_free(cert);
        return MALFORMED;
    }
    *out = cert;
    return OK;
}

enum status tls_key(struct bytes der, EVP_PKEY **out)
{
    const uint8_t *at = der.at;
    EVP_PKEY *key =
        der.len > LONG_MAX ? NULL : d2i_AutoPrivateKey(NULL, &at, (long)der.len);

    if (key == NULL || at != der.at + der.len) {
        EVP_PKEY_free(key);
        return MALFORMED;
    }
    *out = key;
    return OK;
}

enum status tls_store_add(X509_STORE *store, struct bytes cert_der)
{
    X509 *cert = NULL;

    TRY(tls_cert(cert_der, &cert));
    int added = X509_STORE_add_cert(store, cert);
    X509_free(cert);
    return added == 1 ? OK : BROKEN;
}
