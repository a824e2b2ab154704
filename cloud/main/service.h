/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service: tickets that let one person look into one device for a few hours.
 *
 * Off line: neither the key nor a ticket needs a cloud that runs, and no role of it ever reads
 * the key. What a device gives while a ticket is in force comes by the ordinary way and is looked
 * at through admin.h.
 */
#pragma once

#include "wire/ticket.h"

#include <stdbool.h>

/* A new key: path 0400, path.pub. Exit codes, as all below. */
int service_key(const char *path);
/* Bundles made from now on tell devices to believe this key. */
int service_pin(const char *root, const char *public_path);
/* What service_pin wrote. */
int service_pinned(const char *root, struct ed25519_public *out);

struct ticket_wish {
    const char *device, *holder;
    const char *key, *file; /* paths; file is made new */
    int64_t hours, after_min;
};
int service_ticket(const struct ticket_wish *wish, bool json);
