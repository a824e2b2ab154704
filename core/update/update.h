/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Update: the machine, its record and the ports that its smaller actions need, joined.
 *
 * Promise: the state is on flash before anything is done about it, so after a loss of power at
 * any instant the device runs a whole release: the one before, or one that was read back. The
 * counter is raised only when a release has shown itself healthy and is what starts from then
 * on. A release that came to nothing LIMIT_UPDATE_TRIES times is not tried again. No restart is
 * asked for while anybody is being measured.
 *
 * What it leaves to its caller is UPDATE_DO_CHECK and UPDATE_DO_WRITE (install.h): they take long
 * and need the bundle. update_want() says what is wanted now; update_done() how it went.
 *
 * Pure: slots, boot loader, counter and cryptography are ports, time is handed in.
 */
#pragma once

#include "core/journal/slots.h"
#include "core/port/boot.h"
#include "core/port/counter.h"
#include "core/port/crypto.h"
#include "core/update/health.h"
#include "core/update/judge.h"
#include "core/update/update_limits.h"

struct update_ports {
    struct slots *slots; /* open */
    const struct boot *boot;
    const struct counter *counter;
    const struct crypto *crypto;
    struct ed25519_public second; /* of the key that signs statements */
};

struct update_ear { /* everything that is an event: enum event_code */
    void *ctx;
    /* bundle: of the release that it is about; NULL: none that is known */
    void (*tell)(void *ctx, uint8_t event, const struct digest *bundle);
};

struct update { /* fields belong to update.c */
    struct update_ports ports;
    struct update_self self;
    struct update_ear ear;
    struct update_record record;
    uint8_t last[UPDATE_RECORD_LEN]; /* as it is on flash, if `kept` */
    bool kept;
    enum update_action want;
    unsigned signs;
    uint64_t started_ms;
    bool restarting; /* asked for: nothing more is done in this start */
    bool broken;     /* the record cannot be kept: nothing more is done in this start */
};

/*
 * The start: what the record says of it. A record that does not read is taken for none, and the
 * slot that runs for the active one: DAMAGED then, everything else works. BROKEN: no update in
 * this start.
 */
MUST_USE enum status update_open(struct update *u, const struct update_ports *ports,
    const struct update_self *self, struct update_ear ear, uint64_t now_ms);
/*
 * A statement, from anywhere. OK: it is under way. AGAIN: another release is, or this very one.
 * REFUSED, MALFORMED: told, with the reason. BROKEN: flash.
 */
MUST_USE enum status update_offer(
    struct update *u, struct bytes statement, bool by_hand);
/* The cloud stopped it. Only what the cloud offered, and what has not started yet, is stopped. */
void update_withdraw(struct update *u);
/* UPDATE_DO_CHECK, UPDATE_DO_WRITE, or UPDATE_DO_NOTHING. */
enum update_action update_want(const struct update *u);
/* how: 0: done; else enum event_code: why it cannot be. */
void update_done(struct update *u, uint8_t how);
void update_sign_seen(struct update *u, enum update_sign sign);
/* From time to time. quiet: no finger and no alarm for UPDATE_QUIET_MS. */
void update_tick(struct update *u, uint64_t now_ms, bool quiet);
