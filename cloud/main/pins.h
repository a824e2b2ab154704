/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins: sets of authorities that devices take for the cloud, signed off line, and handed out.
 */
#pragma once

#include "wire/pins.h"

struct pins_wish {
    const char *authorities[PINS_MOST]; /* certificates, PEM; NULL: none */
    const char *key, *file;             /* paths; file is made new */
    int64_t version;
};

/* Exit codes. Neither needs a cloud that runs, and no role of it ever reads the key. */
int pins_make(const struct pins_wish *wish);
/* A whole set, signed by that key. */
bool pins_signed_set(
    struct bytes set, const struct ed25519_public *key, struct signed_pins *out);
/* Checked against the key that bundles name; out: the whole set. */
int pins_read(const char *root, const char *path, struct room out, size_t *len);
