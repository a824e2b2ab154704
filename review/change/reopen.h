/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reopen: what a change sets in question, each with the chain that leads there.
 *
 * From what changed along the links, nearest first, by one table of which link carries how
 * far. A changed text carries to threats and hazards; changed code or a new library only to
 * the requirements that it meets, their controls and their tests.
 */
#pragma once

#include "review/change/gate.h"

void reopen_all(const struct gate *g, const struct change_item *items, uint32_t count,
    struct change *out);
