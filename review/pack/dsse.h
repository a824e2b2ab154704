/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DSSE: a payload with its type and the signatures over both (Dead Simple Signing Envelope, v1).
 *
 * Reading is as liberal as that specification asks for: either alphabet of base64, fields in
 * any order, fields that we do not know. What is signed is the payload's bytes, so nothing
 * rests on how the envelope is spelled.
 *
 * Not here: keys (key.h), what the payload says (statement.h).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum {
    DSSE_BYTES_MAX = 67108864, /* of an envelope */
    DSSE_SIGNATURES_MAX = 64,
    DSSE_FIELD_MAX = 1024, /* bytes of a type, a key's id, a signature */
};

struct dsse_signature {
    struct bytes key_id; /* a hint, nothing that is believed; may be empty */
    struct bytes signature;
};

struct dsse {
    struct bytes type, payload;
    struct dsse_signature signatures[DSSE_SIGNATURES_MAX];
    uint32_t signature_count;
};

/* The bytes that are signed. */
struct bytes dsse_signed(struct arena *a, struct bytes type, struct bytes payload);
struct bytes dsse_write(struct arena *a, const struct dsse *d); /* as JSON */
/* REFUSED or MALFORMED: *why says "what: expected …". Texts live in the arena or in `json`. */
MUST_USE enum status dsse_parse(
    struct arena *a, struct bytes json, struct dsse *out, struct bytes *why);
