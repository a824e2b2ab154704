/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/flash_part.h"

#include <assert.h>

static uint32_t whole_at(const struct flash_part *p, uint32_t at, size_t len)
{
    uint32_t end = p->port.sector_count * p->port.sector_len;

    assert(at <= end && len <= end - at);
    return p->first * p->port.sector_len + at;
}

static enum status part_read(void *board, uint32_t at, struct room into)
{
    const struct flash_part *p = board;
    return p->whole->read(p->whole->board, whole_at(p, at, into.cap), into);
}

static enum status part_program(void *board, uint32_t at, struct bytes from)
{
    const struct flash_part *p = board;
    return p->whole->program(p->whole->board, whole_at(p, at, from.len), from);
}

static enum status part_erase(void *board, uint32_t sector)
{
    const struct flash_part *p = board;

    assert(sector < p->port.sector_count);
    return p->whole->erase(p->whole->board, p->first + sector);
}

static enum status part_sync(void *board)
{
    const struct flash_part *p = board;
    return p->whole->sync(p->whole->board);
}

void flash_part_init(
    struct flash_part *p, const struct flash *whole, uint32_t first, uint32_t count)
{
    assert(count > 0 && first < whole->sector_count
        && count <= whole->sector_count - first);
    *p = (struct flash_part){.whole = whole, .first = first};
    p->port = (struct flash){.board = p,
        .sector_len = whole->sector_len,
        .unit_len = whole->unit_len,
        .sector_count = count,
        .read = part_read,
        .program = part_program,
        .erase = part_erase,
        .sync = part_sync};
}
