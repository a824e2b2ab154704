/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/ending.h"

#include "host/keyfile.h"

enum status ending_begun(const struct ending_place *p, struct room receipt, size_t *len)
{
    const char *why = NULL;
    enum status s = keyfile_read(p->receipt, p->owner, receipt, len, &why);

    if ((s == OK || s == AGAIN) && keyfile_settle(p->receipt) != OK)
        return BROKEN;
    return s;
}

enum status ending_begin(const struct ending_place *p, struct bytes receipt)
{
    return keyfile_write(p->receipt, p->owner, p->group, receipt, false);
}

static enum status worse(enum status a, enum status b)
{
    return a == OK ? b : a;
}

static enum status erase_flash(const struct flash *f)
{
    enum status s = OK;

    for (uint32_t i = 0; i < f->sector_count; i++)
        s = worse(s, f->erase(f->board, i));
    return worse(s, f->sync(f->board));
}

enum status ending_erase(const struct ending_place *p)
{
    enum status s = OK;

    for (int i = 0; i < ENDING_FILES; i++)
        s = worse(s, keyfile_erase(p->secrets[i]));
    return worse(s, p->flash != NULL ? erase_flash(p->flash) : OK);
}
