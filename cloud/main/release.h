/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release: state a bundle under the second key. Off line: nothing of a cloud is read or asked.
 *
 * The release key's signature is in the bundle by then (packaging/release-bundle makes it with
 * openssl); who holds one of the two keys cannot make the other's.
 */
#pragma once

#include <stdint.h>

struct release_wish {
    const char *key; /* PEM file that `release key` made */
    const char *bundle, *statement;
    const char *product, *version, *build; /* word; 1.2.3; 32 hex digits */
    int64_t security_version, root_bytes;  /* the rest of the parts is the boot image */
};

/* Exit codes. */
int release_key(const char *path);
int release_sign(const struct release_wish *wish);
