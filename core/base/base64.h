/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64: bytes as text and back (RFC 4648), with padding; one spelling for one content.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum base64_letters {
    BASE64_STANDARD, /* section 4: + and / */
    BASE64_URL,      /* section 5: - and _ */
};

size_t base64_len(size_t bytes); /* of the text */
/* Standard letters; writes base64_len() characters and a NUL; out.cap has room for them. */
void base64_of(struct bytes in, struct room out);
/* MALFORMED: other letters, no padding, bits that no byte has, or longer than out.cap. */
MUST_USE enum status base64_parse(
    struct bytes text, enum base64_letters letters, struct room out, size_t *len);
