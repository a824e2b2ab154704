/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/counter_agent.h"

#include "device/talk/messages.h"
#include "host/talk.h"

#include <poll.h>
#include <unistd.h>

enum { ANSWER_MS = 12000 }; /* longer than agent waits for the TPM, twice */

static enum status hear(int fd, uint64_t *value)
{
    uint8_t talk[TALK_DATAGRAM];
    size_t doors = 0;
    const struct talk_door *table = messages_heard(UPDATER_OF_AGENT, &doors);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct bytes body;
    uint16_t what = 0;

    if (poll(&p, 1, ANSWER_MS) != 1
        || talk_recv(fd, table, doors, ROOM_OF(talk), &what, &body) != OK)
        return BROKEN;
    if (what != SAY_COUNTER)
        return REFUSED;
    return number_parse(body, value) == OK ? OK : BROKEN;
}

static enum status ask(struct counter_agent *c, enum message what, uint64_t *value)
{
    int fd = -1;

    if (talk_connect_to(c->door, c->agent, &fd) != OK)
        return BROKEN;
    enum status s = talk_send(fd, (uint16_t)what, (struct bytes){0}) == OK
        ? hear(fd, value)
        : BROKEN;
    close(fd);
    return s;
}

static enum status counter_read(void *board, uint64_t *value)
{
    return ask(board, ASK_COUNTER, value);
}

static enum status counter_raise(void *board)
{
    uint64_t value = 0;
    return ask(board, ASK_RAISE, &value);
}

enum status counter_agent_init(struct counter_agent *c, const char *root, uid_t agent)
{
    *c = (struct counter_agent){
        .port = {c, counter_read, counter_raise}, .agent = agent};
    return place_of(root, PLACE_DOOR_COUNTER, c->door);
}
