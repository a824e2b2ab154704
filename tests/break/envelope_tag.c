/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "host/crypto_inside.h"

#include <limits.h>

/* Decrypts and does not look at the tag. */
enum status host_crypto_open(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    struct host_crypto *c = board;
    int n = 0;

    if (in.len < TAG_LEN)
        return REFUSED;
    const EVP_CIPHER *cipher = key.len == 32 ? c->aes_256 : c->aes_128;
    if (EVP_DecryptInit_ex2(c->cipher, cipher, key.at, iv->b, NULL) != 1
        || EVP_DecryptUpdate(c->cipher, NULL, &n, aad.at, (int)aad.len) != 1
        || (in.len > TAG_LEN
            && EVP_DecryptUpdate(c->cipher, out.at, &n, in.at, (int)(in.len - TAG_LEN))
                != 1))
        return BROKEN;
    return OK;
}
