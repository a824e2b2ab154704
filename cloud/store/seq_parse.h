/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seq: the sequence number at the front of an opened batch that does not satisfy the schema,
 * so that the refusal can name it.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

/* MALFORMED: not a map that begins 1: 1, 2: uint32 in shortest form. */
MUST_USE enum status seq_parse(struct bytes plain, uint32_t *seq);
