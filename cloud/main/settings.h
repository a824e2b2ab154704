/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: etc/holdfast/cloud.conf, written by init, taken whole or not at all.
 */
#pragma once

#include "core/base/conf.h"
#include "core/base/limits.h"

#include <stdbool.h>

struct settings {
    char name[256];    /* of the server, checked by devices */
    char address[256]; /* where devices dial */
    char listen[64];   /* IP address that listeners bind */
    int64_t device_port, enrol_port, people_port;
    int64_t gates;         /* processes of role gate */
    char require_trust[9]; /* "any" or "tpm" */
    char clone_policy[5];  /* "note" or "stop" */
    int64_t least_security_version;
    int64_t device_rate; /* batches that one device may send in a second */
};

/* Prints the one line and returns an exit code; EXIT_DONE on success. */
int settings_read(const char *root, struct settings *out);
void settings_print(void); /* every key with range, default and help */
MUST_USE enum status settings_write(
    const char *path, const char *name, const char *address);
