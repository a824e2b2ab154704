/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Json_read: strict JSON (RFC 8259) as a row of events with lines.
 *
 * One value, nothing behind it but white space; a byte order mark at the front is passed over.
 * Numbers stay text, so that none is too large. Keys and strings are handed over without
 * escapes: from the document itself where none stood there, else from a buffer that is good
 * for the call. A lone surrogate becomes U+FFFD. Nesting is limited to READ_DEPTH_MAX.
 *
 * Not here: keys that stand twice (flat.c), broken UTF-8 in strings (emit.c).
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

enum json_kind { JSON_STRING, JSON_NUMBER, JSON_BOOL, JSON_NULL };

struct json_events { /* each answers whether to go on */
    void *ctx;
    bool (*open)(void *ctx, bool map, uint32_t line);
    bool (*close)(void *ctx);
    bool (*key)(void *ctx, struct bytes key, uint32_t line);
    bool (*value)(void *ctx, enum json_kind kind, struct bytes text, uint32_t line);
};

enum json_end { JSON_WHOLE, JSON_STOPPED, JSON_MALFORMED, JSON_TOO_DEEP };

struct json_result {
    enum json_end end;
    uint32_t line;        /* where it ended */
    const char *expected; /* MALFORMED: what should have stood there */
};

struct json_result json_read(struct bytes document, const struct json_events *to);
