/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Http: the few requests that the device makes and the one form of answer that it takes.
 *
 * HTTP/1.1, strict: an answer has exactly one Content-Length (204 may have none), no transfer coding, no folding,
 * at most LIMIT_HTTP_FIELDS fields and LIMIT_HTTP_HEAD bytes of head. What is anything else is
 * no answer. Not here: whether the body is worth anything (core/outbox).
 */
#pragma once

#include "core/base/limits.h"
#include "core/base/status.h"
#include "wire/types.h"

enum { HTTP_ANSWER_MAX = LIMIT_HTTP_HEAD + LIMIT_ENVELOPE };

struct http_answer {
    uint16_t status;        /* 200..599 */
    uint32_t retry_after_s; /* 0: not said */
    bool keep;              /* the connection may be used again */
    struct bytes body;      /* at most LIMIT_ENVELOPE; borrows */
};

/* AGAIN: no whole answer yet. MALFORMED: never will be: close. `in` must end with the body. */
MUST_USE enum status http_answer_parse(struct bytes in, struct http_answer *out);

/* Head and body of the request; FULL: no room. */
MUST_USE enum status http_batch_build(const struct device_id *device, const char *host,
    const struct nonce *nonce, struct bytes envelope, struct room out, size_t *len);
/* For one piece of a bundle. */
MUST_USE enum status http_piece_build(const struct digest *bundle, uint32_t number,
    const char *host, struct room out, size_t *len);
/* Body: empty, or what wire/attest.h builds. */
MUST_USE enum status http_attest_build(const struct device_id *device, const char *host,
    struct bytes body, struct room out, size_t *len);
/* body: M1, or M1 with what a TPM says. */
MUST_USE enum status http_enrol_build(
    const char *host, struct bytes body, struct room out, size_t *len);
