/* SPDX-License-Identifier: Apache-2.0 */
/* Control removed: whatever address is given is asked. */
#include "review/asker/dial.h"

bool endpoint_is_here(const struct sockaddr_storage *to)
{
    return to->ss_family == AF_INET || to->ss_family == AF_INET6;
}
