/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Yaml: YAML 1.2 text as a flat row, by the events of libfyaml.
 *
 * Aliases stand where they are used, as long as they unfold into no more than FLAT_AGAIN_MAX
 * nodes; merge keys ("<<") yield to a map's own keys. What stood before a fault is kept, the
 * fault is a note with its line. Comments are left out.
 */
#pragma once

#include "review/read/flat.h"

/* `first_line`: where the text stands in its document (front matter); 1 for a whole file. */
struct flat *yaml_flat(struct bytes text, uint32_t first_line, struct emit *notes);
