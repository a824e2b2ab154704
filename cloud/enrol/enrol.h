/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol: carries M1 or E1 from a device to keys, and M2 or E2 back.
 *
 * It can read neither: the invitation's secret is mixed into the keys and never sent, and what it
 * passes on proves itself at both ends. One request a connection, one question at a time, few a
 * second. The listener is open only while keys says that an invitation is.
 */
#pragma once

#include "cloud/http/tls_server.h"
#include "cloud/talk/hub.h"

enum {
    ENROL_CONNECTIONS = 16,
    ENROL_REQUEST_MS = 10000,
    ENROL_LOOK_MS = 250,    /* how often keys is asked whether an invitation is open */
    ENROL_SPACING_MS = 100, /* between two M1 that are passed on */
};

struct enrol_client;

struct enrol {
    struct log *log;
    struct loop *loop;
    struct hub *hub;
    struct tls_server tls;
    uint64_t keys; /* hub peer; 0: not there */
    struct enrol_client *clients[ENROL_CONNECTIONS];
    struct enrol_client
        *asking; /* whose M1 is with keys; NULL with `outstanding`: it has gone */
    bool outstanding;
    bool looking;     /* ENROL_OPEN is with keys */
    bool open;        /* as keys said last; closed without keys */
    uint64_t next_ms; /* the next M1 not before */
};

void enrol_init(struct enrol *e, struct log *log, struct loop *loop, struct hub *hub);
/* After tls_server_start(): closed until keys says otherwise. */
MUST_USE enum status enrol_start(struct enrol *e);
void enrol_stop(struct enrol *e);
struct tls_owner enrol_owner(struct enrol *e);
struct tls_limits enrol_limits(void);
enum status enrol_heard_keys(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void enrol_keys_up(void *ctx, uint64_t peer);
void enrol_keys_gone(void *ctx, uint64_t peer);
