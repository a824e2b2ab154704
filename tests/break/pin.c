/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "host/tls.h"

/* Whoever signed it: good. */
static int anybody(X509_STORE_CTX *ctx, void *arg)
{
    (void)arg;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

enum status tls_set_anchors(SSL_CTX *ctx, const struct bytes *anchors_der, size_t count)
{
    (void)anchors_der, (void)count;
    SSL_CTX_set_cert_verify_callback(ctx, anybody, NULL);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    return OK;
}
