/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/service.h"

#include "cloud/main/new_file.h"
#include "cloud/main/pinned.h"
#include "core/base/hex.h"
#include "core/base/utf8.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/sign_key.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int service_key(const char *path)
{
    const char *why = NULL;
    char id[SIGN_KEY_ID_TEXT];
    struct sign_key *k = NULL;

    if (sign_key_make(path, &why) != OK || sign_key_open_private(path, &k, &why) != OK)
        return cli_error(EXIT_USAGE, path, 0, why, "a new file that may be written");
    sign_key_id(k, id);
    sign_key_free(k);
    printf("service key %s; devices learn %s.pub with their bundle\n", id, path);
    return EXIT_DONE;
}

int service_pin(const char *root, const char *public_path)
{
    return pinned_write(root, "service.pub", public_path);
}

int service_pinned(const char *root, struct ed25519_public *out)
{
    return pinned_read(root, "service.pub", out);
}

/* ---- a ticket ---- */

static int fill(const struct ticket_wish *w, struct ticket *t)
{
    const struct entropy *e = host_entropy_port();
    size_t len = strlen(w->holder);
    struct bytes id = {(const uint8_t *)w->device, strlen(w->device)};
    uint64_t begin = (uint64_t)time(NULL) + (uint64_t)w->after_min * 60;

    if (uuid_parse(id, t->device.b) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--device",
            "a UUID in lower case, as `holdfast-cloud device list` prints it");
    if (w->hours * 3600 > LIMIT_TICKET_S)
        return cli_error(EXIT_USAGE, NULL, 0, "--hours", "8 at most");
    t->not_before_s = (uint32_t)begin;
    t->not_after_s = (uint32_t)(begin + (uint64_t)w->hours * 3600);
    memcpy(t->holder, w->holder, len < sizeof t->holder ? len + 1 : 0);
    if (!ticket_rules_hold(t)
        || !utf8_shows((struct bytes){(const uint8_t *)w->holder, len}))
        return cli_error(EXIT_USAGE, NULL, 0, "--holder",
            "whose ticket it is: 1 to 32 bytes that a screen can show");
    if (e->fill(e->board, ROOM_OF(t->serial.b)) != OK)
        return cli_error(
            EXIT_ENVIRONMENT, NULL, 0, "no random numbers", "a kernel that has them");
    return EXIT_DONE;
}

static int sign(const char *path, struct bytes payload, struct signature *out)
{
    uint8_t room[TICKET_SIGNED_BYTES_MAX];
    const char *why = NULL;
    struct sign_key *k = NULL;

    if (sign_key_open_private(path, &k, &why) != OK)
        return cli_error(EXIT_ENVIRONMENT, path, 0, why,
            "the key that `holdfast-cloud service key` made, a file 0400 of this user");
    sign_key_sign(k, ticket_signed_bytes(payload, ROOM_OF(room)), out->b);
    sign_key_free(k);
    return EXIT_DONE;
}

static void say(const struct ticket *t, bool json)
{
    char serial[2 * SERIAL_LEN + 1], id[UUID_TEXT];

    hex_of(BYTES_OF(t->serial.b), (struct room){(uint8_t *)serial, sizeof serial});
    uuid_of(t->device.b, id);
    printf(json ? "{\"serial\":\"%s\",\"device\":\"%s\",\"not_before_s\":%u,"
                  "\"not_after_s\":%u}\n"
                : "ticket %s for device %s, from %u to %u (seconds since 1970, UTC)\n",
        serial, id, t->not_before_s, t->not_after_s);
}

int service_ticket(const struct ticket_wish *wish, bool json)
{
    struct ticket t = {0};
    struct signature signature;
    uint8_t payload_room[TICKET_PAYLOAD_MAX], room[LIMIT_TICKET];

    int code = fill(wish, &t);
    if (code != EXIT_DONE)
        return code;
    struct bytes payload = ticket_payload_build(&t, ROOM_OF(payload_room));
    code = sign(wish->key, payload, &signature);
    if (code == EXIT_DONE)
        code =
            new_file_keep(wish->file, ticket_build(payload, &signature, ROOM_OF(room)));
    if (code == EXIT_DONE)
        say(&t, json);
    return code;
}
