/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read parts: reading with other work than the readers of formats.c, for tests of what a
 * document may make of a reader.
 */
#pragma once

#include "review/read/cage.h"
#include "review/read/read.h"

MUST_USE enum status read_start_with(struct reading **out, unsigned jobs,
    cage_work_fn *work, const struct cage_limits *limits);
