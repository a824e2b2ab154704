/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Store model: what the cloud's store promises, small enough to see through.
 *
 * Receives envelopes, judges identity, commits in groups, answers after the commit. A crash
 * forgets what was not committed; a restore takes the durable rows back to the backup and draws
 * a new store id. Beside it `keys`, which is never restored: it gives out keys of the generations
 * that are agreed and not closed, and none of a device that has ended. Not here: time, the network, and who is watching (the ear).
 */
#pragma once

#include "cloud/store/clone_rule.h"
#include "tests/sim/draw.h"
#include "tests/support/station.h"

enum { STORE_DEVICES = 3, STORE_ROWS = 1 << 15, STORE_PENDING = 64, STORE_KEYS = 16 };

struct store_row {
    uint8_t device;
    uint32_t generation;
    struct outbox_sent is;
    struct digest content;
    uint32_t readings, lost_count, start_count, pins_version;
};

struct store_reply { /* what is to be said, to whom */
    uint8_t device;
    uint32_t generation;
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
    void (*keys)(void *ctx, uint8_t device, uint32_t generation, struct key *up);
    void (*suspected)(void *ctx, uint8_t device);
};

struct store_life { /* of a device's row */
    uint32_t generation, wanted;
    bool m1, m2; /* the device's was seen; the answer of keys is there */
    bool ends;
    struct end_order order;
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
    uint64_t utc_ms; /* of the cloud's clock, before store_receive() */
    struct store_life now[STORE_DEVICES], safe[STORE_DEVICES], kept[STORE_DEVICES];
    uint32_t keys_low[STORE_DEVICES], keys_high[STORE_DEVICES];
    bool ended[STORE_DEVICES];               /* tombstone of keys */
    bool revoked[STORE_DEVICES];             /* until it is enrolled anew */
    struct clone_front front[STORE_DEVICES]; /* memory */
    bool suspected[STORE_DEVICES];
};

void store_init(struct store *s, struct store_ear ear);
void store_free(struct store *s);
/* One envelope from the device whose certificate was shown. FULL: commit first. */
MUST_USE enum status store_receive(struct store *s, uint8_t device,
    const struct nonce *nonce, uint32_t connection, struct bytes envelope);
/* A person asks for new keys; for the end. */
void store_want(struct store *s, uint8_t device);
void store_end(struct store *s, uint8_t device, struct draw *d);
/* Under another identity: in the backup too, as who takes one after an enrolment has it. */
void store_anew(struct store *s, uint8_t device);
/* True: it is the one for the order, and this device is no more. */
MUST_USE bool store_receipt(struct store *s, uint8_t device, struct bytes receipt);
void store_commit(struct store *s); /* then everything that waits is answered */
void store_crash(struct store *s);  /* and is up again */
void store_backup(struct store *s);
void store_restore(struct store *s, struct draw *d);
