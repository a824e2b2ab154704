/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/pin_rule.h"

bool pin_signed_by(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_pins *p)
{
    uint8_t room[PINS_SIGNED_BYTES_MAX];
    struct bytes signed_ = pins_signed_bytes(p->payload, ROOM_OF(room));

    return crypto->ed25519_verify(crypto->board, key, signed_, &p->signature) == OK;
}
