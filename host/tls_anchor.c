/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include "host/tls_der.h"

/* Req: HF-LINK-001 "Only the certificate authorities of the enrolment bundle shall be trusted." */
enum status tls_set_anchors(SSL_CTX *ctx, const struct bytes *anchors_der, size_t count)
{
    X509_STORE *store = X509_STORE_new();
    enum status s = store == NULL || count == 0 ? BROKEN : OK;

    for (size_t i = 0; i < count && s == OK; i++)
        s = tls_store_add(store, anchors_der[i]);
    if (s != OK) {
        X509_STORE_free(store);
        return s;
    }
    SSL_CTX_set_cert_store(ctx, store); /* takes it over: nothing else is trusted */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    return OK;
}
