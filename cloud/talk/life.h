/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life: what each role does beside its work: end on SIGTERM and SIGINT, beat for the supervisor.
 */
#pragma once

#include "host/loop.h"

struct life {
    struct loop *loop;
    int signals;
};

/* Before confinement: signals become a descriptor of the loop; SIGPIPE is ignored. */
MUST_USE enum status life_begin(struct life *life, struct loop *loop);
/* After role_ready(): a beat each 500 ms. */
MUST_USE enum status life_beat(struct life *life);
void life_end(struct life *life);
