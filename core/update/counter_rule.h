/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter rule: the security counter follows a release that is in force.
 */
#pragma once

#include "core/port/counter.h"

/* Up to `version`, never beyond. May be repeated. */
MUST_USE enum status counter_follow(const struct counter *counter, uint32_t version);
