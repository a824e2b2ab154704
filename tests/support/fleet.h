/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet: many virtual devices in one process, which speak the true protocol to a running cloud.
 *
 * Each has what a real one has: long-term keys from an invitation, a TLS key with a certificate
 * of the cloud's, an epoch of its own. Enrolling blocks; traffic does not: connections share one
 * epoll and have one request each under way. An answer is judged as keeper judges it: it opens
 * under the down key, it answers this nonce, it names this batch.
 *
 * Not here: a journal, back-off, separated processes. Nothing that is lost here matters.
 */
#pragma once

#include "core/base/status.h"
#include "core/port/crypto.h"
#include "wire/types.h"

#include <stdio.h>

/* ---- devices ---- */

struct fleet_device;

struct fleet_batch { /* sealed once; may be sent often */
    uint32_t seq;
    struct digest digest;
    size_t plain_len, len;
    uint8_t *envelope; /* the caller frees it */
};

/* Read a bundle, make keys, enrol. `why` is told when not OK. */
MUST_USE enum status fleet_enrol(
    struct fleet_device **out, const char *bundle_path, const char **why);
void fleet_device_free(struct fleet_device *d);
const struct device_id *fleet_id(const struct fleet_device *d);
/* The next sequence number; record_count plausible records, as a batch of as many seconds. */
MUST_USE enum status fleet_seal(
    struct fleet_device *d, uint16_t record_count, struct fleet_batch *out);
/* What who has taken the device holds: certificate and private key as PEM. */
MUST_USE enum status fleet_credential(
    const struct fleet_device *d, FILE *cert, FILE *key);

/* ---- connections ---- */

struct fleet;
struct fleet_conn;

struct fleet_answer {
    uint16_t http_status;
    bool sealed;          /* the body opened and answers this request */
    enum outcome outcome; /* of the batch that was sent, if sealed */
    uint64_t server_utc_ms;
    size_t len; /* of head and body */
};

struct fleet_owner { /* each call may post on, or close, its connection */
    void *ctx;
    void (*opened)(void *ctx, struct fleet_conn *c);
    void (*answered)(void *ctx, struct fleet_conn *c, const struct fleet_answer *a);
    void (*ended)(void *ctx, struct fleet_conn *c); /* by the peer; then it is gone */
};

MUST_USE enum status fleet_new(struct fleet **out, struct fleet_owner owner);
void fleet_free(struct fleet *f); /* closes all */
/* Begin to connect; opened() is called when the handshake is done. `user` is the caller's. */
MUST_USE enum status fleet_open(
    struct fleet *f, struct fleet_device *d, void *user, struct fleet_conn **out);
void fleet_close(struct fleet_conn *c);
void *fleet_user(const struct fleet_conn *c);
/* AGAIN: a request is under way. `b` must stay until the answer. */
MUST_USE enum status fleet_post(struct fleet_conn *c, const struct fleet_batch *b);
size_t fleet_request_len(const struct fleet_conn *c); /* of the last post */
/* Serve what has happened, waiting wait_ms at most for something to happen. */
MUST_USE enum status fleet_step(struct fleet *f, int wait_ms);
