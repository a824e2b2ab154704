/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Self-check: whether the cryptographic library and the random numbers do what they should.
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/entropy.h"

#include <stdbool.h>

/* FIPS 180-4, and a message that must not open once a bit of it is changed. */
bool self_check_crypto(const struct crypto *crypto);
/* There, and not the same twice. */
bool self_check_entropy(const struct entropy *entropy);
