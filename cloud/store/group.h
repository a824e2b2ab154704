/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group: many ingests in one transaction, and their answers after the commit.
 *
 * Promise: no answer with a verdict leaves before the commit that holds it has returned OK; if it
 * fails, every one of the group is told 503 and nothing else. What waits for a key is bounded, in
 * all and for each device.
 *
 * Not here: timers and sockets (store_role.c), what one ingest means (ingest.h).
 */
#pragma once

#include "cloud/store/ingest.h"

enum {
    GROUP_MAX = 128,
    GROUP_WAITING = 256,
    GROUP_WAITING_EACH = 32,
    GROUP_RETRY_S = 2
};

struct group_ports {
    void *ctx;
    void (*answer)(void *ctx, uint64_t peer, const struct door_ingested *head,
        struct bytes sealed);
    /* DOOR_EPOCH_KEY or DOOR_DOWN_KEY; false: keys is not there. */
    bool (*ask)(
        void *ctx, enum door door, const struct kid *kid, const struct epoch *epoch);
    void (*first)(
        void *ctx, const struct kid *kid); /* committed: a generation's first batch */
    void (*ended)(void *ctx, const struct device_id *device); /* committed */
    void (*renew)(void *ctx, const struct kid *kid,
        const struct door_m1 *m1); /* committed: keys is to answer it */
};

struct group;
MUST_USE enum status group_new(
    struct group **out, struct store *s, const struct group_ports *ports);
void group_free(struct group *g);
void group_ingest(struct group *g, uint64_t peer, const struct door_ingest *head,
    struct bytes envelope);
/* keys answered what was asked for: run what waits for it. */
void group_key(struct group *g, enum door door, const struct kid *kid,
    const struct epoch *epoch, const struct door_key *key);
void group_keys_gone(struct group *g); /* what waits is told 503 */
/* Commit, answer. OK too when nothing is open. BROKEN: everything was told 503. */
MUST_USE enum status group_commit(struct group *g);
bool group_open(const struct group *g); /* a transaction waits for its commit */
