/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serve: check what was made by init, make the run folders, keep every role alive.
 */
#pragma once

#include "host/cli.h"

struct serve_options { /* -1: as the configuration says */
    const char *root;
    int64_t device_port, enrol_port, people_port, gates, for_s;
    bool log_json, self_test;
};

int serve_cloud(const struct serve_options *o);
/* A process that serve started: --role NAME. */
int serve_role(const struct cli_args *a);
