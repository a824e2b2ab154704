/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/credential.h"

#include "core/base/writer.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

enum {
    HASH = 32,
    CIPHER_KEY = 16,
    SECURITY_BITS = 2048,
    SIZED_SECRET = 2 + CREDENTIAL_SECRET
};

/* KDFa, part 1, 11.4.10.2, for at most one block: HMAC of counter, label with its zero, context, length in bits. */
static bool derive(const struct key *seed, const char *label, struct bytes context,
    uint32_t bits, uint8_t out[HASH])
{
    uint8_t text[64];
    struct writer w = writer_over(ROOM_OF(text));
    unsigned len = 0;

    put_u32(&w, 1);
    put(&w, (struct bytes){(const uint8_t *)label, strlen(label) + 1});
    put(&w, context);
    put_u32(&w, bits);
    return writer_done(&w)
        && HMAC(EVP_sha256(), seed->b, sizeof seed->b, text, w.len, out, &len) != NULL
        && len == HASH;
}

/* The seed, for the endorsement key alone. */
static bool wrap_seed(EVP_PKEY *endorsement, const struct key *seed, uint8_t out[256])
{
    static const char label[] = "IDENTITY"; /* with its zero */
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(endorsement, NULL);
    void *copy = OPENSSL_memdup(label, sizeof label);
    size_t len = 256;

    bool good = x != NULL && copy != NULL && EVP_PKEY_encrypt_init(x) == 1
        && EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_OAEP_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_oaep_md(x, EVP_sha256()) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(x, EVP_sha256()) == 1;
    if (good && EVP_PKEY_CTX_set0_rsa_oaep_label(x, copy, (int)sizeof label) == 1)
        copy = NULL; /* x has it now */
    good = good && copy == NULL
        && EVP_PKEY_encrypt(x, out, &len, seed->b, sizeof seed->b) == 1 && len == 256;
    OPENSSL_free(copy);
    EVP_PKEY_CTX_free(x);
    return good;
}

/* AES-128 in CFB mode from zero: the seed, and so the key, is used once. */
static bool encrypt(const uint8_t key[CIPHER_KEY], struct bytes plain, uint8_t *out)
{
    static const uint8_t zero[16] = {0};
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    int n = 0;

    bool good = x != NULL
        && EVP_EncryptInit_ex(x, EVP_aes_128_cfb128(), NULL, key, zero) == 1
        && EVP_EncryptUpdate(x, out, &n, plain.at, (int)plain.len) == 1
        && (size_t)n == plain.len;
    EVP_CIPHER_CTX_free(x);
    return good;
}

static bool hide(const struct key *seed, const struct said_name *name,
    const struct key *secret, uint8_t out[SIZED_SECRET])
{
    uint8_t key[HASH], plain[SIZED_SECRET];
    struct writer w = writer_over(ROOM_OF(plain));

    put_u16(&w, CREDENTIAL_SECRET);
    put(&w, BYTES_OF(secret->b));
    bool good = derive(seed, "STORAGE", BYTES_OF(name->b), 8 * CIPHER_KEY, key)
        && encrypt(key, BYTES_OF(plain), out);
    wipe(key, sizeof key);
    wipe(plain, sizeof plain);
    return good;
}

/* Over the hidden secret and the name: it opens for no other key. */
static bool protect(const struct key *seed, const struct said_name *name,
    const uint8_t hidden[SIZED_SECRET], uint8_t out[HASH])
{
    uint8_t key[HASH], text[SIZED_SECRET + TPM_SAID_NAME];
    struct writer w = writer_over(ROOM_OF(text));
    unsigned len = 0;

    put(&w, (struct bytes){hidden, SIZED_SECRET});
    put(&w, BYTES_OF(name->b));
    bool good = derive(seed, "INTEGRITY", (struct bytes){0}, 8 * HASH, key)
        && HMAC(EVP_sha256(), key, sizeof key, text, sizeof text, out, &len) != NULL
        && len == HASH;
    wipe(key, sizeof key);
    return good;
}

static enum status build(EVP_PKEY *endorsement, const struct said_name *name,
    const struct key *secret, const struct key *seed, struct credential *out)
{
    uint8_t hidden[SIZED_SECRET], tag[HASH], wrapped[256];
    struct writer blob = writer_over(ROOM_OF(out->blob));
    struct writer sized = writer_over(ROOM_OF(out->seed));

    if (!hide(seed, name, secret, hidden) || !protect(seed, name, hidden, tag)
        || !wrap_seed(endorsement, seed, wrapped))
        return BROKEN;
    put_u16(&blob, CREDENTIAL_BLOB - 2);
    put_u16(&blob, HASH);
    put(&blob, BYTES_OF(tag));
    put(&blob, BYTES_OF(hidden));
    put_u16(&sized, sizeof wrapped);
    put(&sized, BYTES_OF(wrapped));
    return writer_done(&blob) && writer_done(&sized) ? OK : BROKEN;
}

enum status credential_make(EVP_PKEY *endorsement,
    const struct said_name *attestation_key, const struct key *secret,
    struct credential *out)
{
    struct credential made;
    struct key seed;

    if (EVP_PKEY_get_base_id(endorsement) != EVP_PKEY_RSA
        || EVP_PKEY_get_bits(endorsement) != SECURITY_BITS)
        return REFUSED;
    if (RAND_bytes(seed.b, sizeof seed.b) != 1)
        return BROKEN;
    enum status s = build(endorsement, attestation_key, secret, &seed, &made);
    wipe(&seed, sizeof seed);
    if (s == OK)
        *out = made;
    return s;
}
