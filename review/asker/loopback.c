/* SPDX-License-Identifier: Apache-2.0 */
/* Control: passages of a document leave for this machine only. */
#include "review/asker/dial.h"

#include <netinet/in.h>

/* Req: HF-SEC-033 "shall connect to an address of loopback given in figures and to no other" */
bool endpoint_is_here(const struct sockaddr_storage *to)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)to;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)to;

    if (to->ss_family == AF_INET)
        return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return to->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}
