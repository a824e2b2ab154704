/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pin store: which authorities count as the cloud: the set in force, and one on trial.
 *
 * The first set, version 0, are the two authorities of the bundle. A signed set that is later,
 * and keeps at least one authority, goes on trial (`pins.next`); it takes the place of the one in
 * force only by pin_store_confirm(), after a sealed exchange under it. The files hold signed sets
 * and are verified again at each start.
 *
 * Promise: whenever power goes, there is a whole set in force, the old one or the confirmed one.
 *
 * Not here: connections and what counts as an exchange (device/net/courier).
 */
#pragma once

#include "device/trust/pin_rule.h"
#include "wire/enrol.h"

#include <sys/types.h>

struct pin_view { /* what a connection is checked against */
    uint32_t version;
    uint8_t count;
    struct pin pins[PINS_MOST];
};

struct pin_store { /* fields belong to pin_store.c */
    const char *folder;
    uid_t owner;
    gid_t group;
    const struct crypto *crypto;
    struct ed25519_public key;
    struct pin_view in_force, trial; /* trial.version 0: none */
    bool
        moved; /* the file of the set on trial is in its place, but its folder was not synced */
    bool refuses;
    struct digest refused; /* of the bytes refused last, while what is in force stays */
};

/* DAMAGED: the file of a set is there and not good; then the bundle's authorities are in force,
 * which are what the device was given. BROKEN: which set is in force, and stays so when power goes, is
 * not known: nothing may be dialled. */
MUST_USE enum status pin_store_open(struct pin_store *p, const struct bundle *bundle);
/* AGAIN: it is in force, on trial or refused already. MALFORMED, REFUSED: *why. BROKEN: not kept,
 * and none is on trial: which one the file holds is not known. */
MUST_USE enum status pin_store_take(
    struct pin_store *p, struct bytes signed_set, const char **why);
/*
 * A sealed exchange went over a connection that was checked against the set on trial of that version.
 * REFUSED: it is not on trial, or no longer: another one has taken its place meanwhile. BROKEN: the
 * one before stays in force; it is tried again with the next answer.
 */
MUST_USE enum status pin_store_confirm(struct pin_store *p, uint32_t version);
