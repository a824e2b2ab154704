/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Http: the head of a device's request, in a strict subset of HTTP/1.1 (RFC 9112).
 *
 * One form and no other: `POST /path HTTP/1.1` or GET, CRLF lines, at most LIMIT_HTTP_FIELDS fields in
 * LIMIT_HTTP_HEAD bytes, one Host, one Content-Length, no Transfer-Encoding, no Expect, no
 * folding. A path is printable ASCII of [a-z0-9/-] and has no second spelling: no escape, no
 * `//`, no dot, no parameter. Fields that claim an identity are not looked at.
 *
 * Not here: whose path it is (cloud/gate/path_rule.h), the body.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/status.h"
#include "wire/types.h"

enum http_method { HTTP_POST, HTTP_GET, HTTP_OTHER };

struct http_head {
    enum http_method method;
    char path[128]; /* NUL-ended */
    char host[256]; /* lower case, without a port */
    uint32_t content_length;
    bool has_length;
    bool odd_type; /* a Content-Type that is not application/cose */
    bool has_type;
    bool has_nonce; /* Holdfast-Nonce, 32 lower-case hex digits */
    struct nonce nonce;
    size_t len; /* of the whole head in bytes, its empty line included */
};

struct http_refusal {
    uint16_t status; /* 400, 431 */
    enum reason reason;
};

/*
 * AGAIN: the head is not complete yet. MALFORMED: *no says what to answer; close afterwards.
 * `in` starts at the first byte of the request.
 */
MUST_USE enum status http_head_parse(
    struct bytes in, struct http_head *out, struct http_refusal *no);

enum http_of_device { HTTP_BATCHES, HTTP_ATTEST };

/* "/v1/d/<uuid>/batches" or "/v1/d/<uuid>/attest": the id that the path names. MALFORMED: any other path. */
MUST_USE enum status http_device_path_parse(
    const char *path, enum http_of_device *what, struct device_id *out);

struct http_piece {
    struct digest bundle;
    uint32_t number; /* below LIMIT_PIECES */
};

/* "/v1/u/<64 hex digits>/<number>", in the one spelling. MALFORMED: any other path. */
MUST_USE enum status http_piece_path_parse(const char *path, struct http_piece *out);
