/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maker chain: whether an allowed maker stands behind a certificate. A control of its own.
 */
#pragma once

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

/* An anchor may be a maker's root or one of its issuing authorities: what the administrator named. */
bool maker_chain_holds(
    X509 *leaf, STACK_OF(X509) * between, STACK_OF(X509) * anchors, int64_t now_utc_s);
