/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head: what a document says of itself: its id, version, date and who approved it.
 *
 * Looked for in its first units: fields of front matter or of a table ("Version | 1.3"), then
 * the words of running text ("Document ARC-012, version 1.3, approved 2026-02-10 by …").
 *
 * Promise: what is not said stays empty; nothing is guessed from names or times of files.
 */
#pragma once

#include "review/read/unit.h"

struct head {
    struct bytes title; /* its first heading */
    struct bytes id, version, date, approved_by;
};

struct head head_of(const struct corpus *c, uint32_t doc);
