/* SPDX-License-Identifier: Apache-2.0 */
/*
 * View: the page for people, over plain HTTP from our own people process.
 *
 * Every datum comes through store's doors with the person's session token; view keeps nothing.
 * Each answer carries the same strict header fields. Routes are those of cloud/talk/routes.h; a
 * path and a query have one spelling, and a POST must bear our own page's Origin.
 *
 * libmicrohttpd does the HTTP, driven from our loop; a request waits for store suspended.
 */
#pragma once

#include "cloud/talk/hub.h"

enum {
    VIEW_CONNECTIONS = 256,
    /* Places to wait for store. Together they are the connections: data are never refused
     * for want of a place, only late. */
    VIEW_SIGN_WAITING = 32,
    VIEW_SAME_NAME = 4, /* of those, with one name */
    VIEW_DATA_WAITING = VIEW_CONNECTIONS - VIEW_SIGN_WAITING,
    VIEW_JSON_MAX = 131072,
};

/* Store's answers bear no name: one question at a time on each lane. */
enum view_lane { LANE_SIGN, LANE_DATA, LANES };

struct view_request;

struct lane {
    uint64_t store; /* hub peer; 0: not there */
    struct view_request *first, *last;
    uint32_t waiting;
    bool outstanding;
};

struct view_process {
    struct log *log;
    struct loop *loop;
    struct hub *hub;
    struct MHD_Daemon *daemon;
    int mhd_fd, listen_fd;
    unsigned people; /* the only user that may connect */
    struct lane lanes[LANES];
};

MUST_USE enum status view_start(struct view_process *v);
void view_stop(struct view_process *v);
enum status view_heard_store(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void view_store_up(void *ctx, uint64_t peer);
void view_store_gone(void *ctx, uint64_t peer);
