/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include "host/tls_der.h"

/* Req: HF-LINK-002 "A peer without a certificate of the device authority shall be refused." */
enum status tls_require_client(SSL_CTX *ctx, struct bytes client_ca_der)
{
    X509_STORE *store = X509_STORE_new();
    enum status s = store == NULL ? BROKEN : tls_store_add(store, client_ca_der);

    if (s != OK) {
        X509_STORE_free(store);
        return s;
    }
    SSL_CTX_set_cert_store(ctx, store);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return OK;
}
