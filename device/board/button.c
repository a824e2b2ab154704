/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/button.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

_Static_assert(
    sizeof(struct input_event) == BUTTON_EVENT_LEN, "a 64-bit kernel's event");

static unsigned bits_of(const uint8_t *at, size_t len)
{
    unsigned n = 0;

    for (size_t i = 0; i < len; i++)
        for (uint8_t b = at[i]; b != 0; b = (uint8_t)(b & (b - 1)))
            n++;
    return n;
}

/* Types: synchronisation and keys; one key. Power buttons also tell a wake-up, which is nobody's finger. */
static bool has_one_key(int fd)
{
    uint8_t types[EV_CNT / 8 + 1] = {0}, keys[KEY_CNT / 8 + 1] = {0};

    if (ioctl(fd, EVIOCGBIT(0, sizeof types), types) < 0
        || ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) < 0)
        return false;
    types[EV_SYN / 8] &= (uint8_t) ~(1U << (EV_SYN % 8));
    types[EV_KEY / 8] &= (uint8_t) ~(1U << (EV_KEY % 8));
    keys[KEY_WAKEUP / 8] &= (uint8_t) ~(1U << (KEY_WAKEUP % 8));
    return bits_of(types, sizeof types) == 0 && bits_of(keys, sizeof keys) == 1;
}

enum status button_open(const char *path, int *fd)
{
    int new = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (new < 0)
        return BROKEN;
    if (!has_one_key(new)) {
        close(new);
        return REFUSED;
    }
    *fd = new;
    return OK;
}

enum status button_parse(struct bytes in, unsigned *presses)
{
    unsigned n = 0;

    if (in.len == 0 || in.len % BUTTON_EVENT_LEN != 0)
        return MALFORMED;
    for (size_t at = 0; at < in.len; at += BUTTON_EVENT_LEN) {
        struct input_event e;
        memcpy(&e, in.at + at, sizeof e);
        n += e.type == EV_KEY && e.code != KEY_WAKEUP
            && e.value == 1; /* 0: let go, 2: held */
    }
    *presses = n;
    return OK;
}

enum status button_read(int fd, unsigned *presses)
{
    uint8_t b[BUTTON_READ_MAX];
    ssize_t n = read(fd, b, sizeof b);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? AGAIN : BROKEN;
    if (n == 0)
        return BROKEN;
    TRY(button_parse((struct bytes){b, (size_t)n}, presses));
    return *presses > 0 ? OK : AGAIN;
}
