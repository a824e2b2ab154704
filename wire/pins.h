/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins: a set of authorities that count as the cloud, signed off line.
 *
 * COSE_Sign1 of deterministic CBOR (holdfast.cddl), as a ticket is: for one content and one key
 * exactly one byte string verifies. pins_parse() knows no key: what it gives is a claim until
 * somebody has verified `signature` over pins_signed_bytes() of `payload`.
 *
 * Not here: whether a device takes it (device/trust/pin_store).
 */
#pragma once

#include "core/base/status.h"
#include "core/port/crypto.h"
#include "wire/types.h"

#include <stdbool.h>

enum {
    PIN_CERT_MAX = 600,
    PINS_LEAST = 2, /* one to serve, one to fall back on */
    PINS_MOST = 3,
    PINS_PAYLOAD_MAX = 1840,
    PINS_SIGNED_BYTES_MAX = 1900
};

struct pin {
    uint16_t len;
    uint8_t der[PIN_CERT_MAX]; /* an authority's certificate */
};

struct pin_set {
    uint32_t version; /* from 1 */
    uint8_t count;
    struct pin pins[PINS_MOST]; /* no two alike; their keys: host/authority */
};

struct signed_pins {
    struct pin_set set;
    struct signature signature;
    struct bytes payload; /* borrows */
};

bool pins_rules_hold(const struct pin_set *set);
/* MALFORMED: not exactly one signed-pins in its one encoding; *out is untouched then. */
MUST_USE enum status pins_parse(struct bytes in, struct signed_pins *out);

/* out.cap >= PINS_PAYLOAD_MAX; the caller brings values inside their ranges (asserted). */
struct bytes pins_payload_build(const struct pin_set *set, struct room out);
/* Sig_structure of RFC 9052 4.4: what is signed. out.cap >= PINS_SIGNED_BYTES_MAX. */
struct bytes pins_signed_bytes(struct bytes payload, struct room out);
/* out.cap >= LIMIT_PIN_SET */
struct bytes pins_build(
    struct bytes payload, const struct signature *signature, struct room out);
