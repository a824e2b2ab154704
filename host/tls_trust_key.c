/* SPDX-License-Identifier: Apache-2.0 */
/* EC_KEY_METHOD is OpenSSL 3.0's deprecated, and only, way to sign elsewhere without a provider. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "host/tls_trust_key.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>
#include <string.h>

/* The trust port rides in the key's ex data; the index is OpenSSL's, made once for the process. */
static int trust_index(void)
{
    static int index = -1; /* written once, before any thread */
    if (index < 0)
        index = EC_KEY_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    return index;
}

static int sign(int type, const unsigned char *dgst, int dlen, unsigned char *sig,
    unsigned int *siglen, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
    (void)type, (void)kinv, (void)r;
    const struct trust *trust = EC_KEY_get_ex_data(key, trust_index());
    struct digest digest;
    size_t len = 0;

    if (!trust || dlen != (int)sizeof digest.b)
        return 0;
    memcpy(digest.b, dgst, sizeof digest.b);
    if (trust->tls_sign(
            trust->board, &digest, (struct room){sig, TRUST_SIGNATURE_MAX}, &len)
        != OK)
        return 0;
    *siglen = (unsigned int)len;
    return 1;
}

/* OpenSSL takes the signature's room from the curve: 72 bytes for P-256, TRUST_SIGNATURE_MAX. */
static ECDSA_SIG *sign_sig(const unsigned char *dgst, int dlen, const BIGNUM *kinv,
    const BIGNUM *r, EC_KEY *key)
{
    unsigned char der[TRUST_SIGNATURE_MAX];
    const unsigned char *at = der;
    unsigned int len = 0;

    if (sign(0, dgst, dlen, der, &len, kinv, r, key) != 1)
        return NULL;
    return d2i_ECDSA_SIG(NULL, &at, (long)len);
}

static EC_KEY *public_key(const struct trust *trust)
{
    uint8_t point[P256_PUBLIC_LEN];
    EC_KEY *k = NULL;

    if (trust->tls_public(trust->board, point) != OK)
        return NULL;
    k = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    if (!k || EC_KEY_oct2key(k, point, sizeof point, NULL) != 1) {
        EC_KEY_free(k);
        return NULL;
    }
    return k;
}

/* One method for the life of the process: keys point at it. */
static const EC_KEY_METHOD *method(void)
{
    static EC_KEY_METHOD *m;
    if (!m && (m = EC_KEY_METHOD_new(EC_KEY_OpenSSL())) != NULL)
        EC_KEY_METHOD_set_sign(m, sign, NULL, sign_sig);
    return m;
}

EVP_PKEY *tls_trust_key(const struct trust *trust)
{
    EVP_PKEY *pkey = NULL;
    EC_KEY *k = public_key(trust);
    void *board;

    memcpy(&board, &(const void *){trust}, sizeof board); /* ex data has no const */
    if (k && method() && EC_KEY_set_method(k, method()) == 1
        && EC_KEY_set_ex_data(k, trust_index(), board) == 1)
        pkey = EVP_PKEY_new();
    if (!pkey || EVP_PKEY_assign_EC_KEY(pkey, k) != 1) {
        EVP_PKEY_free(pkey);
        EC_KEY_free(k);
        return NULL;
    }
    return pkey;
}
