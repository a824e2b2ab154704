/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cloud file: whom courier may dial, as enrolment left it; a bundle whose secret is zero.
 */
#pragma once

#include "wire/enrol.h"

#include <sys/types.h>

/* AGAIN: not enrolled. REFUSED with *why: a key file that others can read. MALFORMED. */
MUST_USE enum status cloud_file_read(
    const char *path, uid_t owner, struct bundle *out, const char **why);
/* The secret is left out. */
MUST_USE enum status cloud_file_write(
    const char *path, uid_t owner, gid_t group, const struct bundle *bundle);
