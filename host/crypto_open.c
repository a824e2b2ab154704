/* SPDX-License-Identifier: Apache-2.0 */
#include "host/crypto_inside.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

/* Nothing that a wrong tag decrypted to reaches the caller. */
static enum status refuse(struct room out, size_t len)
{
    wipe(out.at, len);
    return REFUSED;
}

/* Req: HF-SEC-002 "every batch and answer shall besides be sealed under a per-device key" */
enum status host_crypto_open(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    struct host_crypto *c = board;
    uint8_t tag[TAG_LEN], unused[TAG_LEN];
    int n = 0;

    assert((key.len == 16 || key.len == 32) && in.len < INT_MAX && aad.len < INT_MAX);
    if (in.len < TAG_LEN)
        return REFUSED;
    size_t len = in.len - TAG_LEN;
    assert(out.cap >= len);
    memcpy(tag, in.at + len, TAG_LEN);
    const EVP_CIPHER *cipher = key.len == 32 ? c->aes_256 : c->aes_128;
    if (EVP_DecryptInit_ex2(c->cipher, cipher, key.at, iv->b, NULL) != 1
        || EVP_CIPHER_CTX_ctrl(c->cipher, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1
        || EVP_DecryptUpdate(c->cipher, NULL, &n, aad.at, (int)aad.len) != 1)
        return BROKEN;
    if (len > 0 && EVP_DecryptUpdate(c->cipher, out.at, &n, in.at, (int)len) != 1)
        return refuse(out, len);
    if (EVP_DecryptFinal_ex(c->cipher, unused, &n) != 1)
        return refuse(out, len);
    return OK;
}
