/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uplink/uplink.h"

#include <assert.h>
#include <stddef.h>

/* What to do with the timer and the count of failures when a row is taken. */
enum pace {
    KEEP,     /* leave both */
    REST,     /* no timer, no failures: it works */
    QUIET,    /* no timer */
    GIVE_10S, /* for the handshake */
    GIVE_60S, /* for the answer: its nonce lives no longer */
};

/* clang-format off */
static const struct row {
    enum uplink_state when;
    enum uplink_event on;
    bool wanted; /* the row is for u->want being this */
    enum uplink_state next;
    enum uplink_action act;
    enum pace pace;
} rows[] = {
    {UPLINK_DOWN,    UPLINK_WANT,    true,  UPLINK_DIALING, UPLINK_DIAL,    GIVE_10S},
    {UPLINK_DOWN,    UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
    {UPLINK_WAITING, UPLINK_WANT,    true,  UPLINK_WAITING, UPLINK_NOTHING, KEEP    },
    {UPLINK_WAITING, UPLINK_TIMER,   true,  UPLINK_DIALING, UPLINK_DIAL,    GIVE_10S},
    {UPLINK_WAITING, UPLINK_TIMER,   false, UPLINK_DOWN,    UPLINK_NOTHING, QUIET   },
    {UPLINK_WAITING, UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
    {UPLINK_DIALING, UPLINK_WANT,    true,  UPLINK_DIALING, UPLINK_NOTHING, KEEP    },
    {UPLINK_DIALING, UPLINK_SECURED, true,  UPLINK_BUSY,    UPLINK_SEND,    GIVE_60S},
    {UPLINK_DIALING, UPLINK_SECURED, false, UPLINK_IDLE,    UPLINK_NOTHING, QUIET   },
    {UPLINK_DIALING, UPLINK_PROVE,   true,  UPLINK_PROVING, UPLINK_ATTEST,  GIVE_60S},
    {UPLINK_DIALING, UPLINK_PROVE,   false, UPLINK_PROVING, UPLINK_ATTEST,  GIVE_60S},
    {UPLINK_DIALING, UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
    {UPLINK_PROVING, UPLINK_WANT,    true,  UPLINK_PROVING, UPLINK_NOTHING, KEEP    },
    {UPLINK_PROVING, UPLINK_SECURED, true,  UPLINK_BUSY,    UPLINK_SEND,    GIVE_60S},
    {UPLINK_PROVING, UPLINK_SECURED, false, UPLINK_IDLE,    UPLINK_NOTHING, QUIET   },
    {UPLINK_PROVING, UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
    {UPLINK_IDLE,    UPLINK_WANT,    true,  UPLINK_BUSY,    UPLINK_SEND,    GIVE_60S},
    {UPLINK_IDLE,    UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
    {UPLINK_BUSY,    UPLINK_WANT,    true,  UPLINK_BUSY,    UPLINK_NOTHING, KEEP    },
    {UPLINK_BUSY,    UPLINK_REPLIED, false, UPLINK_IDLE,    UPLINK_NOTHING, REST    },
    {UPLINK_BUSY,    UPLINK_STOP,    false, UPLINK_DOWN,    UPLINK_HANG_UP, QUIET   },
};
/* clang-format on */

static uint64_t jitter_ms(uint32_t failures, uint32_t random)
{
    uint64_t ceiling = LIMIT_BACKOFF_MIN_MS;
    for (uint32_t i = 1; i < failures && ceiling < LIMIT_BACKOFF_MAX_MS; i++)
        ceiling *= 2;
    if (ceiling > LIMIT_BACKOFF_MAX_MS)
        ceiling = LIMIT_BACKOFF_MAX_MS;
    return random * (ceiling + 1) >> 32;
}

static uint64_t asked_ms(uint32_t retry_after_s)
{
    if (retry_after_s == 0)
        return 0;
    if (retry_after_s < LIMIT_RETRY_AFTER_MIN_S)
        return LIMIT_RETRY_AFTER_MIN_S * 1000u;
    if (retry_after_s > LIMIT_RETRY_AFTER_MAX_S)
        return LIMIT_RETRY_AFTER_MAX_S * 1000u;
    return retry_after_s * UINT64_C(1000);
}

/* Never before what the cloud asked for, and never all devices at the same moment. */
static void back_off(
    struct uplink *u, uint64_t now_ms, uint32_t retry_after_s, uint32_t random)
{
    if (u->failures < UINT32_MAX)
        u->failures++;
    u->due_ms = now_ms + 1 + asked_ms(retry_after_s) + jitter_ms(u->failures, random);
}

static void keep_pace(struct uplink *u, enum pace pace, uint64_t now_ms)
{
    switch (pace) {
    case KEEP: break;
    case REST:
        u->failures = 0;
        u->due_ms = 0;
        break;
    case QUIET: u->due_ms = 0; break;
    case GIVE_10S: u->due_ms = now_ms + LIMIT_HANDSHAKE_MS; break;
    case GIVE_60S: u->due_ms = now_ms + LIMIT_NONCE_MS; break;
    }
}

void uplink_init(struct uplink *u)
{
    *u = (struct uplink){.state = UPLINK_DOWN};
}

enum uplink_action uplink_step(struct uplink *u, enum uplink_event ev, uint64_t now_ms,
    uint32_t retry_after_s, uint32_t random)
{
    assert(u->state < UPLINK_STATES && ev < UPLINK_EVENTS);

    if (ev == UPLINK_TIMER && now_ms < u->due_ms)
        return UPLINK_NOTHING; /* early: the caller asks uplink_due_ms() again */
    if (ev == UPLINK_WANT)
        u->want = true;
    if (ev == UPLINK_REPLIED || ev == UPLINK_STOP)
        u->want = false;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        if (r->when == u->state && r->on == ev && r->wanted == u->want) {
            u->state = r->next;
            keep_pace(u, r->pace, now_ms);
            return r->act;
        }
    }
    /* A failure, or not in the protocol: hang up and come back later. */
    u->state = UPLINK_WAITING;
    back_off(u, now_ms, retry_after_s, random);
    return UPLINK_HANG_UP;
}

uint64_t uplink_due_ms(const struct uplink *u)
{
    return u->due_ms;
}
