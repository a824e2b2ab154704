/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Json: write one JSON text into some room; no heap, no floating point.
 *
 * Commas are placed by the writer. Overrun is remembered; json_done() tells. Strings are
 * escaped; bytes that are not printable UTF-8 become U+FFFD.
 */
#pragma once

#include "core/base/writer.h"

struct json {
    struct writer w;
    uint32_t depth;
    bool need_comma;
};

struct json json_over(struct room into);
void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_str(struct json *j, const char *value);
void json_bytes(struct json *j, struct bytes utf8);
void json_hex(struct json *j, struct bytes value);
void json_u64(struct json *j, uint64_t value);
void json_i64(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
bool json_done(
    const struct json *j); /* everything fitted and every bracket is closed */
