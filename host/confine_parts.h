/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confine parts: what only host/confine*.c use of each other, and the reviewer's cage, which
 * puts Landlock on many children from one set of rules.
 */
#pragma once

#include "host/confine.h"

/* BROKEN: the kernel has no Landlock, or a rule was not taken. A path that does not exist is
 * left out: there is nothing to be allowed. */
MUST_USE enum status confine_landlock_rules(
    const struct confine_plan *plan, int *ruleset_fd);
/* Closes ruleset_fd. */
MUST_USE enum status confine_landlock_enter(int ruleset_fd);
MUST_USE enum status confine_seccomp(const struct confine_plan *plan);
