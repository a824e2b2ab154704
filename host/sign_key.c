/* SPDX-License-Identifier: Apache-2.0 */
#include "host/sign_key.h"

#include "core/base/hex.h"
#include "core/base/secret.h"
#include "host/keyfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PEM_ROOM = 16384, PATH_ROOM = 4096 };

static EVP_PKEY *pkey(const struct sign_key *k)
{
    return (EVP_PKEY *)(uintptr_t)k;
}

static enum status take_pkey(EVP_PKEY *got, struct sign_key **out, const char **why)
{
    if (!got || EVP_PKEY_get_base_id(got) != EVP_PKEY_ED25519) {
        EVP_PKEY_free(got);
        *why = "no Ed25519 key in PEM, or one with a passphrase";
        return REFUSED;
    }
    *out = (struct sign_key *)got;
    return OK;
}

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *room, int size, int writing, void *ctx)
{
    (void)room, (void)size, (void)writing, (void)ctx;
    return -1;
}

enum status sign_key_open_private(
    const char *path, struct sign_key **out, const char **why)
{
    uint8_t pem[PEM_ROOM];
    size_t len = 0;
    enum status s = keyfile_read(path, geteuid(), ROOM_OF(pem), &len, why);
    if (s != OK)
        return REFUSED;
    BIO *from = BIO_new_mem_buf(pem, (int)len);
    s = take_pkey(
        from ? PEM_read_bio_PrivateKey(from, NULL, no_passphrase, NULL) : NULL, out,
        why);
    BIO_free(from);
    wipe(pem, sizeof pem);
    return s;
}

enum status sign_key_open_public(
    const char *path, struct sign_key **out, const char **why)
{
    uint8_t pem[PEM_ROOM];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t len = fd < 0 ? -1 : read(fd, pem, sizeof pem);
    if (fd >= 0)
        close(fd);
    if (len < 0) {
        *why = "cannot be read";
        return REFUSED;
    }
    BIO *from = BIO_new_mem_buf(pem, (int)len);
    enum status s = take_pkey(
        from ? PEM_read_bio_PUBKEY(from, NULL, no_passphrase, NULL) : NULL, out, why);
    BIO_free(from);
    return s;
}

void sign_key_free(struct sign_key *k)
{
    EVP_PKEY_free(pkey(k));
}

static bool write_public(const EVP_PKEY *key, const char *path, const char **why)
{
    char name[PATH_ROOM];
    bool good = snprintf(name, sizeof name, "%s.pub", path) < (int)sizeof name;
    int fd = good
        ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)
        : -1;
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out) {
        *why =
            errno == EEXIST ? "its public half is there already" : "cannot be written";
        return false;
    }
    good = PEM_write_PUBKEY(out, key) == 1;
    if (fclose(out) != 0 || !good) {
        *why = "its public half is not written whole";
        return false;
    }
    return true;
}

static enum status write_private(
    const EVP_PKEY *key, const char *path, const char **why)
{
    BIO *text = BIO_new(BIO_s_mem());
    char *at = NULL;
    enum status s = BROKEN;
    if (text && PEM_write_bio_PrivateKey(text, key, NULL, NULL, 0, NULL, NULL) == 1) {
        size_t len = (size_t)BIO_get_mem_data(text, &at);
        s = keyfile_write(path, geteuid(), getegid(),
            (struct bytes){(const uint8_t *)at, len}, false);
        wipe(at, len);
    }
    BIO_free(text);
    if (s != OK)
        *why = s == REFUSED ? "is there already" : "cannot be written";
    return s;
}

/* The private half last: where it is, the public one is too. */
enum status sign_key_make(const char *path, const char **why)
{
    if (access(path, F_OK) == 0) {
        *why = "is there already";
        return REFUSED;
    }
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    *why = "no key could be made";
    enum status s = !key               ? BROKEN
        : write_public(key, path, why) ? write_private(key, path, why)
                                       : REFUSED;
    EVP_PKEY_free(key);
    return s;
}

void sign_key_id(const struct sign_key *k, char out[SIGN_KEY_ID_TEXT])
{
    uint8_t digest[SHA256_DIGEST_LENGTH], *der = NULL;
    int len = i2d_PUBKEY(pkey(k), &der);
    assert(len > 0);
    SHA256(der, (size_t)len, digest);
    OPENSSL_free(der);
    hex_of(BYTES_OF(digest), (struct room){(uint8_t *)out, SIGN_KEY_ID_TEXT});
}

void sign_key_sign(const struct sign_key *k, struct bytes message,
    uint8_t signature[SIGN_KEY_SIGNATURE])
{
    size_t len = SIGN_KEY_SIGNATURE;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool signed_ = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey(k)) == 1
        && EVP_DigestSign(ctx, signature, &len, message.at, message.len) == 1;
    assert(signed_ && len == SIGN_KEY_SIGNATURE); /* a key that was opened signs */
    EVP_MD_CTX_free(ctx);
}

void sign_key_public(const struct sign_key *k, uint8_t out[SIGN_KEY_PUBLIC])
{
    size_t len = SIGN_KEY_PUBLIC;
    int good = EVP_PKEY_get_raw_public_key(pkey(k), out, &len);
    assert(good == 1 && len == SIGN_KEY_PUBLIC); /* it is an Ed25519 key */
}

bool sign_key_verifies(
    const struct sign_key *k, struct bytes message, struct bytes signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && signature.len == SIGN_KEY_SIGNATURE
        && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey(k)) == 1
        && EVP_DigestVerify(ctx, signature.at, signature.len, message.at, message.len)
            == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}
