/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network rule: the firewall first, and no network without it. A control of its own.
 */
#pragma once

#include <stdbool.h>

struct network_steps {
    void *ctx;
    bool (*rules)(void *ctx);   /* are in force now */
    bool (*address)(void *ctx); /* the interface is up and has one */
};

/* The network is open. */
bool network_open(const struct network_steps *steps);
