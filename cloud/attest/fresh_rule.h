/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fresh rule: whether a quote was made for this question and on this connection. Controls of their own.
 */
#pragma once

#include "core/base/secret.h"

bool quote_nonce_is_ours(const struct digest *said, const struct digest *ours);
bool quote_channel_is_ours(const struct digest *said, const struct digest *ours);
