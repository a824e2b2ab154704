/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prove: what this device says of itself on a new connection before anything else: what its TPM says ran at boot.
 *
 * Two requests on the secured connection (docs/wire-format.md). What the TPM signs holds for the
 * cloud's nonce of now and for this connection alone (its TLS exporter): who carries it elsewhere proves nothing there.
 *
 * Not here: what comes of a refusal (core/uplink), what is true of it (cloud/attest).
 */
#pragma once

#include "core/port/trust.h"
#include "device/net/http.h"

#include <stdbool.h>

struct prove {
    const struct trust *trust;
    const struct device_id *device;
    const char *host;
    struct digest channel; /* of this connection */
    bool quoted;           /* fields below the host belong to prove.c */
};

/* The first request: what does the cloud ask? */
MUST_USE enum status prove_begin(struct prove *p, struct room out, size_t *len);
/* Its answer. AGAIN: *len bytes of `out` are the next request. OK: the cloud takes this device, or asks nothing. REFUSED: it
 * does not take it. FULL: it has no time now. MALFORMED: that is no answer. BROKEN: the TPM cannot be asked now. */
MUST_USE enum status prove_answered(
    struct prove *p, const struct http_answer *a, struct room out, size_t *len);
