/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version rule: which security versions may start. A control of its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool version_may_start(uint64_t image, uint64_t counter);
