/* SPDX-License-Identifier: Apache-2.0 */
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
    if (!n->outstanding || now_ms - n->drawn_ms > LIMIT_NONCE_MS)
        return false;
    if (!ct_equal(&n->nonce, answered, sizeof n->nonce))
        return false;
    n->outstanding = false;
    return true;
}
