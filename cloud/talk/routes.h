/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes: every HTTP request that the cloud serves, once. The roles dispatch by this table and
 * `holdfast-cloud routes --json` prints it, so that a test can walk what really is there.
 */
#pragma once

#include <stddef.h>

enum route_id {
    ROUTE_BATCHES,
    ROUTE_ATTEST,
    ROUTE_ENROL,
    ROUTE_PIECE,
    ROUTE_PAGE,
    ROUTE_SCRIPT,
    ROUTE_AGE,
    ROUTE_CHART,
    ROUTE_STYLE,
    ROUTE_SIGN_IN,
    ROUTE_SIGN_OUT,
    ROUTE_DEVICES,
    ROUTE_TREND,
    ROUTE_GAPS,
};

struct route {
    const char *method;
    const char *path; /* {id}: a device id in its UUID form */
    const char *role;
    const char *who; /* what a caller must have */
};

/* clang-format off */
static const struct route routes[] = {
    [ROUTE_BATCHES] = {"POST", "/v1/d/{id}/batches", "gate",  "client certificate of this id"},
    [ROUTE_ATTEST]  = {"POST", "/v1/d/{id}/attest",  "gate",  "client certificate of this id"},
    [ROUTE_ENROL]   = {"POST", "/v1/enrol",          "enrol", "an open invitation"           },
    [ROUTE_PIECE]   = {"GET",  "/v1/u/{release}/{piece}", "gate", "client certificate of a device that this release is offered to"},
    [ROUTE_PAGE]     = {"GET",  "/",             "view", "nothing: it holds no data"},
    [ROUTE_SCRIPT]   = {"GET",  "/app.js",       "view", "nothing: it holds no data"},
    [ROUTE_AGE]      = {"GET",  "/age.js",       "view", "nothing: it holds no data"},
    [ROUTE_CHART]    = {"GET",  "/chart.js",     "view", "nothing: it holds no data"},
    [ROUTE_STYLE]    = {"GET",  "/app.css",      "view", "nothing: it holds no data"},
    [ROUTE_SIGN_IN]  = {"POST", "/api/sign-in",  "view", "name and password"        },
    [ROUTE_SIGN_OUT] = {"POST", "/api/sign-out", "view", "a session"                },
    [ROUTE_DEVICES]  = {"GET",  "/api/devices",  "view", "a session"                },
    [ROUTE_TREND]    = {"GET",  "/api/trend",    "view", "a session"                },
    [ROUTE_GAPS]     = {"GET",  "/api/gaps",     "view", "a session"                },
};
/* clang-format on */

enum { ROUTE_TOTAL = sizeof routes / sizeof routes[0] };
