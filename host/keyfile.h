/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyfile: secrets are files 0400 of their role; any other mode or owner is refused.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <sys/types.h>

/* REFUSED: not a regular file, a link, other owner, other mode than 0400, empty, or longer than
 * into.cap. AGAIN: it does not exist. The file is read once and closed. Control CTL file permissions:
 * the rule itself is keyfile_rule.c. */
MUST_USE enum status keyfile_read(
    const char *path, uid_t owner, struct room into, size_t *len, const char **why);
/* Overwritten, synced, unlinked, folder synced. OK too when there is none. Whether the medium keeps
 * the old bytes somewhere is not for a file system to say: what was sealed under them counts. */
MUST_USE enum status keyfile_erase(const char *path);
/* What is seen at `path` now, also that nothing is, no cut of power changes back: its folder is synced.
 * A write or an erasing that was BROKEN leaves that open. BROKEN: it still is. */
MUST_USE enum status keyfile_settle(const char *path);
/* Create new (never over an old one unless replace), 0400, owner, write, fsync, rename, fsync folder.
 * BROKEN: the old file is there, or the new one, whole; keyfile_settle() says which. */
MUST_USE enum status keyfile_write(
    const char *path, uid_t owner, gid_t group, struct bytes secret, bool replace);
