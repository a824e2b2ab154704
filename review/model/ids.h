/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids: finding identifiers in text.
 *
 * An identifier is capital letters and digits in parts joined by '-' or '_', beginning with a
 * letter and ending in a part that is a number: SEC-001, XY-SEC-001, REQ_12. Names of
 * standards and algorithms look the same (SHA-256, ISO-14971); whether such a word is an
 * identifier is for the caller, who knows which prefixes the project defines.
 */
#pragma once

#include "review/base/text.h"

struct id_found {
    struct bytes id;
    struct bytes prefix; /* without the number and the sign before it: "HF-SEC" */
    uint8_t digest[4];   /* of SEC-001@1f3a5b7c */
    bool confirmed;
    struct bytes rest; /* the text behind it */
};

/* The first identifier at or after the front of `text`; false: none. */
bool id_next(struct bytes text, struct id_found *out);
/* The whole text is one identifier (brackets, backticks, asterisks around it do not count). */
bool id_whole(struct bytes text, struct id_found *out);
