/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol: carries M1 from a device to keys, and M2 back.
 *
 * It can read neither: the invitation's secret is mixed into the keys and never sent, and what it
 * passes on proves itself at both ends. One request a connection, one question at a time.
 */
#pragma once

#include "cloud/http/tls_server.h"
#include "cloud/talk/hub.h"

enum { ENROL_CONNECTIONS = 16, ENROL_REQUEST_MS = 10000 };

struct enrol_client;

struct enrol {
    struct log *log;
    struct hub *hub;
    struct tls_server tls;
    uint64_t keys; /* hub peer; 0: not there */
    struct enrol_client *clients[ENROL_CONNECTIONS];
    struct enrol_client
        *asking; /* whose M1 is with keys; NULL with `outstanding`: it has gone */
    bool outstanding;
};

void enrol_init(struct enrol *e, struct log *log, struct hub *hub);
struct tls_owner enrol_owner(struct enrol *e);
struct tls_limits enrol_limits(void);
enum status enrol_heard_keys(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void enrol_keys_up(void *ctx, uint64_t peer);
void enrol_keys_gone(void *ctx, uint64_t peer);
