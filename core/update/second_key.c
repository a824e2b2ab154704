/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/second_key.h"

bool second_key_signed(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_release *statement)
{
    uint8_t room[SIGN1_TO_SIGN_MAX];

    return crypto->ed25519_verify(crypto->board, key,
               release_to_sign(statement->payload, ROOM_OF(room)),
               &statement->signature)
        == OK;
}
