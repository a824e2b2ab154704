/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revoked: which open connections end when store says that a device is no longer welcome.
 */
#pragma once

#include "wire/types.h"

bool revoked_ends(const struct device_id *revoked, const struct device_id *connection);
