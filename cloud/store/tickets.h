/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets: a service ticket on its way to the device that it names, one at a time for each.
 *
 * It rides in every answer to that device until a log under it has come, its time is over, or
 * another one takes its place: so a device that was off, or whose answer was lost, still gets it.
 * The cloud's word opens nothing: the device verifies the ticket and asks who stands before it
 * (core/service).
 *
 * Not here: who signs tickets (off line), the logs themselves (ingest).
 */
#pragma once

#include "cloud/store/store.h"
#include "wire/types.h"

/* MALFORMED: no ticket. REFUSED: its device is none that may send, or its time is over. */
MUST_USE enum status ticket_send(struct store *s, struct bytes signed_ticket);
/* What the row of a device holds (columns as DB_DEVICE gives them) into the answer, if it is still good. */
void ticket_offer(const struct store *s, struct bytes signed_ticket, uint64_t until_s,
    struct answer *answer);
/* A log under this ticket has come: it need not travel any more. */
MUST_USE enum status ticket_used(
    struct store *s, uint64_t row, const uint8_t serial[SERIAL_LEN]);
