/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May: which role may ask what of agent. A control of its own.
 */
#pragma once

#include "device/talk/role.h"

#include <stdbool.h>
#include <stdint.h>

bool agent_may(enum device_role role, uint16_t what); /* enum message */
