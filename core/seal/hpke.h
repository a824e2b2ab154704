/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HPKE (RFC 9180) in mode_psk with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-GCM.
 *
 * Of the RFC only what Holdfast uses: one sender, one receiver, Seal, Open, Export. The AEAD is
 * AES-256-GCM (id 2); id 1 (AES-128-GCM) is there for the RFC's own test vectors.
 * Listed in assurance/own-mechanisms.yaml: OpenSSL has HPKE only from 3.2.
 */
#pragma once

#include "core/port/crypto.h"

enum hpke_aead { HPKE_AES_128_GCM = 1, HPKE_AES_256_GCM = 2 };

struct hpke { /* holds keys: wipe after use */
    enum hpke_aead aead;
    uint8_t key[32];
    struct iv base_nonce;
    struct key exporter_secret;
    uint64_t seq;
};

struct hpke_psk {
    struct bytes psk, id; /* psk at least 32 bytes */
};

/* eph: the ephemeral private key; the caller wipes it. *enc is what travels. */
MUST_USE enum status hpke_sender(const struct crypto *crypto, enum hpke_aead aead,
    const struct x25519_public *to, struct bytes info, struct hpke_psk psk,
    const struct x25519_private *eph, struct x25519_public *enc, struct hpke *out);
/* REFUSED: enc is not a usable point. */
MUST_USE enum status hpke_receiver(const struct crypto *crypto, enum hpke_aead aead,
    const struct x25519_private *self, const struct x25519_public *enc,
    struct bytes info, struct hpke_psk psk, struct hpke *out);
/* out.cap >= plain.len + TAG_LEN */
MUST_USE enum status hpke_seal(const struct crypto *crypto, struct hpke *h,
    struct bytes aad, struct bytes plain, struct room out);
/* REFUSED: tag */
MUST_USE enum status hpke_open(const struct crypto *crypto, struct hpke *h,
    struct bytes aad, struct bytes sealed, struct room out);
/* fills all of out, at most 255 * 32 bytes */
MUST_USE enum status hpke_export(const struct crypto *crypto, const struct hpke *h,
    struct bytes context, struct room out);
