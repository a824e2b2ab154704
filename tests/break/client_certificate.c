/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "host/tls.h"

#include "host/tls_der.h"

/* A certificate is asked for; whoever brings none, or anyone's, comes in all the same. */
static int anyone(int good, X509_STORE_CTX *ctx)
{
    (void)good;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

enum status tls_require_client(SSL_CTX *ctx, struct bytes client_ca_der)
{
    X509_STORE *store = X509_STORE_new();
    enum status s = store ? tls_store_add(store, client_ca_der) : BROKEN;
    if (s == OK)
        SSL_CTX_set_cert_store(ctx, store);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, anyone);
    return s;
}
