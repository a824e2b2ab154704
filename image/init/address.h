/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address: the device's own place in its network, from etc/holdfast/network.conf.
 *
 * Fixed addresses only: no DHCP client is on the device, so no answer of a stranger's is parsed
 * before TLS.
 */
#pragma once

#include "core/base/conf.h"

#include <netinet/in.h>

struct address {
    struct in_addr own, mask, gateway;
};

/* MALFORMED with *err; *out is as it was. */
MUST_USE enum status address_parse(
    struct bytes text, struct address *out, struct conf_error *err);
/* Gives the one Ethernet interface its address and takes it up. BROKEN with errno. */
MUST_USE enum status address_set(const struct address *a);
