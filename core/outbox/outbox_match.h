/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Match: does a verdict speak of the very batch that was sent?
 *
 * Not here: whether the answer is genuine or fresh, and what the verdict does.
 */
#pragma once

#include "wire/types.h"

struct outbox_sent { /* what one transmission carried */
    struct epoch epoch;
    uint32_t generation; /* of the keys that it is sealed under */
    uint32_t seq;
    struct digest digest; /* of the envelope */
};

bool outbox_match(const struct outbox_sent *sent, const struct verdict *v);
