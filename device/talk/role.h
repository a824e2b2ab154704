/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Role: what every role of the device is given at its start, and how it locks itself down.
 */
#pragma once

#include "core/base/status.h"
#include "host/confine.h"
#include "host/log.h"
#include "host/loop.h"

#include <sys/types.h>

/* ROLE_AGENT runs only where the keys are in a TPM, ROLE_UPDATER only where there are two slots. */
enum device_role {
    ROLE_AGENT,
    ROLE_KEEPER,
    ROLE_COURIER,
    ROLE_SCREEN,
    ROLE_UPDATER,
    ROLE_MEASURE,
    DEVICE_ROLES
};

struct role_env {
    const char *root; /* of what is kept and where roles meet */
    const char
        *image; /* of what the image says of itself: keys and release of updates */
    struct log *log;
    uint64_t start_ms;     /* of the run, monotonic; the same for all roles */
    uint64_t start_utc_ms; /* wall clock of that moment: stamps test data only */
    uint32_t speed;
    bool
        config_fault; /* the configuration was refused: measure only, keep and send nothing */
    bool
        self_test; /* try ten forbidden acts once locked down, and log what came of it */
    bool reduced;  /* roles share a user */
    const char *button;  /* keeper: of the board; NULL: it has none */
    const char *product; /* keeper: class of the image that runs; NULL: it says none */
    uint32_t security_version; /* of the image that runs; 0: it says none */
    bool tpm;                  /* keys are in a TPM, behind agent; else in files */
    bool attest; /* and courier proves on each connection what this device is */
    uint32_t journal_bytes;
    uint32_t batches;     /* sealed in the run: enough, measure shall stop; 0: never */
    uint8_t algorithm[8]; /* calibration and algorithm id, said in each batch */
    uid_t uids[DEVICE_ROLES];
    gid_t gids[DEVICE_ROLES];
};

const char *role_trust(const struct role_env *env); /* "tpm" or "software" */
const char *role_name(enum device_role role);
const char *role_user(enum device_role role); /* holdfast-<role> */
/* REFUSED: root, and a role has no user (script/setup makes them). */
MUST_USE enum status role_users(struct role_env *env);

struct role_lock { /* must outlive the loop when self_test is set */
    struct role_env *env;
    enum device_role role;
    int null_fd;
    char sister[108];
    struct loop *loop;
    struct confine_try attempt;
};

/* Lock down for good and say so. Unless OK the caller must end. */
MUST_USE enum status role_confine(struct role_lock *l, struct role_env *env,
    struct loop *loop, enum device_role role, const struct confine_plan *plan);
/* Try ten forbidden acts now and log what came of it, as `self_test` does once. */
void role_try_forbidden(struct role_lock *l);
/* The same, and say ready: for who has nothing to do between. */
MUST_USE enum status role_lock(struct role_lock *l, struct role_env *env,
    struct loop *loop, enum device_role role, const struct confine_plan *plan);
