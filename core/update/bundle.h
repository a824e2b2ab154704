/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Update bundle: the parts of a slot one after another, then the release key's signature.
 *
 *   parts || CMS SignedData over them, detached, DER || u64 length of the CMS, big-endian
 *
 * The layout that RAUC's plain bundles have, so `rauc bundle` or `openssl cms -sign` can sign one.
 * Lengths of the parts are in the statement (wire/release.h), nothing in the bundle says them.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"

struct update_bundle { /* borrows */
    struct bytes parts;
    struct bytes cms; /* 1..LIMIT_UPDATE_SIGNATURE */
};

/* MALFORMED: the length at its end is not one that fits. */
MUST_USE enum status update_bundle_parse(struct bytes in, struct update_bundle *out);
