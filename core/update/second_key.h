/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Second key: did its holder make this statement?
 */
#pragma once

#include "wire/release.h"

bool second_key_signed(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_release *statement);
