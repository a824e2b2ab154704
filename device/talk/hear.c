/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/hear.h"

enum status hear_one(
    int fd, enum hearer who, struct room into, uint16_t *what, struct bytes *body)
{
    size_t doors = 0;
    const struct talk_door *table = messages_heard(who, &doors);

    return talk_recv(fd, table, doors, into, what, body);
}

bool hear_ends(enum status s, struct log *log, const char *from)
{
    if (s == MALFORMED)
        LOG(log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("from", from));
    return s != OK && s != AGAIN;
}
