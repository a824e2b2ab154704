/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pack form: the heads of the one zip archive that a pack is, for who writes and who reads it.
 */
#pragma once

#include "review/base/text.h"

enum {
    PACK_LOCAL = 30,     /* bytes before the name of a file and its content */
    PACK_ENTRY = 46,     /* bytes before the name in the directory */
    PACK_LAST = 22,      /* the end of the archive */
    PACK_MARK = 4,       /* each of these begins with a mark of its own */
    PACK_STORED = 0,     /* method */
    PACK_LOCKED = 1,     /* flag: encrypted */
    PACK_BEHIND = 8,     /* flag: sizes stand behind the content */
    PACK_UTF8 = 2048,    /* flag: the name is UTF-8; set where it is not ASCII */
    PACK_MODE = 0100644, /* of every file, as Unix has it: regular, rw-r--r-- */
};

struct pack_head {
    struct bytes name;
    uint32_t check, size, at; /* CRC-32; bytes; where its local head stands */
};

void pack_form_local(const struct pack_head *h, uint8_t out[PACK_LOCAL]);
void pack_form_entry(const struct pack_head *h, uint8_t out[PACK_ENTRY]);
void pack_form_last(
    uint32_t count, uint32_t directory_len, uint32_t at, uint8_t out[PACK_LAST]);
