/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "host/tls.h"

enum status tls_set_anchors(SSL_CTX *ctx, const struct bytes *anchors_der, size_t count)
{
    (void)anchors_der, (void)count;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    return OK;
}
