/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/ending.h"

#include "host/keyfile.h"

enum status ending_begun(const struct ending_place *p, struct room receipt, size_t *len)
{
    const char *why = NULL;
    return keyfile_read(p->receipt, p->owner, receipt, len, &why);
}

enum status ending_begin(const struct ending_place *p, struct bytes receipt)
{
    return keyfile_write(p->receipt, p->owner, p->group, receipt, false);
}

static enum status erase_flash(const struct flash *f)
{
    for (uint32_t i = 0; i < f->sector_count; i++)
        TRY(f->erase(f->board, i));
    return f->sync(f->board);
}

enum status ending_erase(const struct ending_place *p)
{
    for (int i = 0; i < ENDING_FILES; i++)
        TRY(keyfile_erase(p->secrets[i]));
    return p->flash != NULL ? erase_flash(p->flash) : OK;
}
