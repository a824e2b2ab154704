/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Courier: carries envelopes to the cloud and whatever comes back to keeper; opens neither.
 *
 * Without a readable key, certificate or cloud file it says so to keeper and never dials.
 */
#pragma once

#include "device/talk/role.h"

int courier_main(struct role_env *env); /* exit code */
