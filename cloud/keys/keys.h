/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: invitations, long-term keys and tombstones of devices, and the doors that use them.
 *
 * A generation is open from its M2 until the first batch of the next one opens (keys_first_batch):
 * for that while two are, so that no reply that is lost and no cut of power costs a device its keys.
 *
 * It signs only certificates that it has built itself, hands out neither K_up nor the KEK nor an
 * authority's key, and a device with a tombstone gets nothing any more, whatever store says.
 *
 * Not here: sockets and confinement (keys_role.c), files (vault.h), certificates (cert_build.h).
 */
#pragma once

#include "cloud/keys/evidence.h"
#include "cloud/keys/vault.h"
#include "cloud/talk/doors.h"
#include "core/seal/enrol.h"
#include "core/seal/seal.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum { KEYS_INVITES = 1024, KEYS_BUCKETS = 4096 };

struct keys_secrets { /* in locked memory; wiped at the end */
    struct key kek;
    struct x25519_private s;
    struct key activation; /* drawn at each start: cloud/keys/activation.h */
};

struct keys_policy {
    const struct makers *makers; /* NULL: none is named, no evidence is looked at */
    bool require_tpm;            /* then there are some */
};

struct keys_bucket { /* what one device may still ask for */
    uint64_t at_ms;
    uint32_t left_milli;
};

struct keys { /* fields belong to keys.c */
    struct vault vault;
    const struct keys_secrets *secrets;
    struct keys_policy policy;
    const struct crypto *crypto;
    const struct entropy *entropy;
    EVP_PKEY *ca_key;
    X509 *ca;
    struct x25519_public s_public;
    struct { /* open invitations, so that nothing lists a folder while serving */
        struct kid kid;
        uint64_t expires_utc_s;
        bool answered; /* a first M1 was accepted */
    } invites[KEYS_INVITES];
    size_t invite_count;
    struct keys_bucket buckets[KEYS_BUCKETS];
    uint64_t epoch_keys_given, down_keys_given, limited;
    uint8_t scratch[LIMIT_ENROL_TPM]; /* an E1 without its proof */
};

/* Adopts ca_key and ca. DAMAGED: a record of the folder does not open under the KEK. */
MUST_USE enum status keys_init(struct keys *k, const char *folder,
    const struct crypto *crypto, const struct entropy *entropy,
    const struct keys_secrets *secrets, const struct keys_policy *policy,
    EVP_PKEY *ca_key, X509 *ca);
void keys_end(struct keys *k);

/* REFUSED: this kid is invited already, enrolled, or dead. */
MUST_USE enum status keys_invite(
    struct keys *k, const struct door_invite *ask, struct door_invited *out);
bool keys_enrol_open(const struct keys *k, uint64_t now_utc_s);
/*
 * M1, or E1 of a device with a TPM (wire/attest.h). `out` is M2; of an E1 without a proof it is E2, unless its evidence is
 * not asked for. out.cap >= ENROL_M2_MAX. REFUSED: whatever is wrong; one word for all causes to who asks.
 * *who: whose invitation M1 opened under; generation 0: nobody's, whoever it claims to be.
 * *why: NULL, or what is wrong with the evidence; on OK too, where the policy does not ask for it.
 */
MUST_USE enum status keys_enrol(struct keys *k, uint64_t now_utc_s, struct bytes in,
    struct room out, size_t *len, struct kid *who, const char **why);
/* Like keys_enrol; what stands for the invitation is K_up of the generation before, which must be
 * open still. Another M1 than the first of its generation is refused, and after a generation whose TPM was
 * proved another TLS key than the one in it. */
MUST_USE enum status keys_renew(struct keys *k, uint64_t now_ms, struct bytes m1,
    struct room m2, size_t *len, struct kid *who);
/* REFUSED: no such live device, the epoch is no point, or it asks too often. */
MUST_USE enum status keys_epoch_key(
    struct keys *k, uint64_t now_ms, const struct door_epoch *ask, struct key *out);
MUST_USE enum status keys_down_key(
    struct keys *k, uint64_t now_ms, const struct kid *kid, struct key *out);
/* By which key the TPM of this generation attests; none: it was enrolled without. REFUSED: as above. */
MUST_USE enum status keys_attest_key(struct keys *k, uint64_t now_ms,
    const struct kid *kid, struct door_attest_key *out);
/* The device ends for ever; its wrapped keys are wiped. */
MUST_USE enum status keys_tombstone(struct keys *k, const struct device_id *device);
/* The generation is in use: wipe those before, invitation, secret and kept answer. */
MUST_USE enum status keys_first_batch(struct keys *k, const struct kid *kid);
