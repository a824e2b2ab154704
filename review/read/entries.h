/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries: what a generic YAML or JSON file says, as units.
 *
 * Each map in a list is an ENTRY; so is each document's own map. Its fields are its scalars;
 * maps within it join their keys by '.', a list of scalars gives one field each. A list that
 * holds maps becomes ENTRYs of its own behind those of the list that it stands in, below a
 * heading of its key (and, one level above it, the id of the map that it stands in). A map of
 * two maps or more and of nothing else is read as such a list; each map's name is its field
 * `key`. The text is the value of `text`, else `title` or `name`, else all values.
 */
#pragma once

#include "review/read/flat.h"

void entries_emit(const struct flat *f, struct emit *out);
/* One list of maps below a heading. */
void entries_list(
    const struct flat *f, uint32_t list, struct bytes heading, struct emit *out);
/* The scalars of a map, at any depth, as fields of the unit that is open; keys behind `front`. */
void entries_fields(
    const struct flat *f, uint32_t map, struct bytes front, struct emit *out);
