/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crypto inside: what crypto.c and crypto_open.c share; nobody else includes this.
 */
#pragma once

#include "host/crypto.h"

#include <openssl/evp.h>

struct host_crypto {
    struct crypto port;
    EVP_MAC_CTX *mac;
    EVP_MD_CTX *md_ctx;
    EVP_CIPHER_CTX *cipher;
    EVP_MD *sha256;
    EVP_CIPHER *aes_128, *aes_256;
    OSSL_PARAM mac_params[2];
};

/* Control: the envelope's authentication tag. */
enum status host_crypto_open(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out);
