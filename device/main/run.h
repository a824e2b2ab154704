/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run: the supervisor's part of the device, and what a role is told on its command line.
 */
#pragma once

#include "device/talk/role.h"
#include "host/cli.h"

int run_device(const struct cli_args *args);
int run_role(const struct cli_args *args); /* --role NAME */
/* Folders below root, each with its owner. BROKEN: errno. */
MUST_USE enum status make_places(const struct role_env *env);
