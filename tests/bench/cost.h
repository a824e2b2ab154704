/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cost: what a process has used of the CPU, and the two things that ingest is compared with.
 *
 * An echo is the least that TLS can cost for these bytes: OpenSSL, one epoll, nothing else. A
 * commit is the least that durable storage can cost: SQLite, the settings of our store, one
 * table, one blob a batch. Each runs in a process of its own, so that its CPU is its own.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Nanoseconds of CPU, user and system, of a process and (deep) of its children that live. */
MUST_USE enum status cpu_ns(pid_t pid, bool deep, uint64_t *ns);

struct echo_plan {
    unsigned connections, warm_up, exchanges; /* exchanges: in all, after the warm-up */
    size_t request_len, answer_len;
};
/* CPU of the server alone, handshakes and warm-up not counted. */
MUST_USE enum status echo_cost(const struct echo_plan *plan, uint64_t *ns);

struct commit_plan {
    const char *path; /* of a database that is made, and removed again */
    unsigned batches, in_one;
    size_t blob_len;
};
MUST_USE enum status commit_cost(const struct commit_plan *plan, uint64_t *ns);
