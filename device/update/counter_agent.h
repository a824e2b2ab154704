/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter agent: the security counter where a TPM holds it. Only agent has the TPM, and it is asked.
 *
 * Every call dials agent's door anew, is bounded, and hangs up. No agent, no TPM, no such counter: not OK,
 * and no file takes its place: no release is taken then, and none is confirmed.
 */
#pragma once

#include "core/port/counter.h"
#include "device/talk/place.h"

#include <sys/types.h>

struct counter_agent { /* fields belong to counter_agent.c, but for port */
    struct counter port;
    uid_t agent; /* who must be listening */
    char door[PLACE_MAX];
};

/* REFUSED: root is too long. */
MUST_USE enum status counter_agent_init(
    struct counter_agent *c, const char *root, uid_t agent);
