/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claim: a plain statement of a document, as subject and value.
 *
 * Five kinds, each taken from one sentence, row or short paragraph:
 *   version    the least version of a protocol that is spoken
 *   lifetime   how long a token, session, certificate or password is good, or idles, or lives
 *              between two rotations
 *   state      a protection is in place, or it is planned or missing
 *   ports      nothing listens, or something does
 *   interface  a debug interface is closed, or open
 * What is refused, asked, advised, or done by an attacker is no claim.
 *
 * Not here: whether a claim is true, and which two cannot both be (contradiction).
 */
#pragma once

#include "review/clause/words.h"
#include "review/read/unit.h"

enum claim_kind {
    CLAIM_VERSION,
    CLAIM_LIFETIME,
    CLAIM_STATE,
    CLAIM_PORTS,
    CLAIM_INTERFACE,
    CLAIM_KINDS
};

struct claim {
    uint8_t kind;         /* enum claim_kind */
    struct bytes subject; /* "TLS", "access token lifetime", "multi-factor sign-in" */
    struct bytes value;   /* "1.2 at least", "8 h", "in place" */
    uint64_t order;       /* equal values have equal numbers */
    uint32_t parts;       /* bits: the parts of the product that the sentence names */
    uint32_t unit;
    struct bytes sentence; /* borrowed from the unit */
};

/* struct claim, added to a list in the order of units. `lexicon` may know words already. */
void claims_find(struct arena *a, const struct corpus *corpus, struct lexicon *lexicon,
    struct list *out);
