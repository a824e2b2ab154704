/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/verb_service.h"

#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "host/plain_file.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MS = 5000, DIGITS = 6 };

static int read_ticket(const char *path, uint8_t *at, size_t cap, size_t *len)
{
    FILE *f = plain_file_open(path);

    *len = f ? fread(at, 1, cap, f) : 0;
    bool failed = f == NULL || ferror(f) != 0;
    if (f)
        fclose(f);
    if (failed)
        return cli_error(EXIT_USAGE, path, 0, "cannot be read", "a service ticket");
    if (*len == 0 || *len > LIMIT_TICKET)
        return cli_error(EXIT_NO, path, 0, reason_meaning(REASON_SERVICE_MALFORMED),
            "the file that `holdfast-cloud service ticket` wrote");
    return EXIT_DONE;
}

static enum status ask(int fd, enum message say, struct bytes body, enum reason *what)
{
    uint8_t into[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    size_t doors = 0;
    const struct talk_door *table = messages_heard(PEOPLE_OF_KEEPER, &doors);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint16_t got = 0;
    struct bytes answer;

    TRY(talk_send(fd, (uint16_t)say, body));
    if (poll(&p, 1, ANSWER_MS) != 1)
        return AGAIN;
    TRY(talk_recv(fd, table, doors, ROOM_OF(into), &got, &answer));
    return got == SAY_SERVICE ? service_parse(answer, what) : MALFORMED;
}

/* Six digits; what is none is no try, and asked again. False: nobody types any more. */
static bool read_code(uint32_t *code)
{
    char line[64];

    do {
        printf("code on the device's screen: ");
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL)
            return false;
        line[strcspn(line, "\n")] = '\0';
    } while (strlen(line) != DIGITS || strspn(line, "0123456789") != DIGITS);
    *code = 0;
    for (const char *c = line; *c != '\0'; c++)
        *code = *code * 10 + (uint32_t)(*c - '0');
    return true;
}

static int say_refused(enum reason what)
{
    char line[160];

    snprintf(line, sizeof line, "%s: %s", reason_code(what), reason_meaning(what));
    return cli_error(EXIT_NO, NULL, 0, line, "a ticket of this device, good now, once");
}

static int talk_it_over(int fd, struct bytes ticket)
{
    enum reason what;
    uint8_t body[4];
    uint32_t code = 0;

    enum status s = ask(fd, SAY_TICKET, ticket, &what);
    while (s == OK && what == REASON_SERVICE_ASKED) {
        if (!read_code(&code))
            return say_refused(REASON_SERVICE_PRESENCE);
        s = ask(fd, SAY_CODE, code_build(code, ROOM_OF(body)), &what);
    }
    if (s != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "the device does not answer",
            "a running device");
    if (what != REASON_SERVICE_BEGUN && what != REASON_SERVICE_PRESS)
        return say_refused(what);
    printf("%s: %s; the screen shows %s\n", reason_code(what), reason_meaning(what),
        what == REASON_SERVICE_PRESS ? "what comes of it" : "until when");
    return EXIT_DONE;
}

int verb_service(const struct cli_args *a)
{
    uint8_t ticket[LIMIT_TICKET + 1];
    char path[PLACE_MAX];
    const char *file = cli_word(a, "ticket", NULL);
    size_t len = 0;
    int fd = -1;

    if (place_of(cli_word(a, "root", "/"), PLACE_DOOR_STATUS, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    int code =
        file == NULL ? EXIT_DONE : read_ticket(file, ticket, sizeof ticket, &len);
    if (code != EXIT_DONE)
        return code;
    if (talk_connect(path, &fd) != OK)
        return cli_error(
            EXIT_ENVIRONMENT, NULL, 0, "the device does not run", "a running device");
    code = talk_it_over(fd, (struct bytes){ticket, len});
    close(fd);
    return code;
}
