/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit_parse: what a reading child wrote, as units. The child may have been taken by the
 * document that it read: every length is checked, nothing it says is used as a number of ours.
 *
 * The written form, little-endian: a stream of
 *   'U' kind u8, level u8, line u32, page u32, text length u32, text, field count u16,
 *       fields { line u32, name length u16, value length u32, name, value },
 *       wrap count u32, wraps { at u32, line u32 }
 *   'N' kind u8, line u32, page u32, detail length u16, detail
 *   'F' format u8
 *   'E' end: a stream without it was cut off
 */
#pragma once

#include "core/base/status.h"
#include "review/read/unit.h"

struct gather { /* a corpus that grows document by document */
    struct list units, fields, notes, wraps;
};
#define GATHER                                                    \
    ((struct gather){LIST_OF(struct unit), LIST_OF(struct field), \
        LIST_OF(struct note), LIST_OF(struct wrap)})
void gather_free(struct gather *g);

/*
 * Add what `written` holds to the corpus; texts are borrowed from it. MALFORMED: what stood
 * before the fault was added, the caller adds a note. *format is changed only by an 'F'.
 */
MUST_USE enum status units_parse(
    struct bytes written, uint32_t doc, uint8_t *format, struct gather *into);
