/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle sign: the release key's signature over the parts of a bundle, and ones that are none.
 */
#pragma once

#include "tests/support/pki.h"

struct bundle_signing {
    const struct pki_key *by;
    const char *eku;
    int64_t not_after_s;
    const EVP_MD *md;
    unsigned flags, signers; /* CMS_DETACHED | CMS_BINARY and 1, if it is to be good */
};

/* DER of a CMS over `parts`; its length. The caller's room has to be large enough. */
size_t bundle_sign(const struct bundle_signing *s, struct bytes parts, struct room out);
