/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handed: a message between two processes of ours, with a descriptor that goes along with it.
 *
 * For sockets that keep messages apart (SOCK_SEQPACKET, SOCK_DGRAM). Who takes a descriptor has still to
 * look at what it is.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

/* fd: -1: none goes along; else it stays the caller's to close. false: the message did not go out. */
bool handed_out(int talk, struct bytes message, int fd);
/* Waits for a message of exactly in.cap bytes. *fd: the caller's to close; -1: none came along, also
 * where false is returned: no such message came. */
bool handed_in(int talk, struct room in, int *fd);
