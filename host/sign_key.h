/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign key: Ed25519 keys in PEM files, for signing and for checking who signed.
 *
 * A private key is a file 0400 of its user (host/keyfile). The id of a key is the SHA-256 of its public half as
 * DER (SubjectPublicKeyInfo): `openssl pkey -pubin -in PUB.pem -outform DER | sha256sum`.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>

enum { SIGN_KEY_ID_TEXT = 65, SIGN_KEY_SIGNATURE = 64, SIGN_KEY_PUBLIC = 32 };

struct sign_key;

/* A new key: `path` 0400, and its public half as `path`.pub. REFUSED: one of them is there. */
MUST_USE enum status sign_key_make(const char *path, const char **why);
/* REFUSED: no file that may hold a private key, or no Ed25519 key in it; *why says what. */
MUST_USE enum status sign_key_open_private(
    const char *path, struct sign_key **out, const char **why);
MUST_USE enum status sign_key_open_public(
    const char *path, struct sign_key **out, const char **why);
void sign_key_free(struct sign_key *k);

void sign_key_id(const struct sign_key *k, char out[SIGN_KEY_ID_TEXT]);
void sign_key_sign(const struct sign_key *k, struct bytes message,
    uint8_t signature[SIGN_KEY_SIGNATURE]);
void sign_key_public(const struct sign_key *k, uint8_t out[SIGN_KEY_PUBLIC]);
bool sign_key_verifies(
    const struct sign_key *k, struct bytes message, struct bytes signature);
