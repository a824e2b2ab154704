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
 * When flash, boot loader or counter says no, that is told once and nothing more is done; the device
 * goes on with the release that runs. It is tried again after UPDATE_FAULT_MS, then twice that, and so
 * on to UPDATE_FAULT_MAX_MS: flash is opened anew, read, and gets the record that it does not have,
 * before anything is done about it. A fault asks for no restart, and counts no boot and no try twice.
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
    void *flash;
    /* The slots, and a counter that lies on the same flash: from what flash holds, after a fault. */
    enum status (*open_anew)(void *flash);
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

struct update_move { /* one step of the machine */
    enum update_state from;
    enum update_action act;
    uint8_t why;
};

struct update { /* fields belong to update.c */
    struct update_ports ports;
    struct update_self self;
    struct update_ear ear;
    struct update_record record;     /* on flash: what counts */
    struct update_record next;       /* the same, but for a step that is owed */
    uint8_t last[UPDATE_RECORD_LEN]; /* as it is on flash, if `kept` */
    bool kept, loaded, begun;
    enum update_action want;
    struct update_move move; /* the last one */
    bool owed;               /* it is not on flash, and nothing is done for it yet */
    unsigned signs;
    uint64_t started_ms, now_ms;
    bool restarting; /* asked for: nothing more is done in this start */
    bool broken;     /* nothing is done before due_ms */
    uint8_t fault;   /* enum event_code: that was told, and is not over; 0: none */
    uint64_t due_ms, rest_ms;
};

/*
 * The start: what the record says of it. A record that does not read is taken for none, and the
 * slot that runs for the active one: DAMAGED then, everything else works. BROKEN: flash cannot be
 * read: told, and tried again.
 */
MUST_USE enum status update_open(struct update *u, const struct update_ports *ports,
    const struct update_self *self, struct update_ear ear, uint64_t now_ms);
/*
 * A statement, from anywhere. OK: it is under way. AGAIN: another release is, or this very one.
 * REFUSED, MALFORMED: told, with the reason. BROKEN: not looked at, because of a fault (`broken`).
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
