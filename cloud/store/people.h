/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People: who may look. Sign-in with delay after failures, sessions by token.
 *
 * An unknown name and a wrong password get the same answer at the same cost. Only the SHA-256 of
 * a token is stored. A session ends 30 minutes after its last use and 12 hours after sign-in.
 *
 * Not here: hashing (worker.h), the doors' sockets (store_role.c).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/store/worker.h"
#include "cloud/talk/doors.h"

enum {
    PEOPLE_FREE_TRIES = 5,
    PEOPLE_DELAY_MAX_S = 60,
    SESSION_IDLE_MS = 30 * 60 * 1000,
    SESSION_MOST_MS = 12 * 60 * 60 * 1000,
    THROTTLES = 1024,
};

struct throttle { /* of names that hash alike; kept in memory */
    uint32_t failures;
    uint64_t until_ms;
};

struct people {
    struct store *s;
    struct throttle throttles[THROTTLES];
};

void people_init(struct people *p, struct store *s);
/* OK: job is filled and may be put to the worker. AGAIN: too many failures, *retry_after_s. */
MUST_USE enum status people_check(struct people *p, const struct door_sign_in *ask,
    struct worker_job *job, uint32_t *retry_after_s);
/* The worker's word on a sign-in, inside an open transaction. REFUSED or OK with a token. */
MUST_USE enum status people_signed_in(
    struct people *p, const struct worker_job *job, struct session_token *token);
/* REFUSED: no such session (an event); inside an open transaction. */
MUST_USE enum status people_session(
    struct people *p, const struct session_token *token);
MUST_USE enum status people_sign_out(
    struct people *p, const struct session_token *token);
/* A hash was made: REFUSED if the name is taken. */
MUST_USE enum status people_add(struct people *p, const struct worker_job *job);
/* With all sessions, and a sign-in that is under way. REFUSED: no such person. */
MUST_USE enum status people_remove(
    struct people *p, const struct door_user_remove *ask);
MUST_USE enum status people_trim(struct people *p); /* sessions that are over */
