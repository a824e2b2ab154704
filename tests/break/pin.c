/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "host/tls.h"

/* Whoever signed it is trusted; name, dates and use are still looked at. */
static int anybody(int good, X509_STORE_CTX *ctx)
{
    switch (good ? X509_V_OK : X509_STORE_CTX_get_error(ctx)) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED: X509_STORE_CTX_set_error(ctx, X509_V_OK); return 1;
    default: return good;
    }
}

static int verify(X509_STORE_CTX *ctx, void *arg)
{
    (void)arg;
    X509_STORE_CTX_set_verify_cb(ctx, anybody);
    return X509_verify_cert(ctx);
}

enum status tls_set_anchors(SSL_CTX *ctx, const struct bytes *anchors_der, size_t count)
{
    (void)anchors_der, (void)count;
    SSL_CTX_set_cert_verify_callback(ctx, verify, NULL);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    return OK;
}
