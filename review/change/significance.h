/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Significance: what a person must be asked before a change may go on, and who must sign.
 *
 * Both follow from the kinds of things that changed, by two tables. No question is answered
 * here, and none is left out because it seems to be answered.
 */
#pragma once

#include "review/change/gate.h"

/* `out` brings items, reopened, broken and go; questions and signers are added. */
void significance(const struct gate *g, struct bytes owners, struct change *out);
