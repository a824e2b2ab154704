/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet device: what the connections of tests/support/fleet.c may know of a device.
 */
#pragma once

#include "core/port/entropy.h"
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"
#include "tests/support/fleet.h"
#include "wire/enrol.h"

#include <netinet/in.h>
#include <openssl/ssl.h>

struct fleet_device {
    struct host_crypto *crypto;
    struct bundle bundle;
    struct device_keys keys;
    struct trust trust;
    EVP_PKEY *tls_key;
    uint8_t cert[LIMIT_CERT];
    size_t cert_len;
    SSL_CTX *ctx; /* of the gate, mutual */
    struct sealer sealer;
    uint32_t next_seq;
};

/* A blocking or non-blocking connection to a port of the bundle's address (numbers only). */
MUST_USE enum status fleet_dial(
    const struct fleet_device *d, uint16_t port, bool waits, int *fd);
/* The whole answer's status and body; AGAIN: not all of it is here. */
MUST_USE enum status fleet_answer_parse(
    struct bytes in, uint16_t *status, struct bytes *body);
