/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hears: which messages the door of a role takes. A control of its own.
 */
#pragma once

#include "device/talk/messages.h"
#include "device/talk/role.h"

enum hearer agent_hears(enum device_role role);
