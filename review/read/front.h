/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Front: the YAML map between "---" lines that a Markdown file may begin with, as one ENTRY.
 */
#pragma once

#include "review/read/emit.h"

/* Bytes of the front matter with both its lines; 0: the document has none. */
size_t front_read(struct bytes document, struct emit *out);
