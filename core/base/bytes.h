/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes and room: a pointer never travels without its length.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct bytes { /* read-only view, borrowed for the call */
    const uint8_t *at;
    size_t len;
};

struct room { /* writable space, lent for the call */
    uint8_t *at;
    size_t cap;
};

#define BYTES_OF(array) ((struct bytes){(array), sizeof(array)})
#define ROOM_OF(array)  ((struct room){(array), sizeof(array)})
