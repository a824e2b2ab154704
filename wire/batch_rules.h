/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batch rules: the ranges that holdfast.cddl sets for a batch, and what must agree inside it.
 *
 * The one place: the parser asks it of what came in, the builder of what goes out. Control: schema.
 */
#pragma once

#include "wire/types.h"

bool batch_rules_hold(const struct batch *batch);
