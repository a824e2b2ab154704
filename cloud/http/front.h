/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Front: the whole life of a role that faces a network: gate, enrol, people.
 *
 * One order for all: certificate, key and port are read and bound; the role's own parts are made;
 * it locks itself down; only then does it connect to the one role behind it, and serve. It may
 * open no file any more, accept on its one port, and connect below one folder.
 *
 * Not here: what is served (the role's tls_owner), what its doors mean.
 */
#pragma once

#include "cloud/http/listener.h"
#include "cloud/http/tls_server.h"
#include "cloud/talk/hub.h"
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"

struct front_socket {
    const char *role, *name;
};

struct front {
    struct log log;
    struct loop *loop;
    struct hub *hub;
    struct life life;
    struct listener listener;
    char behind[PLACE_MAX], behind_run[PLACE_MAX], sister[PLACE_MAX];
};

struct front_plan {
    bool ask_client; /* as listener_open() has it */
    const char *alpn;
    struct front_socket behind; /* the one that it may connect to */
    struct front_socket
        sister; /* one that it has no business with: for its self-test */
    struct hub_port
        door; /* to `behind`; path and ctx are filled in; heard NULL: it dials itself */
    struct tls_server *tls;
    struct tls_limits limits;
    struct tls_owner owner;
    void *role;                                        /* for the calls below */
    enum status (*begin)(void *role, struct front *f); /* before it locks itself down */
    enum status (*started)(void *role);                /* tls is there; may be NULL */
    void (*ended)(void *role); /* before tls goes; may be NULL */
};

/* -> an exit code */
int front_role(const struct role_args *a, const struct front_plan *plan);
