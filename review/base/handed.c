/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/handed.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

bool handed_out(int talk, struct bytes message, int fd)
{
    union {
        const uint8_t *at;
        void *part;
    } text = {.at = message.at};
    struct iovec part = {text.part, message.len};
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof fd)] = {0};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

    if (fd >= 0) {
        m.msg_control = room;
        m.msg_controllen = sizeof room;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(talk, &m, MSG_NOSIGNAL) == (ssize_t)message.len;
}

bool handed_in(int talk, struct room in, int *fd)
{
    struct iovec part = {in.at, in.cap};
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof *fd)] = {0};
    struct msghdr m = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = room,
        .msg_controllen = sizeof room};

    *fd = -1;
    ssize_t n = recvmsg(talk, &m, MSG_CMSG_CLOEXEC);
    struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS
        && c->cmsg_len == CMSG_LEN(sizeof *fd))
        memcpy(fd, CMSG_DATA(c), sizeof *fd);
    if (n == (ssize_t)in.cap && (m.msg_flags & MSG_TRUNC) == 0)
        return true;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return false;
}
