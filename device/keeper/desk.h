/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Desk: where a service ticket is shown to keeper, and what the device gives while one is good.
 *
 * Joins the rules (core/service), the person (presence_code, presence_button), what may be said
 * (service_say) and the way out (core/outbox). A ticket that came by the cloud waits here until
 * somebody at the device asks for it: until then nothing of it is shown, judged or told. Keeps the last lines of keeper's log in memory, so that a ticket
 * shows what went before it. Gives at most LIMIT_SERVICE_LOGS logs a ticket: one at once, one
 * when the roles have tried the forbidden acts on themselves, then one every five minutes.
 *
 * Not here: sockets and the screen (keeper.c). Nothing here can keep a reading from being taken.
 */
#pragma once

#include "core/outbox/outbox.h"
#include "core/service/service.h"
#include "device/keeper/presence_button.h"
#include "device/keeper/presence_code.h"
#include "host/log.h"

enum { DESK_LINES = 128 };

struct desk { /* must stay where it is */
    struct service service;
    struct presence_code code;
    struct presence_button button;
    bool has_button; /* of the board: it is asked for, not the code */
    uint8_t carried
        [LIMIT_TICKET]; /* the ticket that came with an answer, verified by nobody yet */
    size_t carried_len;    /* 0: none has come */
    struct outbox *outbox; /* NULL: nothing can be sealed, no ticket is good */
    const struct clock_port *clock;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct log *log;

    struct log_line lines[DESK_LINES]; /* ring */
    uint32_t line_first, line_count;
    uint64_t lines_dropped;
    uint8_t part;    /* next log of this ticket */
    uint64_t due_ms; /* when, not sped up */
    uint64_t journal_damaged;
    uint32_t notes, link;       /* what keeper knows besides; for figures */
    struct service_log scratch; /* the log that is made */
};

void desk_init(struct desk *d, struct log *log, const struct clock_port *clock);
/* Once keeper can seal. The key of zeros: no ticket is good. */
void desk_open(struct desk *d, struct outbox *outbox, const struct crypto *crypto,
    const struct entropy *entropy, const struct ed25519_public *key,
    const struct device_id *device);
/* A line of the log, as it is written. */
void desk_hear(void *desk, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count);
/* What the last answer that counted brought: it waits, and what waited before is gone. Empty: none. */
void desk_carry(struct desk *d, struct bytes signed_ticket);
/* The board's button: it begins what waits, or says yes to what is asked. */
void desk_press(struct desk *d);
/* What came of it: SERVICE_ASKED (for the code), SERVICE_PRESS (for the button), or why not. It is
 * logged, and an event. Empty: the one that waits. */
enum reason desk_offer(struct desk *d, struct bytes signed_ticket);
/* Somebody says the code: SERVICE_BEGUN, SERVICE_ASKED (wrong, once more), or why not. */
enum reason desk_answer(struct desk *d, uint32_t code);
/* Often. True: a ticket has just come into force. */
bool desk_tick(struct desk *d);
