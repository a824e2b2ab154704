/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Station: one device's keeper on simulated flash, clock and entropy, and the store's keys to it.
 *
 * A flash call may fail and the program go on (station_fail_at): as a file behaves, with everything
 * BROKEN until the next start (`poisons`), or as raw flash does, whose next call works again.
 *
 * The crypto is real. A loss of power takes both flashes at once; station_boot() starts anew on
 * what is left. What is told while power is gone is not heard by anyone.
 */
#pragma once

#include "core/outbox/outbox.h"
#include "tests/support/flash_sim.h"

struct station {
    uint64_t mono_ms; /* advance by hand */
    uint64_t real_ms;
    uint64_t utc_base_ms; /* the store's UTC is this plus real_ms */
    uint64_t run;         /* of the device; 0: readings are not numbered */
    uint64_t entropy_state;
    bool entropy_broken;
    bool off; /* power is gone */
    long held_back[2];
    bool opened; /* the newest start got as far as the outbox */
    bool poisons,
        poisoned; /* one failed call spoils both flashes until they are opened anew */

    struct flash_sim flash, kept;
    struct flash flash_port, kept_port;
    struct journal journal;
    struct slots slots;
    struct clock_port clock;
    struct entropy entropy;
    const struct crypto *crypto;

    struct kid kid;
    struct key k_up, k_down;
    struct x25519_private store_private;
    struct x25519_public store_public;

    struct outbox_ear ear; /* set before station_boot() */
    struct outbox outbox;
};

/* One for the whole program; NULL: the library failed. */
const struct crypto *station_crypto(void);

void station_init(struct station *st, uint32_t sectors, uint8_t device, uint64_t seed);
MUST_USE enum status station_boot(struct station *st);
/* Cut power in the n-th flash call from now (0: the next one), of whichever flash. */
void station_cut_at(struct station *st, long n);
/* The n-th call of these kinds (flash_sim.h) of one of the flashes fails, and `run` of them in all. */
void station_fail_at(struct station *st, bool kept, long n, long run, unsigned kinds);
/* Calls that have failed so. */
long station_failed(const struct station *st);
/* While somebody else looks at the flash, none fails. */
void station_hold_faults(struct station *st, bool held);
/* As station_boot() begins: both are opened anew. */
void station_reopen(struct station *st);
/* Power is lost (now, if no cut came); what was pending is in a random state. */
void station_power_cycle(struct station *st, uint64_t seed);

/* A reading of now: its values vary with k. */
struct reading station_reading(const struct station *st, uint32_t k);

/* What store does: open an envelope. REFUSED or MALFORMED as it would say. */
MUST_USE enum status station_open(const struct station *st, struct bytes envelope,
    struct batch *batch, struct outbox_sent *sent);
/* The answer that store would give, without configuration. */
struct answer station_answer(const struct station *st, const struct nonce *nonce,
    const struct outbox_sent *sent, enum outcome outcome);
MUST_USE enum status station_seal(
    struct station *st, const struct answer *answer, struct room out, size_t *len);
