/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listener: what the three roles that face a network do before they lock themselves down.
 *
 * Certificate and key are read from the role's own folder, the TLS context is made, the port is
 * bound. Each failure is one line on stderr that says what to do.
 */
#pragma once

#include "cloud/talk/role.h"

#include <openssl/ssl.h>

struct listener {
    SSL_CTX *ctx;
    int fd;
    uint16_t port;
};

/* ask_client: device certificates under <role>/device-ca.crt are required. -> an exit code */
int listener_open(
    struct listener *l, const struct role_args *a, bool ask_client, const char *alpn);
