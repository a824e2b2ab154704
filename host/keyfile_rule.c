/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keyfile_rule.h"

bool keyfile_rule(const struct stat *st, uid_t owner, const char **why)
{
    if (!S_ISREG(st->st_mode))
        *why = "not a regular file";
    else if (st->st_uid != owner)
        *why = "owner is not the role's user";
    else if ((st->st_mode & 07777) != 0400)
        *why = "mode is not 0400";
    else
        return true;
    return false;
}
