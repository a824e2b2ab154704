/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service: whether a ticket lets somebody look into this device, and until when.
 *
 * Promise: a ticket is in force only if it was signed by the pinned key for this device, is good
 * for 8 h at most, is within its time by a clock that the cloud's sealed answers have set, was
 * never used here before, and a person at the device has answered. That it was used is on stable
 * storage before it is in force. It ends by the clock, and by monotonic time if the clock should
 * be set back; a new start of the device ends it too. One at a time.
 *
 * Pure. Not here: what a person is asked (core/port/presence), what is given away meanwhile
 * (device/keeper/service_say), how it travels (core/outbox).
 */
#pragma once

#include "core/base/reason.h"
#include "core/port/crypto.h"
#include "core/port/presence.h"
#include "wire/ticket.h"

struct service_memory { /* of used tickets; survives loss of power */
    void *ctx;
    bool (*fresh)(void *ctx, const struct ticket *ticket);      /* never used here */
    enum status (*use)(void *ctx, const struct ticket *ticket); /* OK: on flash */
};

struct service_now {
    bool has_utc;
    uint64_t utc_ms, mono_ms; /* utc_ms: zero unless has_utc; neither is sped up */
};

enum service_state { SERVICE_CLOSED, SERVICE_ASKING, SERVICE_OPEN };

struct service { /* fields belong to service.c; reading them is fine */
    const struct crypto *crypto;
    const struct presence *presence;
    struct service_memory memory;
    struct ed25519_public key;
    struct device_id device;
    enum service_state state;
    struct ticket ticket;  /* unless CLOSED */
    uint64_t ends_mono_ms; /* OPEN */
};

void service_init(struct service *s, const struct crypto *crypto,
    const struct presence *presence, struct service_memory memory,
    const struct ed25519_public *key, const struct device_id *device);
/* SERVICE_ASKED: a person is asked now. Anything else says why it is refused. */
enum reason service_offer(
    struct service *s, struct bytes signed_ticket, const struct service_now *now);
/* From time to time. True: *what is SERVICE_BEGUN, SERVICE_ENDED, or why it does not begin. */
bool service_step(struct service *s, const struct service_now *now, enum reason *what);
