/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hear: one message from another role of the device, and whether its connection stays.
 *
 * Not here: what a message does, how a connection is made or dropped.
 */
#pragma once

#include "device/talk/messages.h"
#include "host/log.h"

#include <stdbool.h>

/* As talk_recv(), with the table of what `who` may hear. */
MUST_USE enum status hear_one(
    int fd, enum hearer who, struct room into, uint16_t *what, struct bytes *body);
/* s: of hear_one(), or of taking what it gave. True: hang up. What was malformed is logged, once. */
bool hear_ends(enum status s, struct log *log, const char *from);
