/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/rules.h"

#include <string.h>

bool service_for_device(const struct ticket *t, const struct device_id *device)
{
    return memcmp(&t->device, device, sizeof *device) == 0;
}
