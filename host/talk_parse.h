/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talk parse: a datagram between our own processes, taken apart.
 */
#pragma once

#include "host/talk.h"

/*
 * Takes the first message off `in`. OK: version 1, a door of the table, length as said, as there
 * and within the table; the body borrows from `in`. MALFORMED: anything else; nothing is written.
 */
MUST_USE enum status talk_parse(struct bytes *in, const struct talk_door *doors,
    size_t door_count, uint16_t *door, struct bytes *body);
