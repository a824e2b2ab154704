/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: seeded valid messages, often at an edge of a range, and ways to spoil one in one place.
 *
 * The same seed makes the same bytes. Not here: whether a spoiled message is valid after all;
 * that is the question that parsers and oracles answer.
 */
#pragma once

#include "wire/envelope.h"
#include "wire/message.h"
#include "wire/release.h"
#include "wire/service_log.h"
#include "wire/ticket.h"

enum message_kind {
    MESSAGE_BATCH,
    MESSAGE_ANSWER,
    MESSAGE_UP,
    MESSAGE_DOWN,
    MESSAGE_TICKET,
    MESSAGE_LOG,
    MESSAGE_RELEASE,
    MESSAGE_KINDS
};
enum { MESSAGE_MAX = LIMIT_ENVELOPE + 64 }; /* room that spoiling may need */

struct dice {
    uint64_t state; /* not 0 */
};

uint64_t roll(struct dice *d, uint64_t n); /* 0..n-1 */
const char *message_kind_name(enum message_kind kind);
/* The struct is whole: no byte of it is left as it was. */
void any_batch(struct dice *d, struct batch *out);
void any_answer(struct dice *d, struct answer *out);
void any_ticket(struct dice *d, struct ticket *out);
void any_log(struct dice *d, struct service_log *out);
void any_release(struct dice *d, struct release *out);
/* The bytes of a valid message; of a ticket or release, signed by nobody. */
size_t any_message(struct dice *d, enum message_kind kind, struct room out);
/* Change one thing: a value, a head, an order, a length, a bit. Returns the new length. */
size_t spoil(struct dice *d, struct room message, size_t len);
/* What our parser says. */
bool message_accepted(enum message_kind kind, struct bytes in);
