/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewal: how keeper agrees and takes into use the next generation of its long-term keys.
 *
 *   begun    M1 and the keys to come are on flash before M1 is sent: a retry sends the same
 *   agreed   an M2 in a sealed answer proves that the cloud has them; asked again, it says so again
 *   in use   the identity is replaced in one write, then the record goes; where that is cut, the
 *            record of a generation that is in use is dropped at the next start
 *
 * Promise: whenever power goes, the identity on flash is the old one or the new one, whole, and
 * the new one only if the cloud has its keys.
 *
 * Not here: when (keeper), courier's key (device/trust/tls_pair), M1 and M2 (core/seal/enrol).
 */
#pragma once

#include "device/keeper/identity.h"

struct renewal_place {
    const char *identity, *record; /* paths */
    uid_t owner;
    gid_t group;
    const struct trust *trust;
    const struct crypto *crypto;
    const struct entropy *entropy;
};

struct renewal { /* wipe after use */
    bool begun;
    struct enrolment_record record;
};

/* What an earlier run has begun. DAMAGED: it cannot be read; then a new one is begun. */
MUST_USE enum status renewal_open(
    struct renewal *r, const struct renewal_place *p, const struct kid *in_use);
/* Make M1 under the identity on flash, and keep it. REFUSED: it is of another kid. */
MUST_USE enum status renewal_begin(struct renewal *r, const struct renewal_place *p,
    const struct kid *in_use, const uint8_t tls_public[P256_PUBLIC_LEN]);
/* REFUSED: M2 does not prove the keys that were begun. */
MUST_USE enum status renewal_check(const struct renewal *r, const struct crypto *crypto,
    struct bytes m2, struct bytes *cert_der);
/*
 * OK: the identity is the new one from here on; *out: wipe after use. BROKEN: it may be the one or the
 * other, and what is seen may be gone after a cut of power: under neither may anything be sealed before
 * a new start has settled it (keyfile_settle). Anything else: the old one stays, and is in use.
 */
MUST_USE enum status renewal_use(
    struct renewal *r, const struct renewal_place *p, struct identity_record *out);
