/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key: Ed25519 keys in PEM files, for signing a pack and for checking who signed it.
 *
 * A private key is a file 0400 of its user (host/keyfile); it is read after the last document
 * was, so that no process that reads documents ever had it. The id of a key is the SHA-256 of its public half as
 * DER (SubjectPublicKeyInfo): `openssl pkey -pubin -in PUB.pem -outform DER | sha256sum`.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>

enum { KEY_ID_TEXT = 65, KEY_SIGNATURE = 64 };

struct key;

/* A new key: `path` 0400, and its public half as `path`.pub. REFUSED: one of them is there. */
MUST_USE enum status key_make(const char *path, const char **why);
/* REFUSED: no file that may hold a private key, or no Ed25519 key in it; *why says what. */
MUST_USE enum status key_open_private(
    const char *path, struct key **out, const char **why);
MUST_USE enum status key_open_public(
    const char *path, struct key **out, const char **why);
void key_free(struct key *k);

void key_id(const struct key *k, char out[KEY_ID_TEXT]);
void key_sign(
    const struct key *k, struct bytes message, uint8_t signature[KEY_SIGNATURE]);
bool key_verifies(const struct key *k, struct bytes message, struct bytes signature);
