/* SPDX-License-Identifier: Apache-2.0 */
/* The role's end of descriptor 3. */
#include "host/supervise.h"
#include "host/supervise_parse.h"

#include <unistd.h>

enum status role_ready(const struct role_ready *ready)
{
    uint8_t said[SAID_READY_LEN];

    role_ready_build(ready, said);
    return write(SUPERVISE_FD, said, sizeof said) == (ssize_t)sizeof said ? OK : BROKEN;
}

void role_beat(void)
{
    /* Full or gone: the supervisor decides what a missing beat means. */
    ssize_t n = write(SUPERVISE_FD, "B", 1);
    (void)n;
}
