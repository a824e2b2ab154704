/* SPDX-License-Identifier: Apache-2.0 */
#include "host/crypto.h"

#include "host/crypto_inside.h"

#include <assert.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

static enum status sha256(void *board, struct bytes in, struct digest *out)
{
    struct host_crypto *c = board;
    if (EVP_DigestInit_ex2(c->md_ctx, c->sha256, NULL) != 1
        || EVP_DigestUpdate(c->md_ctx, in.at, in.len) != 1
        || EVP_DigestFinal_ex(c->md_ctx, out->b, NULL) != 1)
        return BROKEN;
    return OK;
}

static enum status hmac(
    void *board, struct bytes key, struct bytes in, struct digest *out)
{
    static const uint8_t empty[1];
    struct host_crypto *c = board;
    size_t len = sizeof out->b;

    /* A key of no bytes is legal (HKDF without salt), a NULL key means "the last one". */
    if (EVP_MAC_init(c->mac, key.at ? key.at : empty, key.len, c->mac_params) != 1
        || EVP_MAC_update(c->mac, in.at, in.len) != 1
        || EVP_MAC_final(c->mac, out->b, &len, sizeof out->b) != 1
        || len != sizeof out->b)
        return BROKEN;
    return OK;
}

static enum status aead_seal(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes plain, struct room out)
{
    struct host_crypto *c = board;
    int n = 0;

    assert(
        (key.len == 16 || key.len == 32) && plain.len < INT_MAX && aad.len < INT_MAX);
    assert(out.cap >= plain.len + TAG_LEN);
    const EVP_CIPHER *cipher = key.len == 32 ? c->aes_256 : c->aes_128;
    if (EVP_EncryptInit_ex2(c->cipher, cipher, key.at, iv->b, NULL) != 1
        || EVP_EncryptUpdate(c->cipher, NULL, &n, aad.at, (int)aad.len) != 1
        || (plain.len > 0
            && EVP_EncryptUpdate(c->cipher, out.at, &n, plain.at, (int)plain.len) != 1)
        || EVP_EncryptFinal_ex(c->cipher, out.at + plain.len, &n) != 1
        || EVP_CIPHER_CTX_ctrl(
               c->cipher, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, out.at + plain.len)
            != 1)
        return BROKEN;
    return OK;
}

static enum status x25519_public(
    void *board, const struct x25519_private *priv, struct x25519_public *out)
{
    (void)board;
    size_t len = sizeof out->b;
    EVP_PKEY *k =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, priv->b, sizeof priv->b);
    bool good =
        k && EVP_PKEY_get_raw_public_key(k, out->b, &len) == 1 && len == sizeof out->b;
    EVP_PKEY_free(k);
    return good ? OK : BROKEN;
}

static enum status x25519(void *board, const struct x25519_private *priv,
    const struct x25519_public *pub, struct key *shared)
{
    (void)board;
    static const struct key zero;
    struct key got = zero;
    size_t len = sizeof got.b;
    enum status s = BROKEN;
    EVP_PKEY *k =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, priv->b, sizeof priv->b);
    EVP_PKEY *p =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, pub->b, sizeof pub->b);
    EVP_PKEY_CTX *x = k ? EVP_PKEY_CTX_new(k, NULL) : NULL;

    if (x && p && EVP_PKEY_derive_init(x) == 1 && EVP_PKEY_derive_set_peer(x, p) == 1) {
        /* OpenSSL itself refuses an all-zero result; so do we, whatever its version does. */
        s = REFUSED;
        if (EVP_PKEY_derive(x, got.b, &len) == 1
            && !ct_equal(&got, &zero, sizeof zero)) {
            *shared = got;
            s = OK;
        }
    }
    wipe(&got, sizeof got);
    EVP_PKEY_CTX_free(x);
    EVP_PKEY_free(p);
    EVP_PKEY_free(k);
    return s;
}

static enum status ed25519_verify(void *board, const struct ed25519_public *pub,
    struct bytes message, const struct signature *signature)
{
    (void)board;
    EVP_PKEY *k =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub->b, sizeof pub->b);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum status s = BROKEN;

    if (k && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k) == 1)
        s = EVP_DigestVerify(
                ctx, signature->b, sizeof signature->b, message.at, message.len)
                == 1
            ? OK
            : REFUSED;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    return s;
}

enum status host_crypto_new(struct host_crypto **out)
{
    struct host_crypto *c = calloc(1, sizeof *c);
    if (!c)
        return BROKEN;
    static char name[] = "SHA256";
    c->mac_params[0] = OSSL_PARAM_construct_utf8_string("digest", name, 0);
    c->mac_params[1] = OSSL_PARAM_construct_end();
    EVP_MAC *m = EVP_MAC_fetch(NULL, "HMAC", NULL);
    c->mac = m ? EVP_MAC_CTX_new(m) : NULL;
    EVP_MAC_free(m);
    c->md_ctx = EVP_MD_CTX_new();
    c->cipher = EVP_CIPHER_CTX_new();
    c->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    c->aes_128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
    c->aes_256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!c->mac || !c->md_ctx || !c->cipher || !c->sha256 || !c->aes_128
        || !c->aes_256) {
        host_crypto_free(c);
        return BROKEN;
    }
    c->port = (struct crypto){
        .board = c,
        .sha256 = sha256,
        .hmac = hmac,
        .aead_seal = aead_seal,
        .aead_open = host_crypto_open,
        .x25519_public = x25519_public,
        .x25519 = x25519,
        .ed25519_verify = ed25519_verify,
    };
    *out = c;
    return OK;
}

void host_crypto_free(struct host_crypto *c)
{
    if (!c)
        return;
    EVP_MAC_CTX_free(c->mac);
    EVP_MD_CTX_free(c->md_ctx);
    EVP_CIPHER_CTX_free(c->cipher);
    EVP_MD_free(c->sha256);
    EVP_CIPHER_free(c->aes_128);
    EVP_CIPHER_free(c->aes_256);
    free(c);
}

const struct crypto *host_crypto_port(const struct host_crypto *c)
{
    return &c->port;
}

static enum status fill(void *board, struct room into)
{
    (void)board;
    if (into.cap > INT_MAX || RAND_priv_bytes(into.at, (int)into.cap) != 1)
        return BROKEN;
    return OK;
}

const struct entropy *host_entropy_port(void)
{
    static const struct entropy port = {.fill = fill};
    return &port;
}
