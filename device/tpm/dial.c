/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/dial.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *tpm_place(const char *spec, bool *is_socket)
{
    static const char device[] = "device:", swtpm[] = "swtpm:path=";
    const char *place = NULL;

    *is_socket = strncmp(spec, swtpm, sizeof swtpm - 1) == 0;
    if (*is_socket)
        place = spec + sizeof swtpm - 1;
    else if (strncmp(spec, device, sizeof device - 1) == 0)
        place = spec + sizeof device - 1;
    return place != NULL && place[0] == '/' ? place : NULL;
}

static int dial_socket(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    memcpy(at.sun_path, path, strlen(path));
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

enum status tpm_dial(const char *spec, int *fd, const char **why)
{
    bool is_socket = false;
    const char *place = tpm_place(spec, &is_socket);

    *why = "no-such-tpm";
    if (place == NULL
        || (is_socket && strlen(place) >= sizeof((struct sockaddr_un *)0)->sun_path))
        return REFUSED;
    /* Without O_NONBLOCK the kernel does the whole command inside write(): no bound would hold. */
    int got =
        is_socket ? dial_socket(place) : open(place, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    *why = "absent";
    if (got < 0)
        return BROKEN;
    *fd = got;
    return OK;
}
