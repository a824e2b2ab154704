/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/rules.h"

bool service_signed_by(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_ticket *t)
{
    uint8_t room[TICKET_SIGNED_BYTES_MAX];
    struct bytes signed_ = ticket_signed_bytes(t->payload, ROOM_OF(room));

    return crypto->ed25519_verify(crypto->board, key, signed_, &t->signature) == OK;
}
