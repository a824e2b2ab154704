/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

/* Req: HF-LINK-003 "No protocol version below TLS 1.3 shall be negotiated." */
enum status tls_set_floor(SSL_CTX *ctx)
{
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1)
        return BROKEN;
    return SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 ? OK : BROKEN;
}
