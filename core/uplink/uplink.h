/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uplink: the life of courier's one connection to the cloud, as a table.
 *
 * Pure: events go in, one action comes out, and the caller performs it. No socket, clock or
 * random number is called here: time and a random word are handed in. What the table does not
 * list hangs up. There is no action that opens anything but pinned TLS. A connection on which a proof
 * was begun carries nothing before the proof is taken: refused, it is hung up.
 *
 * While it waits (UPLINK_WAITING) the caller hands a waiting envelope back unanswered: its nonce
 * would not live until the timer. A reply that never comes is a failure after LIMIT_NONCE_MS.
 *
 * Back-off: full jitter, LIMIT_BACKOFF_MIN_MS doubling to LIMIT_BACKOFF_MAX_MS; Retry-After is
 * clamped to LIMIT_RETRY_AFTER_*_S.
 */
#pragma once

#include "core/base/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum uplink_state {
    UPLINK_DOWN,
    UPLINK_WAITING,
    UPLINK_DIALING,
    UPLINK_PROVING, /* what this device is; nothing else is said meanwhile */
    UPLINK_IDLE,
    UPLINK_BUSY,
    UPLINK_STATES
};

enum uplink_event {
    UPLINK_WANT,  /* an envelope waits to be sent */
    UPLINK_TIMER, /* the time that uplink_due_ms() named has come */
    UPLINK_PROVE, /* the pinned TLS handshake has finished; what this device is comes first */
    UPLINK_SECURED, /* it has finished, and there is nothing (more) to be proved */
    UPLINK_REPLIED, /* an HTTP answer is complete */
    UPLINK_DENIED,  /* the cloud refused: 4xx, 5xx or rubbish */
    UPLINK_LOST,    /* connection refused, reset, timed out, not trusted */
    UPLINK_STOP,    /* courier must not send (configuration, keys) */
    UPLINK_EVENTS
};

enum uplink_action {
    UPLINK_NOTHING,
    UPLINK_DIAL,
    UPLINK_ATTEST,
    UPLINK_SEND,
    UPLINK_HANG_UP
};

struct uplink {
    enum uplink_state state;
    bool want;
    uint32_t failures; /* in a row */
    uint64_t due_ms;   /* of the timer; 0: none */
};

void uplink_init(struct uplink *u);
/* retry_after_s: 0 unless the event carries one; random: any 32 unpredictable bits. */
enum uplink_action uplink_step(struct uplink *u, enum uplink_event ev, uint64_t now_ms,
    uint32_t retry_after_s, uint32_t random);
uint64_t uplink_due_ms(const struct uplink *u); /* 0: no timer wanted */
