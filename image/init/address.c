/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/address.h"

#include <assert.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char interface[] = "eth0";

/* A sockaddr in the place that the ioctl has for it; both are laid out by the C library. */
static void put(struct sockaddr *at, struct in_addr ip)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = ip};

    static_assert(sizeof in == sizeof *at, "the ioctl takes a sockaddr_in here");
    memcpy(at, &in, sizeof in);
}

static bool give(int fd, unsigned long what, struct in_addr ip)
{
    struct ifreq r = {0};

    memcpy(r.ifr_name, interface, sizeof interface);
    put(&r.ifr_addr, ip);
    return ioctl(fd, what, &r) == 0;
}

static bool up(int fd, const char *name, size_t name_len)
{
    struct ifreq r = {0};

    memcpy(r.ifr_name, name, name_len);
    r.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(fd, SIOCSIFFLAGS, &r) == 0;
}

static bool route(int fd, struct in_addr gateway)
{
    struct rtentry r = {.rt_flags = RTF_UP | RTF_GATEWAY};
    const struct in_addr any = {INADDR_ANY};

    put(&r.rt_dst, any);
    put(&r.rt_genmask, any);
    put(&r.rt_gateway, gateway);
    return ioctl(fd, SIOCADDRT, &r) == 0;
}

enum status address_set(const struct address *a)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return BROKEN;
    bool good = up(fd, "lo", sizeof "lo") && give(fd, SIOCSIFADDR, a->own)
        && give(fd, SIOCSIFNETMASK, a->mask) && up(fd, interface, sizeof interface)
        && route(fd, a->gateway);
    int why = errno;
    close(fd);
    errno = why;
    return good ? OK : BROKEN;
}
