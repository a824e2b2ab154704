/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generation rule: whether keys of this generation are open still; a control of its own.
 *
 * A later one than the row's is left to keys: it gives out keys of what was agreed, and no others.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool generation_open(uint32_t in_use, uint32_t asked);
