/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/store.h"

static enum status open_parts(struct store *s)
{
    const struct flash *whole = &s->file.port;

    if (whole->sector_count <= STORE_SLOT_SECTORS)
        return DAMAGED;
    flash_part_init(&s->slots_part, whole, 0, STORE_SLOT_SECTORS);
    flash_part_init(&s->journal_part, whole, STORE_SLOT_SECTORS,
        whole->sector_count - STORE_SLOT_SECTORS);
    TRY(slots_open(&s->slots, &s->slots_part.port, 0));
    return journal_open(&s->journal, &s->journal_part.port);
}

static enum status open_or_close(struct store *s)
{
    enum status st = open_parts(s);
    if (st != OK)
        flash_file_close(&s->file);
    return st;
}

enum status store_open(struct store *s, const char *path, uint32_t size)
{
    TRY(flash_file_open(&s->file, path, size));
    return open_or_close(s);
}

enum status store_open_to_read(struct store *s, const char *path)
{
    TRY(flash_file_open_to_read(&s->file, path));
    return open_or_close(s);
}

void store_close(struct store *s)
{
    flash_file_close(&s->file);
}
