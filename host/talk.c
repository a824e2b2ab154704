/* SPDX-License-Identifier: Apache-2.0 */
#include "host/talk.h"

#include "core/base/writer.h"
#include "host/talk_parse.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static enum status address_of(const char *path, struct sockaddr_un *at)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at->sun_path) {
        errno = ENAMETOOLONG;
        return BROKEN;
    }
    memcpy(at->sun_path, path, strlen(path));
    return OK;
}

static int socket_new(void)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static enum status close_keeping_errno(int fd, enum status s)
{
    int why = errno;
    close(fd);
    errno = why;
    return s;
}

/*
 * The kernel shows clients the user that called listen(). A role that is still root listens as
 * the owner of the folder, which is the user that it is about to become.
 */
static bool act_as_owner(const struct sockaddr_un *at, uid_t *uid, gid_t *gid)
{
    char folder[sizeof at->sun_path];
    struct stat st;

    memcpy(folder, at->sun_path, sizeof folder);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    *uid = geteuid();
    *gid = getegid();
    if (*uid != 0 || stat(folder, &st) != 0 || st.st_uid == 0)
        return false;
    return setegid(st.st_gid) == 0 && seteuid(st.st_uid) == 0;
}

/* Somebody listens there: a socket of a process that runs is not to be taken from it. */
static bool is_live(const struct sockaddr_un *at)
{
    int fd = socket_new();
    if (fd < 0)
        return true;
    bool live = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0
        || (errno != ECONNREFUSED && errno != ENOENT);
    close(fd);
    return live;
}

static bool remove_stale(const struct sockaddr_un *at)
{
    struct stat st;

    if (lstat(at->sun_path, &st) != 0)
        return errno == ENOENT;
    if (!S_ISSOCK(st.st_mode) || (st.st_uid != geteuid() && geteuid() != 0)) {
        errno = EEXIST;
        return false;
    }
    if (is_live(at)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(at->sun_path) == 0;
}

static enum status bind_and_listen(int fd, const struct sockaddr_un *at)
{
    if (!remove_stale(at))
        return BROKEN;
    if (bind(fd, (const struct sockaddr *)at, sizeof *at) != 0)
        return BROKEN;
    if (chmod(at->sun_path, 0666) != 0 || listen(fd, BACKLOG) != 0)
        return BROKEN;
    return OK;
}

enum status talk_listen(const char *path, int *fd)
{
    struct sockaddr_un at;
    TRY(address_of(path, &at));

    int new = socket_new();
    if (new < 0)
        return BROKEN;

    uid_t uid = 0;
    gid_t gid = 0;
    bool acting = act_as_owner(&at, &uid, &gid);
    enum status s = bind_and_listen(new, &at);
    int why = errno;

    if (acting && (seteuid(uid) != 0 || setegid(gid) != 0))
        s = BROKEN;
    errno = why;
    if (s != OK)
        return close_keeping_errno(new, s);
    *fd = new;
    return OK;
}

static bool peer_uid(int fd, uid_t *uid)
{
    struct ucred cred;
    socklen_t len = sizeof cred;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
        return false;
    *uid = cred.uid;
    return true;
}

enum status talk_accept(
    int listen_fd, const uid_t *uids, size_t uid_count, int *fd, uid_t *peer)
{
    int new = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    uid_t uid = 0;

    if (new < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? AGAIN
                                                                          : BROKEN;
    if (!peer_uid(new, &uid))
        return close_keeping_errno(new, BROKEN);
    if (peer != NULL)
        *peer = uid;
    for (size_t i = 0; i < uid_count; i++)
        if (uids[i] == uid) {
            *fd = new;
            return OK;
        }
    return close_keeping_errno(new, REFUSED);
}

enum status talk_connect(const char *path, int *fd)
{
    struct sockaddr_un at;
    TRY(address_of(path, &at));

    int new = socket_new();
    if (new < 0)
        return BROKEN;
    if (connect(new, (const struct sockaddr *)&at, sizeof at) != 0) {
        bool later = errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN
            || errno == EINTR;
        return close_keeping_errno(new, later ? AGAIN : BROKEN);
    }
    *fd = new;
    return OK;
}

enum status talk_connect_to(const char *path, uid_t uid, int *fd)
{
    int new = -1;
    uid_t listener = 0;

    TRY(talk_connect(path, &new));
    if (!peer_uid(new, &listener))
        return close_keeping_errno(new, BROKEN);
    if (listener != uid)
        return close_keeping_errno(new, REFUSED);
    *fd = new;
    return OK;
}

static void head_of(uint16_t door, size_t len, uint8_t head[TALK_HEAD_LEN])
{
    struct writer w = writer_over((struct room){head, TALK_HEAD_LEN});
    put_u16(&w, TALK_VERSION);
    put_u16(&w, door);
    put_u32(&w, (uint32_t)len);
}

static enum status send_parts(int fd, struct iovec *parts, size_t count)
{
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t n;

    do
        n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return OK;
    return errno == EAGAIN || errno == ENOBUFS ? AGAIN : BROKEN;
}

/* sendmsg() takes a pointer to non-const and does not write. */
static struct iovec part_of(struct bytes b)
{
    uint8_t *unread = NULL;
    memcpy(&unread, &b.at, sizeof unread);
    return (struct iovec){unread, b.len};
}

enum status talk_send(int fd, uint16_t door, struct bytes body)
{
    assert(body.len <= LIMIT_TALK_BODY);

    uint8_t head[TALK_HEAD_LEN];
    head_of(door, body.len, head);
    struct iovec parts[2] = {{head, sizeof head}, part_of(body)};
    return send_parts(fd, parts, body.len > 0 ? 2 : 1);
}

enum status talk_recv(int fd, const struct talk_door *doors, size_t door_count,
    struct room into, uint16_t *door, struct bytes *body)
{
    struct bytes datagram, got;
    uint16_t number;

    TRY(talk_read(fd, into, &datagram));
    TRY(talk_parse(&datagram, doors, door_count, &number, &got));
    if (datagram.len > 0)
        return MALFORMED;
    *door = number;
    *body = got;
    return OK;
}

enum status talk_put(
    struct room datagram, size_t *len, uint16_t door, struct bytes body)
{
    assert(body.len <= LIMIT_TALK_BODY && *len <= datagram.cap);

    if (datagram.cap - *len < TALK_HEAD_LEN + body.len)
        return FULL;
    head_of(door, body.len, datagram.at + *len);
    if (body.len > 0)
        memcpy(datagram.at + *len + TALK_HEAD_LEN, body.at, body.len);
    *len += TALK_HEAD_LEN + body.len;
    return OK;
}

enum status talk_post(int fd, struct bytes datagram)
{
    struct iovec part = part_of(datagram);
    return send_parts(fd, &part, 1);
}

enum status talk_read(int fd, struct room into, struct bytes *datagram)
{
    assert(into.cap >= TALK_HEAD_LEN);

    struct iovec part = {into.at, into.cap};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    do
        n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? AGAIN : BROKEN;
    if (n == 0)
        return BROKEN;
    if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return MALFORMED;
    *datagram = (struct bytes){into.at, (size_t)n};
    return OK;
}
