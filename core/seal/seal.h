/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seal: batches and answers become envelopes, and open again, under per-device keys.
 *
 * Promise: exactly one byte string opens for one content; an envelope made for one kind, device,
 * generation or epoch opens as no other. An up IV is never used twice in an epoch: the count
 * rises before each seal, whatever becomes of it.
 *
 * Not here: long-term keys at rest (core/port/trust), CBOR (wire), what a batch means.
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "wire/envelope.h"

struct sealer { /* keeper's, one for each start; holds K_epoch: wipe at the end */
    struct kid kid;
    struct epoch epoch;
    struct key key;
    uint64_t seals; /* begun under this key */
};

/* Draw a new epoch; its private half is wiped before this returns. */
MUST_USE enum status sealer_init(struct sealer *s, const struct crypto *crypto,
    const struct entropy *entropy, const struct x25519_public *cloud,
    const struct kid *kid, const struct key *k_up);
/* FULL: no room, or the envelope would pass LIMIT_ENVELOPE. REFUSED: 2^32 seals were begun. */
MUST_USE enum status seal_batch(struct sealer *s, const struct crypto *crypto,
    struct bytes plain, struct room envelope, size_t *len, struct digest *digest);
/* keys: the key of an epoch. REFUSED: the epoch is no usable point. */
MUST_USE enum status epoch_key(const struct crypto *crypto,
    const struct x25519_private *s, const struct kid *kid, const struct key *k_up,
    const struct epoch *epoch, struct key *out);
/* store: out.cap >= envelope.sealed.len. REFUSED: it does not open. */
MUST_USE enum status open_batch(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len);
/* store: seal an answer under a fresh IV from entropy. */
MUST_USE enum status seal_answer(const struct crypto *crypto,
    const struct entropy *entropy, const struct kid *kid, const struct key *k_down,
    struct bytes plain, struct room envelope, size_t *len);
/* keeper: MALFORMED: no envelope; REFUSED: another kid, or it does not open. */
MUST_USE enum status open_answer(const struct crypto *crypto, struct bytes envelope,
    const struct kid *kid, const struct key *k_down, struct room plain, size_t *len);

/* A log of the device, under the same key and count as its batches; it opens as no batch. */
MUST_USE enum status seal_log(struct sealer *s, const struct crypto *crypto,
    struct bytes plain, struct room envelope, size_t *len, struct digest *digest);
/* The receipt of a device that ends, likewise. */
MUST_USE enum status seal_receipt(struct sealer *s, const struct crypto *crypto,
    struct bytes plain, struct room envelope, size_t *len, struct digest *digest);
MUST_USE enum status open_receipt(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len);
MUST_USE enum status open_log(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len);
