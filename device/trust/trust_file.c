/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/trust_file.h"

#include "device/trust/wrap.h"
#include "host/keyfile.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

enum { KEY_MAX = 256 };

static const char *file_of(enum trust_part part)
{
    switch (part) {
    case TRUST_TLS: return "tls.key";
    case TRUST_TLS_NEXT: return "tls.next.key";
    case TRUST_WRAP: break;
    }
    return "wrap.key";
}

static bool path_of(char out[PATH_MAX], const char *folder, enum trust_part part)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", folder, file_of(part));
    return n > 0 && n < PATH_MAX;
}

static enum status refuse_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    (void)board, (void)out;
    return REFUSED;
}

static enum status refuse_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    (void)board, (void)digest, (void)der, (void)len;
    return REFUSED;
}

/* A file can be copied: nothing proves where it is. */
static enum status refuse_identity(void *board, struct trust_identity *out)
{
    (void)board, (void)out;
    return REFUSED;
}

static enum status refuse_activate(
    void *board, const struct trust_credential *credential, struct key *secret)
{
    (void)board, (void)credential, (void)secret;
    return REFUSED;
}

static enum status refuse_quote(void *board, uint32_t registers,
    const struct digest *bound, struct trust_evidence *out)
{
    (void)board, (void)registers, (void)bound, (void)out;
    return REFUSED;
}

static enum status refuse_wrap(
    void *board, struct bytes in, struct room out, size_t *len)
{
    (void)board, (void)in, (void)out, (void)len;
    return REFUSED;
}

static enum status tls_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    struct trust_file *t = board;
    size_t len = 0;

    if (EVP_PKEY_get_octet_string_param(
            t->tls, OSSL_PKEY_PARAM_PUB_KEY, out, P256_PUBLIC_LEN, &len)
            != 1
        || len != P256_PUBLIC_LEN)
        return BROKEN;
    return OK;
}

static enum status tls_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    struct trust_file *t = board;
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(t->tls, NULL);
    size_t n = der.cap;
    bool good = x && EVP_PKEY_sign_init(x) == 1
        && EVP_PKEY_sign(x, der.at, &n, digest->b, sizeof digest->b) == 1;

    EVP_PKEY_CTX_free(x);
    if (!good)
        return BROKEN;
    *len = n;
    return OK;
}

static enum status seal(void *board, struct bytes secret, struct room out, size_t *len)
{
    struct trust_file *t = board;
    return wrap_seal(t->crypto, t->entropy, &t->wrap, WRAP_BY_FILE, secret, out, len);
}

static enum status open_sealed(
    void *board, struct bytes sealed, struct room out, size_t *len)
{
    struct trust_file *t = board;
    return wrap_open(t->crypto, &t->wrap, WRAP_BY_FILE, sealed, out, len);
}

static enum status make_tls_key(struct room out, size_t *len)
{
    EVP_PKEY *k = EVP_EC_gen("P-256");
    unsigned char *at = out.at;
    int n = k ? i2d_PrivateKey(k, NULL) : -1;

    enum status s = BROKEN;
    if (n > 0 && (size_t)n <= out.cap && i2d_PrivateKey(k, &at) == n) {
        *len = (size_t)n;
        s = OK;
    }
    EVP_PKEY_free(k);
    return s;
}

enum status trust_file_create(enum trust_part part, const char *folder, uid_t owner,
    gid_t group, const struct entropy *entropy)
{
    char path[PATH_MAX];
    uint8_t key[KEY_MAX];
    const char *why;
    size_t len = 32;

    if (!path_of(path, folder, part))
        return REFUSED;
    TRY(keyfile_settle(path));
    enum status s = keyfile_read(path, owner, ROOM_OF(key), &len, &why);
    if (s == AGAIN) {
        len = 32;
        s = part == TRUST_WRAP ? entropy->fill(entropy->board, (struct room){key, len})
                               : make_tls_key(ROOM_OF(key), &len);
        if (s == OK)
            s = keyfile_write(path, owner, group, (struct bytes){key, len}, false);
    }
    wipe(key, sizeof key);
    return s;
}

static bool is_p256(const EVP_PKEY *k)
{
    char group[32];
    size_t len = 0;
    return EVP_PKEY_get_base_id(k) == EVP_PKEY_EC
        && EVP_PKEY_get_group_name(k, group, sizeof group, &len) == 1
        && strcmp(group, SN_X9_62_prime256v1) == 0;
}

enum status trust_file_open(struct trust_file *t, enum trust_part part,
    const char *folder, uid_t owner, const struct crypto *crypto,
    const struct entropy *entropy, const char **why)
{
    char path[PATH_MAX];
    uint8_t key[KEY_MAX];
    size_t len = 0;

    *t = (struct trust_file){.crypto = crypto, .entropy = entropy};
    t->port = (struct trust){.board = t,
        .kind = "software",
        .tls_public = refuse_public,
        .tls_sign = refuse_sign,
        .seal = refuse_wrap,
        .open = refuse_wrap,
        .identity = refuse_identity,
        .activate = refuse_activate,
        .quote = refuse_quote};
    *why = "path too long";
    if (!path_of(path, folder, part))
        return REFUSED;
    enum status s = keyfile_read(path, owner, ROOM_OF(key), &len, why);
    if (s == OK && part != TRUST_WRAP) {
        const unsigned char *at = key;
        t->tls = d2i_AutoPrivateKey(NULL, &at, (long)len);
        t->port.tls_public = tls_public;
        t->port.tls_sign = tls_sign;
        if (!t->tls || at != key + len || !is_p256(t->tls)) {
            *why = "not a P-256 key";
            s = REFUSED;
        }
    } else if (s == OK) {
        t->port.seal = seal;
        t->port.open = open_sealed;
        if (len == sizeof t->wrap.b) {
            memcpy(t->wrap.b, key, len);
        } else {
            *why = "not 32 bytes";
            s = REFUSED;
        }
    }
    wipe(key, sizeof key);
    if (s != OK)
        trust_file_close(t);
    return s;
}

void trust_file_close(struct trust_file *t)
{
    EVP_PKEY_free(t->tls);
    t->tls = NULL;
    wipe(&t->wrap, sizeof t->wrap);
}
