/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tpm: this device's secrets in a TPM 2.0: the TLS key, which signs and never comes out, the
 * wrapping secret, which comes out to who knows the objects' authorisation, and the attestation key
 * (device/tpm/attest.h: what is proved with it).
 *
 * Promise: every call ends within a bound; nothing that it loaded or started stays in the TPM; what
 * is secret is encrypted on the bus, under a key that only this very TPM can have (the storage key,
 * known by its name). A TPM that is another one, was cleared, or has been changed is refused.
 *
 * AGAIN: the TPM is busy. REFUSED: it says no, or is not ours. BROKEN: it does not answer; close,
 * dial and open anew. *why: one word, of a fixed list:
 *   gone slow failed busy full | cleared other authorisation occupied forged hierarchy refused
 *
 * Not here: where the authorisation is kept and who may ask (device/agent).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"
#include "core/port/trust.h"

enum { TPM_NAME_LEN = 34, TPM_WAIT_MS = 5000 };

enum tpm_key { TPM_STORAGE, TPM_TLS, TPM_WRAP, TPM_ATTEST, TPM_KEYS };

struct tpm_name { /* the hash of an object's public half, with its algorithm */
    uint8_t b[TPM_NAME_LEN];
};

struct tpm_keys { /* what must be remembered of our objects in a TPM */
    struct key authorisation;
    struct tpm_name names[TPM_KEYS];
};

struct tpm; /* heap */
/* fd: of tpm_dial(), owned by the tpm from here on, also on failure. Clears what an earlier owner
 * of the line, ended in mid-work, has left in the TPM's slots. */
MUST_USE enum status tpm_adopt_line(
    int fd, uint32_t wait_ms, struct tpm **out, const char **why);
void tpm_close(struct tpm *t);
/* REFUSED, occupied: something stands where our objects from this one on belong. */
MUST_USE enum status tpm_vacant(struct tpm *t, enum tpm_key from, const char **why);
/* Make storage key, TLS key and wrapping secret and keep them in the TPM, over what an earlier
 * making, cut short, has left there. k->authorisation is given, their names are found. */
MUST_USE enum status tpm_make(
    struct tpm *t, const struct key *wrap, struct tpm_keys *k, const char **why);
/* The attestation key, likewise, beside the three of `k`, which are there. */
MUST_USE enum status tpm_make_attest(
    struct tpm *t, struct tpm_keys *k, const char **why);
/* The four objects are there and are those of `k`; from here on the calls below work. */
MUST_USE enum status tpm_find(
    struct tpm *t, const struct tpm_keys *k, const char **why);
MUST_USE enum status tpm_public(
    struct tpm *t, uint8_t out[P256_PUBLIC_LEN], const char **why);
MUST_USE enum status tpm_sign(struct tpm *t, const struct digest *digest,
    struct room der, size_t *len, const char **why);
MUST_USE enum status tpm_unseal(
    struct tpm *t, struct key *wrap, const char **why); /* wipe it after use */
/* Objects and sessions that occupy a slot of the TPM now, as far as this line sees them. */
MUST_USE enum status tpm_slots(struct tpm *t, size_t *used, const char **why);
