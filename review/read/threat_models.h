/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threat_models: which tool wrote a structured file as a threat model, and what it says.
 *
 * Threagile YAML, Open Threat Model 0.1 and 0.2 (OTM) and Threat Dragon version 2, each told
 * by its keys, whatever the file is called. False: it is none of them, nothing was written.
 */
#pragma once

#include "review/read/flat.h"

typedef bool threat_model_fn(const struct flat *f, uint32_t root, struct emit *out);

threat_model_fn threat_model_emit; /* whichever of these it is */
threat_model_fn threagile_emit, otm_emit, dragon_emit;
