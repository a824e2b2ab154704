/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tally: how far a run of the device has come, kept where a killed role cannot take it along.
 *
 * A small file below run/ for measure and one for keeper, each mapped by its role, which writes,
 * and made by the supervisor. It outlives processes, not a loss of power: a run ends there.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tally {
    uint64_t run;  /* drawn by who made it: another run, other numbers */
    uint64_t next; /* number of the next reading: so many were made */
    uint64_t
        settled; /* readings below this number are sealed, or their loss is declared */
    uint64_t batches; /* sealed, by every keeper of the run; a kill may hide one */
    bool lost;        /* one of them lost a reading, or found one missing */
    bool watchdog;    /* it started the machine, and no sealed batch says so yet */
    bool flash;       /* keeper has met flash that fails, and likewise */
    uint64_t over;    /* not 0: measure takes no more samples, a recording has ended */
};

/* A new one, all zero, for `owner` alone. */
MUST_USE enum status tally_create(
    const char *path, uid_t owner, gid_t group, struct tally **out);
/* BROKEN: it is not there. Never unmapped: it is the process's for life. */
MUST_USE enum status tally_open(const char *path, struct tally **out);
