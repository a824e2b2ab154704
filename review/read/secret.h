/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secret: credentials that somebody wrote into a file, by the rules of secret_rules.def.
 *
 * Each find is a TAG with the fields secret (the rule), fingerprint (the first 16 hexadecimal
 * digits of the literal's SHA-256), name (the variable, where there is one) and waived (the
 * reason, where "holdfast-review: not a secret, REASON" stands on the line or the one above).
 *
 * Promise: the literal itself is in no unit and no note. Placeholders are passed over.
 */
#pragma once

#include "review/read/emit.h"

void secret_scan(struct bytes text, struct emit *out);
