/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust agent: the back end of the trust port whose keys are in a TPM, which only agent has.
 *
 * One door for each part: courier's says public and sign, keeper's seal and open. Every call is
 * bounded. BROKEN, AGAIN: not now (no agent, no TPM): nothing is signed or opened, and nothing
 * takes the TPM's place. After BROKEN the door is closed to what may still come, until
 * trust_agent_again().
 */
#pragma once

#include "core/port/trust.h"
#include "device/talk/place.h"
#include "device/trust/trust_part.h"
#include "host/talk.h"

struct trust_agent {
    struct trust port;
    enum trust_part part;
    uid_t agent; /* who must be listening */
    char door[PLACE_MAX];
    int fd; /* -1: not connected. Once it is: readable between calls means that agent has gone */
    bool lost;
    uint8_t talk[TALK_DATAGRAM];
};

/* Connects when first used. REFUSED: root is too long. */
MUST_USE enum status trust_agent_init(
    struct trust_agent *t, enum trust_part part, const char *root, uid_t agent);
void trust_agent_again(struct trust_agent *t); /* the next call connects anew */
void trust_agent_close(struct trust_agent *t);
