/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Config rules: the ranges that holdfast.cddl sets for an answer and the configuration in it.
 *
 * Control: schema of what comes down.
 */
#pragma once

#include "wire/types.h"

bool config_rules_hold(const struct config *config);
bool answer_rules_hold(const struct answer *answer);
