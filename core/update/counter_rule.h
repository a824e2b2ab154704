/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter rule: the security counter follows a release when it is confirmed, and only then.
 */
#pragma once

#include "core/port/counter.h"

#include <stdbool.h>

/* Up to `version`, never beyond; nothing unless confirmed. May be repeated. */
MUST_USE enum status counter_follow(
    const struct counter *counter, uint32_t version, bool confirmed);
