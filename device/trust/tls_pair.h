/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS pair: courier's key file and certificate, and how a new pair takes their place.
 *
 * Promise: whenever power goes, tls_pair_settle() finds the old pair or the new one, whole. The
 * new key waits in tls.next.key until a certificate for it is there.
 *
 * Not here: who says that a certificate is good (keeper), a key in a TPM, which stays what it is.
 */
#pragma once

#include "core/port/entropy.h"
#include "core/port/trust.h"

#include <sys/types.h>

struct tls_pair {
    const char *folder;
    uid_t owner;
    gid_t group;
};

/* The public half of the key to come; made if there is none yet. */
MUST_USE enum status tls_pair_next(const struct tls_pair *p,
    const struct entropy *entropy, uint8_t out[P256_PUBLIC_LEN]);
/* The same for a key that is not a file and stays. REFUSED: the certificate is for another. */
MUST_USE enum status tls_pair_certify(const struct tls_pair *p,
    const uint8_t point[P256_PUBLIC_LEN], struct bytes cert_der);
/* OK too when it is in force already. REFUSED: it is for neither key. */
MUST_USE enum status tls_pair_install(const struct tls_pair *p, struct bytes cert_der);
/* At each start, before the pair is read: end what a cut of power left half done. */
MUST_USE enum status tls_pair_settle(const struct tls_pair *p);
