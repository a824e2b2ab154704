/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes: every HTTP request that the cloud serves, once. The roles dispatch by this table and
 * `holdfast-cloud routes --json` prints it, so that a test can walk what really is there.
 */
#pragma once

#include <stddef.h>

enum route_id {
    ROUTE_BATCHES,
    ROUTE_ENROL,
    ROUTE_COUNT_DEVICE, /* device-facing ones end here; view's follow */
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
    [ROUTE_ENROL]   = {"POST", "/v1/enrol",          "enrol", "an open invitation"           },
};
/* clang-format on */

enum { ROUTE_TOTAL = sizeof routes / sizeof routes[0] };
