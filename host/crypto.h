/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crypto and entropy ports by OpenSSL's libcrypto; contexts are reused, not shared by threads.
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"

struct host_crypto; /* heap */
MUST_USE enum status host_crypto_new(struct host_crypto **out);
void host_crypto_free(struct host_crypto *c);
const struct crypto *host_crypto_port(const struct host_crypto *c);
const struct entropy *host_entropy_port(void); /* RAND_bytes / getrandom */
