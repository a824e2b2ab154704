/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structure: a YAML or JSON text as a flat row, whole or not at all. For who knows what must
 * stand in it (a catalogue, a rubric); documents under review go by read.h.
 *
 * JSON where the text begins with a brace or a bracket, else YAML.
 *
 * Not here: what the keys mean. A stranger's YAML does not come here as it is: read_structures
 * (read.h) has it made into JSON in a cage.
 */
#pragma once

#include "review/read/flat.h"
#include "review/read/unit.h"

/*
 * The row, to flat_free(); it borrows from `text`. NULL: *error is the one line
 * `NAME:LINE: what: expected …`: not well formed, a key twice, too deep, too much, no UTF-8.
 */
struct flat *structure_open(
    struct arena *a, struct bytes name, struct bytes text, struct bytes *error);
/* What read_structures() brought of a document, joined; or *error is the one line, with `name`
 * for the document. */
struct bytes structure_of(struct arena *a, const struct corpus *c, uint32_t doc,
    struct bytes name, struct bytes *error);
