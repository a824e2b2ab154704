/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/address.h"

#include <arpa/inet.h>
#include <stdio.h>

struct text {
    char own[16], gateway[16];
    int64_t prefix_bits;
};

/* clang-format off */
static const struct conf_key keys[] = {
    {"", "address", CONF_TEXT, 7, 15, NULL, "own IPv4 address", offsetof(struct text, own)},
    {"", "prefix_bits", CONF_INT, 8, 30, "24", "length of the network's prefix", offsetof(struct text, prefix_bits)},
    {"", "gateway", CONF_TEXT, 7, 15, NULL, "IPv4 address of the router", offsetof(struct text, gateway)},
};
/* clang-format on */

static enum status wrong(struct conf_error *err, const char *what)
{
    *err = (struct conf_error){.expected = "IPv4 addresses of one network"};
    (void)snprintf(err->what, sizeof err->what, "%s", what);
    return MALFORMED;
}

enum status address_parse(
    struct bytes text, struct address *out, struct conf_error *err)
{
    struct text t;
    struct address a;

    TRY(conf_parse(text, keys, sizeof keys / sizeof keys[0], &t, sizeof t, err));
    if (inet_pton(AF_INET, t.own, &a.own) != 1)
        return wrong(err, "address is none");
    if (inet_pton(AF_INET, t.gateway, &a.gateway) != 1)
        return wrong(err, "gateway is none");
    a.mask.s_addr = htonl(UINT32_MAX << (32 - t.prefix_bits));
    if (((a.own.s_addr ^ a.gateway.s_addr) & a.mask.s_addr) != 0
        || a.own.s_addr == a.gateway.s_addr)
        return wrong(err, "gateway is not of this network, or is the device itself");
    *out = a;
    return OK;
}
