/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment keys: how keeper and keys agree on a device's long-term keys (protocol.md).
 *
 * Neither courier, gate nor enrol can learn them: the invitation's secret is mixed into the
 * HPKE key schedule and never sent. Not here: who may be invited, files, certificates.
 */
#pragma once

#include "core/port/entropy.h"
#include "core/seal/hpke.h"
#include "wire/enrol.h"

struct device_keys { /* long-term, of one generation: wipe after use */
    struct key up, down, ok;
};

/* Device: make M1 and the keys from a bundle's S, kid and secret. */
MUST_USE enum status enrol_begin(const struct crypto *crypto,
    const struct entropy *entropy, const struct x25519_public *s, const struct kid *kid,
    const struct key *secret, const uint8_t tls_public[P256_PUBLIC_LEN],
    uint8_t m1[ENROL_M1_LEN], struct device_keys *keys);
/*
 * Both: the secret that stands for an invitation when a device renews: M1 and M2 as at enrolment,
 * for the kid of the generation to come. Only who holds K_up of the generation before can make it.
 */
MUST_USE enum status renew_secret(const struct crypto *crypto, const struct key *k_up,
    const struct kid *next, struct key *secret);
/* Cloud: REFUSED unless M1 was made with this invitation's secret for this kid. */
MUST_USE enum status enrol_open(const struct crypto *crypto,
    const struct x25519_private *s, const struct kid *kid, const struct key *secret,
    struct bytes m1, uint8_t tls_public[P256_PUBLIC_LEN], struct device_keys *keys);
/* Cloud: the 32 bytes that come before the certificate in M2. */
MUST_USE enum status enrol_confirm(const struct crypto *crypto, const struct key *ok,
    struct bytes m1, struct bytes cert_der, struct digest *mac);
/* Device: REFUSED unless M2 answers this M1 and comes from who holds the secret. */
MUST_USE enum status enrol_check(const struct crypto *crypto, const struct key *ok,
    struct bytes m1, struct bytes m2, struct bytes *cert_der);
