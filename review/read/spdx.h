/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spdx: an SPDX 2.2 or 2.3 document as components, from JSON or tag-value (read_spdx_tag).
 *
 * Each package is a COMPONENT. DEPENDS_ON, CONTAINS and the links of linkers become fields
 * `depends`, relationships written from the other end too. Digest names are written as
 * CycloneDX writes them (SHA-256), so that the two can be compared. NOASSERTION and NONE are
 * left out.
 */
#pragma once

#include "review/read/flat.h"

void spdx_emit(const struct flat *f, uint32_t root, struct emit *out);
