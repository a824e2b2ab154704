/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life: what each role does beside its work: end on SIGTERM and SIGINT, lock itself down, beat for
 * the supervisor.
 */
#pragma once

#include "host/confine.h"
#include "host/log.h"
#include "host/loop.h"

struct life {
    struct loop *loop;
    int signals;
    struct log *log; /* of the self-test */
    struct confine_try attempt;
};

/* Before confinement: signals become a descriptor of the loop; SIGPIPE is ignored. */
MUST_USE enum status life_begin(struct life *life, struct loop *loop);
/* confine_enter(), and a log line with what did not take. */
MUST_USE enum status life_confine(struct log *log, const struct confine_plan *plan);
/* After role_ready(): a beat each 500 ms. */
MUST_USE enum status life_beat(struct life *life);
void life_end(struct life *life);
/* After confinement: try the ten forbidden acts and, once the loop has run for a while, log role.self_test with what
 * came of them. sister_socket: a socket that this role has no business with. */
MUST_USE enum status life_self_test(
    struct life *life, struct log *log, const char *sister_socket);
