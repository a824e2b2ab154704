/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release CMS: the release key's signature over the parts of a bundle (RFC 5652), by OpenSSL.
 *
 * One signer, whose certificate is for signing code and goes back to our own authority; detached;
 * SHA-256 or longer. Times of certificates are not looked at: a device's clock may be unset, and
 * what ends a release is the security counter.
 *
 * Not here: what is asked before it (core/update/install.h): this is the largest parser of the
 * update, and it sees only bytes that the second key has vouched for.
 */
#pragma once

#include "core/update/install.h"

struct release_cms;

/* pem: certificates of the release authority. REFUSED: there is none in it. */
MUST_USE enum status release_cms_new(struct bytes pem, struct release_cms **out);
void release_cms_free(struct release_cms *c);
const struct release_key *release_cms_port(struct release_cms *c);
