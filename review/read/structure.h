/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structure: a YAML or JSON text as a flat row, whole or not at all. For who knows what must
 * stand in it (a catalogue, a rubric); documents under review go by read.h.
 *
 * JSON where the text begins with a brace or a bracket, else YAML.
 *
 * Not here: what the keys mean.
 */
#pragma once

#include "review/read/flat.h"

/*
 * The row, to flat_free(); it borrows from `text`. NULL: *error is the one line
 * `NAME:LINE: what: expected …`: not well formed, a key twice, too deep, too much, no UTF-8.
 */
struct flat *structure_open(
    struct arena *a, struct bytes name, struct bytes text, struct bytes *error);
