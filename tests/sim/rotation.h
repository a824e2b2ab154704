/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rotation: the authorities of a simulated cloud from one to the next, by signed pin sets.
 *
 * The administrator has two acts, and a rule for each (docs/keys.md): publish the next set when it
 * keeps an authority of every set that a device may still have in force, and let the next authority
 * serve when it is in all of these. What a device may have is any set from the one that it last said
 * to the one published. So a device may sleep through a whole rotation, and none is locked out.
 *
 * The device's part is the product's (device/trust/pin_store.h), on files; power may go before and
 * after each write. Not here: TLS, which is reduced to whether the server's authority is an
 * anchor, what makes a certificate an authority's (device/trust/pin_store_test.c), and the
 * store's database.
 */
#pragma once

#include "device/trust/pin_store.h"

struct actor;
struct world;

enum { ROTATION_AUTHORITIES = 14, ROTATION_SETS = ROTATION_AUTHORITIES - 2 };

struct rotation { /* of the world */
    uint32_t made,
        published;    /* versions; what a restore takes back is published again */
    uint32_t kept;    /* in the backup */
    uint32_t serves;  /* number of the authority above the server's certificate */
    uint32_t told[2]; /* what each device said last to be in force */
};

struct pins_held { /* by a device */
    struct pin_store store;
    char folder[64];
    uint32_t on_trial; /* courier's: version that this connection was checked against */
    bool trial_failed; /* the last one on trial */
    uint32_t seen_to_serve; /* the owner's memory: likewise, of the newest connection */
    uint32_t confirmed;     /* flash, by its owner's memory: never goes back */
    size_t given_len;       /* of the answer just heard */
    uint8_t given[LIMIT_PIN_SET];
};

void pins_init(struct actor *a);
void pins_free(struct actor *a);
void pins_booted(struct actor *a);
/* Whether the handshake of this connection passes. */
bool pins_handshake(struct actor *a);
void pins_given(struct actor *a, struct bytes set);
/* An answer over this connection has counted; what it brought is taken after that. */
void pins_counted(struct actor *a);
/* What is handed out with an answer to this device: nothing, the published set, or a lie. */
struct bytes pins_offer(struct world *w, uint8_t device);
void pins_minute(struct world *w);
void pins_restore(struct world *w);
void pins_watch_end(struct world *w);
