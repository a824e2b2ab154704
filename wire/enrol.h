/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol: the two messages and the bundle by which a device is taken in (docs/wire-format.md).
 *
 * M1 and M2 have fixed layouts. The bundle is a file in the configuration grammar; an error
 * names its line. Not here: the keys that come of it (core/seal/enrol).
 */
#pragma once

#include "core/base/conf.h"
#include "core/base/status.h"
#include "core/port/crypto.h"
#include "core/port/trust.h"
#include "wire/types.h"

enum {
    ENROL_HEAD_LEN = 1 + KID_LEN + X25519_LEN + P256_PUBLIC_LEN, /* 118 */
    ENROL_M1_LEN = ENROL_HEAD_LEN + TAG_LEN,                     /* 134 */
    ENROL_M2_MAX = 32 + LIMIT_CERT,
};

struct enrol_head {
    struct kid kid;
    struct x25519_public e;
    uint8_t tls_public[P256_PUBLIC_LEN];
};

MUST_USE enum status enrol_m1_parse(
    struct bytes in, struct enrol_head *out, uint8_t tag[TAG_LEN]);
void enrol_head_build(const struct enrol_head *head, uint8_t out[ENROL_HEAD_LEN]);

/* M2 = HMAC (32) || certificate (1..LIMIT_CERT, DER). Views borrow from in. */
MUST_USE enum status enrol_m2_parse(
    struct bytes in, struct digest *mac, struct bytes *cert_der);

struct bundle {
    char address[256]; /* host or IP of the cloud */
    uint16_t port, enrol_port;
    char name[256]; /* checked in the server's certificate */
    CONF_BLOB(LIMIT_CERT) ca_active, ca_backup; /* DER; the only trust anchors */
    struct x25519_public s;                     /* the cloud's key */
    struct ed25519_public service;              /* who signs service tickets */
    struct ed25519_public pins;                 /* who signs pin sets */
    struct kid kid;
    uint64_t expires_utc_s;
    struct key secret;
};

MUST_USE enum status bundle_parse(
    struct bytes text, struct bundle *out, struct conf_error *err);
MUST_USE enum status bundle_build(
    const struct bundle *bundle, struct room out, size_t *len);
