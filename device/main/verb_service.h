/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb by which a person at the device shows it a service ticket.
 *
 * The device puts six digits on its screen; the person reads them there and types them here.
 * It opens nothing: what the device gives goes to its own cloud by the ordinary way.
 */
#pragma once

#include "host/cli.h"

int verb_service(const struct cli_args *a);
