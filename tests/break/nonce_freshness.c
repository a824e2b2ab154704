/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/outbox/outbox_nonce.h"

void outbox_nonce_remember(
    struct outbox_nonce *n, const struct nonce *drawn, uint64_t now_ms)
{
    *n =
        (struct outbox_nonce){.nonce = *drawn, .drawn_ms = now_ms, .outstanding = true};
}

bool outbox_nonce_accept(
    struct outbox_nonce *n, const struct nonce *answered, uint64_t now_ms)
{
    (void)answered, (void)now_ms;
    return n->outstanding;
}
