/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strength: whether what is written about a protocol or an authentication became weaker.
 *
 * Small ordered tables of words, read in any sentence: "TLS 1.2 or 1.3" is as weak as TLS 1.2,
 * "HTTP over TLS 1.3" as strong as TLS 1.3. What no table knows is never called weaker.
 */
#pragma once

#include "review/base/text.h"

enum strength_of { STRENGTH_PROTOCOL, STRENGTH_AUTHENTICATION, STRENGTHS };

enum { STRENGTH_UNKNOWN = -1 };

int strength(enum strength_of what, struct bytes says);
bool weaker(enum strength_of what, struct bytes was, struct bytes is);
/* The field speaks of it: protocol, transport, …; authentication, auth, … */
bool strength_field(enum strength_of what, struct bytes name);
