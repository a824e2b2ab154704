/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/tickets.h"

#include "cloud/store/db.h"
#include "cloud/store/events.h"
#include "core/base/hex.h"
#include "wire/ticket.h"

#include <sqlite3.h>
#include <string.h>

static bool over(const struct store *s, uint64_t until_s)
{
    return store_utc_ms(s) / 1000 >= until_s;
}

enum status ticket_send(struct store *s, struct bytes signed_ticket)
{
    struct signed_ticket t;
    char serial[2 * SERIAL_LEN + 1];

    TRY(ticket_parse(signed_ticket, &t));
    if (over(s, t.ticket.not_after_s))
        return REFUSED;
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_TICKET);
    db_bind_blob(q, 1, t.ticket.device.b, DEVICE_ID_LEN);
    db_bind_blob(q, 2, signed_ticket.at, signed_ticket.len);
    db_bind_blob(q, 3, t.ticket.serial.b, SERIAL_LEN);
    db_bind_u64(q, 4, t.ticket.not_after_s);
    TRY(db_run(q));
    if (sqlite3_changes(s->db.handle) != 1)
        return REFUSED;
    hex_of(
        BYTES_OF(t.ticket.serial.b), (struct room){(uint8_t *)serial, sizeof serial});
    return event_add(s, LOG_WARN, REASON_SERVICE_SENT, &t.ticket.device, serial);
}

void ticket_offer(const struct store *s, struct bytes signed_ticket, uint64_t until_s,
    struct answer *answer)
{
    if (signed_ticket.len == 0 || signed_ticket.len > sizeof answer->ticket
        || over(s, until_s))
        return;
    memcpy(answer->ticket, signed_ticket.at, signed_ticket.len);
    answer->ticket_len = (uint16_t)signed_ticket.len;
}

enum status ticket_used(struct store *s, uint64_t row, const uint8_t serial[SERIAL_LEN])
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_TICKET_USED);

    db_bind_u64(q, 1, row);
    db_bind_blob(q, 2, serial, SERIAL_LEN);
    return db_run(q);
}
