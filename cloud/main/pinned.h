/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pinned: public halves of keys that are kept off this machine, as bundles name them.
 */
#pragma once

#include "core/port/crypto.h"

/* Exit codes. `file` is a name in the public folder of keys, such as "service.pub". */
int pinned_write(const char *root, const char *file, const char *public_path);
int pinned_read(const char *root, const char *file, struct ed25519_public *out);
