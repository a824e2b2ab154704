/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken stands in its ranges, and there is no other byte string for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signed_ticket t, before;
    uint8_t payload[TICKET_PAYLOAD_MAX], again[LIMIT_TICKET];

    memset(&t, 0x5a, sizeof t);
    memcpy(&before, &t, sizeof t);
    if (ticket_parse((struct bytes){data, size}, &t) != OK) {
        if (memcmp(&t, &before, sizeof t) != 0)
            abort();
        return 0;
    }
    if (!ticket_rules_hold(&t.ticket))
        abort();
    struct bytes built = ticket_build(ticket_payload_build(&t.ticket, ROOM_OF(payload)),
        &t.signature, ROOM_OF(again));
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    return 0;
}
