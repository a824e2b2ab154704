/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Json: JSON text as a flat row (yaml.h has the same for YAML).
 *
 * What stood before a fault is kept, the fault is a note with its line.
 */
#pragma once

#include "review/read/flat.h"

struct flat *json_flat(struct bytes text, struct emit *notes);
