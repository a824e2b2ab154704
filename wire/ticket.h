/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ticket: leave for one person to look into one device for a few hours, signed off line.
 *
 * COSE_Sign1 of deterministic CBOR (holdfast.cddl): for one content and one key exactly one byte
 * string verifies. ticket_parse() knows no key: what it gives is a claim until somebody has
 * verified `signature` over ticket_signed_bytes() of `payload`.
 *
 * Not here: whether a device takes it (core/service).
 */
#pragma once

#include "core/base/status.h"
#include "core/port/crypto.h"
#include "wire/types.h"

struct serial {
    uint8_t b[SERIAL_LEN];
};

struct ticket {
    struct device_id device;
    struct serial serial;
    uint32_t not_before_s, not_after_s; /* UTC; not_before_s < not_after_s */
    char holder[HOLDER_MAX + 1];        /* UTF-8, 1..32 bytes, NUL-ended here */
};

struct signed_ticket {
    struct ticket ticket;
    struct signature signature;
    struct bytes payload; /* borrows */
};

enum { TICKET_PAYLOAD_MAX = 96, TICKET_SIGNED_BYTES_MAX = 160 };

bool ticket_rules_hold(const struct ticket *ticket);
/* MALFORMED: not exactly one signed-ticket in its one encoding; *out is untouched then. */
MUST_USE enum status ticket_parse(struct bytes in, struct signed_ticket *out);

/* out.cap >= TICKET_PAYLOAD_MAX; the caller brings values inside their ranges (asserted). */
struct bytes ticket_payload_build(const struct ticket *ticket, struct room out);
/* Sig_structure of RFC 9052 4.4: what is signed. out.cap >= TICKET_SIGNED_BYTES_MAX. */
struct bytes ticket_signed_bytes(struct bytes payload, struct room out);
/* out.cap >= LIMIT_TICKET */
struct bytes ticket_build(
    struct bytes payload, const struct signature *signature, struct room out);
