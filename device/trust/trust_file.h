/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust file: the software back end of the trust port; keys are files 0400 of their role.
 *
 * courier's folder holds tls.key (P-256, DER); keeper's holds wrap.key (32 bytes), under which
 * the long-term secret is sealed with AES-256-GCM. Who is root on the device has both: that is
 * what `trust: software` says wherever a person looks.
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "core/port/trust.h"
#include "device/trust/trust_part.h"

#include <openssl/evp.h>
#include <sys/types.h>

struct trust_file {
    struct trust port;
    const struct crypto *crypto;
    const struct entropy *entropy;
    EVP_PKEY *tls;   /* TRUST_TLS */
    struct key wrap; /* TRUST_WRAP */
};

/* Make a new key file in `folder` if there is none. OK: no cut of power takes it back. */
MUST_USE enum status trust_file_create(enum trust_part part, const char *folder,
    uid_t owner, gid_t group, const struct entropy *entropy);
/* REFUSED or AGAIN with *why as keyfile_read says it. crypto and entropy: TRUST_WRAP only. */
MUST_USE enum status trust_file_open(struct trust_file *t, enum trust_part part,
    const char *folder, uid_t owner, const struct crypto *crypto,
    const struct entropy *entropy, const char **why);
void trust_file_close(struct trust_file *t);
