/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Line rule: whether the kernel was started with the line that was signed. A control of its own.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

/* is: as the kernel has it, with or without its newline. */
bool line_is_signed(struct bytes is, struct bytes signed_line);
