/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gate: TLS connections of devices on one side, store's door on the other.
 *
 * It carries envelopes that it can neither read nor forge. Limits come before parsing, the path
 * rule before the body; what gate refuses itself it answers in one form, tells store once, and
 * logs once. Store's answer goes back as it came.
 *
 * Beside what a device says of its boot it tells store which connection that is: a number of its own, and the
 * TLS exporter, which both ends of this very connection have and nobody else.
 */
#pragma once

#include "cloud/http/http_parse.h"
#include "cloud/http/tls_server.h"
#include "cloud/talk/hub.h"

enum {
    GATE_HEAD_MS = 10000, /* from a request's first byte to the end of its head */
    GATE_BODY_MS = 10000,
    GATE_IDLE_MS = 200000, /* a device is heard from at least each minute */
    GATE_STORE_MS = 10000, /* store's answer */
    GATE_OF_DEVICE = 32,   /* connections of one device: then the oldest closes */
};

struct gate_client;

struct gate {
    struct log *log;
    struct loop *loop;
    struct hub *hub;
    struct tls_server tls;
    uint64_t store;                                 /* hub peer; 0: not there */
    struct gate_client *clients[LIMIT_CONNECTIONS]; /* by slot */
    uint32_t free_slot[LIMIT_CONNECTIONS], free_count;
    uint32_t head_ms, body_ms, store_ms; /* GATE_..._MS, shorter in tests */
    uint64_t requests, window_ms, connections;
    uint32_t turns, window_events;
    uint8_t scratch[LIMIT_TALK_BODY]; /* one message or answer while it is built */
};

void gate_init(struct gate *g, struct log *log, struct loop *loop, struct hub *hub);
/* Beside the profile of host/tls.h: what a device's chain may be. */
MUST_USE enum status gate_context(SSL_CTX *ctx);
struct tls_owner gate_owner(struct gate *g);
struct tls_limits gate_limits(void);
/* for the hub's port to store */
enum status gate_heard_store(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void gate_store_up(void *ctx, uint64_t peer);
void gate_store_gone(void *ctx, uint64_t peer);
