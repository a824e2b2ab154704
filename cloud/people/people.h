/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People: browsers' TLS connections, each carried byte by byte to view and back.
 *
 * It reads no HTTP. Bytes wait in buffers of stated size; a side that does not read stops the
 * other. Not here: pages, sessions (cloud/view), certificates (cloud/http/listener).
 */
#pragma once

#include "cloud/http/tls_server.h"

enum {
    PEOPLE_CONNECTIONS = 256,
    PEOPLE_IDLE_MS = 120000,
    PEOPLE_BUFFER = 65536,
    PEOPLE_QUIET_MS = 15000 /* three polls of the page */
};

struct people {
    struct log *log;
    struct loop *loop;
    struct tls_server tls;
    const char *view; /* path of view's socket */
};

struct tls_owner people_owner(struct people *p);
struct tls_limits people_limits(void);
