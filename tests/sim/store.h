/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Store model: what the cloud's store promises, small enough to see through.
 *
 * Receives envelopes, judges identity, commits in groups, answers after the commit. A crash
 * forgets what was not committed; a restore takes the durable rows back to the backup and draws
 * a new store id. Not here: time, the network, and who is watching (the ear).
 */
#pragma once

#include "tests/sim/draw.h"
#include "tests/support/station.h"

enum { STORE_DEVICES = 3, STORE_ROWS = 1 << 15, STORE_PENDING = 64, STORE_KEYS = 16 };

struct store_row {
    uint8_t device;
    struct outbox_sent is;
    struct digest content;
    uint32_t readings, lost_count, start_count;
};

struct store_reply { /* what is to be said, to whom */
    uint8_t device;
    struct nonce nonce;
    struct outbox_sent about;
    enum outcome outcome;
    uint16_t http;
    uint32_t connection;
};

struct store_ear {
    void *ctx;
    void (*opened)(void *ctx, const struct store_row *row); /* whatever is said of it */
    void (*committed)(
        void *ctx, const struct store_row *row); /* durable from here on */
    void (*answer)(void *ctx, const struct store_reply *reply);
};

struct store_key {
    struct epoch epoch;
    struct key key;
};

struct store {
    struct station *device[STORE_DEVICES]; /* for the keys only */
    struct store_ear ear;
    struct store_row *rows; /* durable ones first */
    uint32_t durable, count, backup;
    struct store_reply replies[STORE_PENDING]; /* after the commit */
    uint32_t reply_count;
    struct store_id id;
    struct store_key keys[STORE_DEVICES][STORE_KEYS];
    uint32_t key_next[STORE_DEVICES];
    uint32_t *slots;      /* hash of identity: row + 1 */
    uint32_t schema_left; /* so many more batches are refused for their schema */
    bool not_now;
};

void store_init(struct store *s, struct store_ear ear);
void store_free(struct store *s);
/* One envelope from the device whose certificate was shown. FULL: commit first. */
MUST_USE enum status store_receive(struct store *s, uint8_t device,
    const struct nonce *nonce, uint32_t connection, struct bytes envelope);
void store_commit(struct store *s); /* then everything that waits is answered */
void store_crash(struct store *s);  /* and is up again */
void store_backup(struct store *s);
void store_restore(struct store *s, struct draw *d);
