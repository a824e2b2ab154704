/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Role: what cloud/main hands to the function that is a role's whole life, and these functions.
 *
 * A role reads its files, opens its sockets, calls confine_enter(), then role_ready() with its
 * bound port in ports[0], then serves until SIGTERM. It returns an exit code of host/cli.h.
 * cloud/main has already opened descriptor 3 (supervise) and knows nothing of what follows.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct role_args {
    const char *
        root; /* prefix of /etc/holdfast, /var/lib/holdfast, /run/holdfast; "" or a folder */
    const char *role;   /* gate, enrol, people, view, store, keys */
    const char *listen; /* IP address that listeners bind; never NULL */
    uint16_t port;      /* gate, enrol, people: 0 is any */
    uint16_t
        index; /* which of the gate processes that share a port, from 1; 0: the only one */
    bool require_tpm; /* keys, store: policy, cloud.conf's require_trust */
    uint32_t least_security_version; /* store: below it a device may only update */
    bool stop_clones;                /* store: policy, cloud.conf's clone_policy */
    uint16_t device_rate; /* store: batches that one device may send in a second */
    bool log_json;
    bool self_test; /* after confinement: life_self_test(), then serve */
};

int gate_role(const struct role_args *a);
int enrol_role(const struct role_args *a);
int people_role(const struct role_args *a);
int view_role(const struct role_args *a);
int store_role(const struct role_args *a);
int keys_role(const struct role_args *a);

/* The user of a role: "holdfast-" and its name. */
enum { ROLE_USER = 32 };
const char *role_user(const char *role, char out[ROLE_USER]);

/*
 * Places. cloud/main makes run/holdfast/<role> (0711) before the roles start; init makes
 * var/lib/holdfast/<role> (0700), all owned by holdfast-<role>, and in them:
 *   gate/tls.crt enrol/tls.crt people/tls.crt    DER, 0444
 *   gate/tls.key enrol/tls.key people/tls.key    DER (PKCS#8), 0400
 *   gate/device-ca.crt                           DER, 0444
 * and main writes run/holdfast/ports.json once all roles are ready.
 */
enum place { PLACE_ETC, PLACE_VAR, PLACE_RUN };
enum { PLACE_MAX = 512 };
/* <root>/var/lib/holdfast/<role>/<file>; role or file may be NULL. FULL: too long. */
MUST_USE enum status place_of(const char *root, enum place place, const char *role,
    const char *file, char out[PLACE_MAX]);
