/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cyclonedx: a CycloneDX 1.4 to 1.6 document, already flat, as components and statements.
 *
 * Each component (nested ones too, with the field `parent`; the described product itself with
 * role = product) is a COMPONENT; what it depends on stands in its fields `depends`, wherever
 * the file keeps its dependencies. Each vulnerability is an ENTRY with state, justification
 * and the refs that it affects. Other versions are read as far as they go, with a note.
 */
#pragma once

#include "review/read/flat.h"

void cyclonedx_emit(const struct flat *f, uint32_t root, struct emit *out);
