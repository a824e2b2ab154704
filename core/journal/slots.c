/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/slots.h"

#include "core/journal/crc32c.h"
#include "core/journal/slots_parse.h"

#include <assert.h>
#include <string.h>

enum { UNIT = 16 };

static uint32_t sector_of(const struct slots *s, uint64_t version)
{
    return s->first_sector + (uint32_t)(version & 1);
}

/* AGAIN: does not check. */
static enum status load(const struct slots *s, uint32_t sector, struct slot_head *h,
    uint8_t content[SLOTS_MAX])
{
    const struct flash *f = s->flash;
    uint8_t head[SLOT_HEAD];

    TRY(f->read(f->board, sector * f->sector_len, ROOM_OF(head)));
    if (slot_head_parse(BYTES_OF(head), h) != OK || sector_of(s, h->version) != sector)
        return AGAIN;
    TRY(f->read(
        f->board, sector * f->sector_len + SLOT_HEAD, (struct room){content, h->len}));
    return crc32c(0, (struct bytes){content, h->len}) == h->body_check ? OK : AGAIN;
}

/* Reads as erased where a slot would be. */
static enum status look_blank(const struct slots *s, uint32_t sector, bool *blank)
{
    const struct flash *f = s->flash;
    uint8_t buf[SLOT_HEAD + SLOTS_MAX];

    TRY(f->read(f->board, sector * f->sector_len, ROOM_OF(buf)));
    *blank = true;
    for (size_t i = 0; i < sizeof buf; i++)
        *blank = *blank && buf[i] == 0xff;
    return OK;
}

/* Erased for good before it is programmed, whole and for good before it is believed. */
static enum status store(
    const struct slots *s, const struct slot_head *h, struct bytes content)
{
    const struct flash *f = s->flash;
    uint32_t sector = sector_of(s, h->version);
    uint8_t buf[SLOT_HEAD + SLOTS_MAX];
    size_t len = (SLOT_HEAD + content.len + UNIT - 1) / UNIT * UNIT;

    memset(buf, 0xff, sizeof buf);
    slot_head_build(h, buf);
    if (content.len > 0)
        memcpy(buf + SLOT_HEAD, content.at, content.len);
    TRY(f->erase(f->board, sector));
    TRY(f->sync(f->board));
    TRY(f->program(f->board, sector * f->sector_len, (struct bytes){buf, len}));
    return f->sync(f->board);
}

static enum status find_newest(struct slots *s)
{
    uint8_t content[SLOTS_MAX];
    struct slot_head h;
    bool blank[2];

    for (uint32_t i = 0; i < 2; i++) {
        enum status got = load(s, s->first_sector + i, &h, content);
        if (got == BROKEN)
            return got;
        if (got == OK && h.version > s->version)
            s->version = h.version;
        TRY(look_blank(s, s->first_sector + i, &blank[i]));
    }
    s->damaged = s->version == 0 && !blank[0] && !blank[1];
    return OK;
}

enum status slots_open(
    struct slots *s, const struct flash *flash, uint32_t first_sector)
{
    assert(first_sector + 1 < flash->sector_count && UNIT % flash->unit_len == 0);
    assert(flash->sector_len >= SLOT_HEAD + SLOTS_MAX);
    *s = (struct slots){.flash = flash, .first_sector = first_sector, .broken = true};
    /* What an earlier run left unsynced must not be shown now and be gone tomorrow. */
    TRY(flash->sync(flash->board));
    TRY(find_newest(s));
    s->broken = false;
    return OK;
}

enum status slots_read(const struct slots *s, struct room into, size_t *len)
{
    uint8_t content[SLOTS_MAX];
    struct slot_head h;

    if (s->broken)
        return BROKEN;
    if (s->version == 0)
        return s->damaged ? DAMAGED : AGAIN;
    enum status got = load(s, sector_of(s, s->version), &h, content);
    if (got != OK || h.version != s->version)
        return got == BROKEN ? BROKEN : DAMAGED;
    if (h.len > into.cap)
        return FULL;
    if (h.len > 0)
        memcpy(into.at, content, h.len);
    *len = h.len;
    return OK;
}

enum status slots_write(struct slots *s, struct bytes content)
{
    struct slot_head h = {
        .len = (uint32_t)content.len, .body_check = crc32c(0, content)};

    assert(content.len <= SLOTS_MAX);
    if (s->broken || s->version + 2 > SLOT_VERSION_MAX)
        return BROKEN;
    /* The first content goes to both sectors, so that from then on rot of one sector never
     * reads as "nothing was ever written". */
    int copies = s->version == 0 ? 2 : 1;
    s->broken = true;
    for (int i = 0; i < copies; i++) {
        h.version = s->version + 1;
        TRY(store(s, &h, content));
        s->version = h.version;
    }
    s->broken = false;
    s->damaged = false;
    return OK;
}
