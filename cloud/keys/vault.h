/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vault: small records of keys' own folder, each wrapped under the KEK, each written whole.
 *
 * Promise: a record that vault_put() has returned OK for survives loss of power; before that the
 * old one or none is found. A record opens only as the kind and kid it was written for.
 *
 * Not here: the KEK's file (host/keyfile), what the records mean (cloud/keys/keys.h).
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "wire/types.h"

#include <stdbool.h>

enum vault_kind {
    VAULT_INVITE,
    VAULT_MASTER,
    VAULT_PENDING,
    VAULT_TOMBSTONE,
    VAULT_ATTESTED,
    VAULT_KINDS
};
enum { VAULT_PATH = 512, VAULT_PLAIN_MAX = 1536 };

struct vault {
    char folder[VAULT_PATH];
    const struct crypto *crypto;
    const struct entropy *entropy;
    const struct key *kek; /* the caller's, in locked memory */
};

/* Make the kinds' folders (0700) if they are missing. */
MUST_USE enum status vault_open(struct vault *v, const char *folder,
    const struct crypto *crypto, const struct entropy *entropy, const struct key *kek);
MUST_USE enum status vault_put(const struct vault *v, enum vault_kind kind,
    const struct kid *kid, struct bytes plain);
/* AGAIN: there is none. DAMAGED: it does not open. */
MUST_USE enum status vault_get(const struct vault *v, enum vault_kind kind,
    const struct kid *kid, struct room plain, size_t *len);
/* Overwritten, then unlinked; OK too when there is none. */
MUST_USE enum status vault_remove(
    const struct vault *v, enum vault_kind kind, const struct kid *kid);
/* Every record of a device, whatever its generation, as by vault_remove(). */
MUST_USE enum status vault_remove_all(
    const struct vault *v, enum vault_kind kind, const struct device_id *device);
bool vault_has(const struct vault *v, enum vault_kind kind, const struct kid *kid);
/* Every kid of a kind, at start and before confinement. FULL: more than max. */
MUST_USE enum status vault_list(const struct vault *v, enum vault_kind kind,
    struct kid *kids, size_t max, size_t *count);
