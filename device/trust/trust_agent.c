/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/trust_agent.h"

#include "device/talk/keys.h"
#include "device/talk/messages.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MS = 12000 }; /* longer than agent waits for the TPM, twice */

static enum status lost(struct trust_agent *t)
{
    t->lost = true;
    return BROKEN;
}

static enum status reach(struct trust_agent *t)
{
    if (t->lost)
        return BROKEN;
    if (t->fd >= 0)
        return OK;
    return talk_connect_to(t->door, t->agent, &t->fd) == OK ? OK : lost(t);
}

static enum status meaning(struct bytes body)
{
    static const enum status of[NO_KEYS] = {[NO_KEY_BUSY] = AGAIN,
        [NO_KEY_REFUSED] = REFUSED,
        [NO_KEY_DAMAGED] = DAMAGED,
        [NO_KEY_GONE] = BROKEN};
    enum no_key why = NO_KEY_GONE;

    return no_key_parse(body, &why) == OK ? of[why] : BROKEN;
}

/* The answer borrows from t->talk. */
static enum status ask(struct trust_agent *t, enum message what, struct bytes body,
    enum message expected, struct bytes *answer)
{
    size_t doors = 0;
    const struct talk_door *table = messages_heard(
        t->part == TRUST_TLS ? COURIER_OF_AGENT : KEEPER_OF_AGENT, &doors);
    uint16_t came = 0;

    TRY(reach(t));
    if (talk_send(t->fd, (uint16_t)what, body) != OK)
        return lost(t);
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    if (poll(&p, 1, ANSWER_MS) != 1)
        return lost(t);
    if (talk_recv(t->fd, table, doors, ROOM_OF(t->talk), &came, answer) != OK)
        return lost(t);
    if (came == SAY_NO_KEY) {
        enum status s = meaning(*answer);
        return s == BROKEN ? lost(t) : s;
    }
    return came == expected ? OK : lost(t);
}

static enum status tls_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    struct trust_agent *t = board;
    struct bytes answer;

    TRY(ask(t, ASK_PUBLIC, (struct bytes){0}, SAY_PUBLIC, &answer));
    return public_parse(answer, out) == OK ? OK : lost(t);
}

static enum status tls_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    struct trust_agent *t = board;
    struct said_signature said;
    struct bytes answer;

    TRY(ask(t, ASK_SIGN, BYTES_OF(digest->b), SAY_SIGNED, &answer));
    if (signature_parse(answer, &said) != OK)
        return lost(t);
    if (said.len > der.cap)
        return FULL;
    memcpy(der.at, said.b, said.len);
    *len = said.len;
    return OK;
}

static enum status exchange(struct trust_agent *t, enum message what, struct bytes in,
    enum message expected, struct said_secret *out)
{
    struct said_secret said = {.len = (uint16_t)in.len};
    uint8_t body[SAID_SECRET_LEN];
    struct bytes answer;

    if (in.len == 0 || in.len > sizeof said.b)
        return REFUSED;
    memcpy(said.b, in.at, in.len);
    enum status s = ask(t, what, secret_build(&said, ROOM_OF(body)), expected, &answer);
    wipe(&said, sizeof said);
    wipe(body, sizeof body);
    if (s == OK && secret_parse(answer, out) != OK)
        s = lost(t);
    wipe(t->talk, sizeof t->talk);
    return s;
}

static enum status exchanged(struct trust_agent *t, enum message what, struct bytes in,
    enum message expected, struct room out, size_t *len)
{
    struct said_secret got = {0};

    enum status s = exchange(t, what, in, expected, &got);
    if (s == OK && got.len > out.cap)
        s = FULL;
    if (s == OK) {
        memcpy(out.at, got.b, got.len);
        *len = got.len;
    }
    wipe(&got, sizeof got);
    return s;
}

static enum status seal(void *board, struct bytes secret, struct room out, size_t *len)
{
    return exchanged(board, ASK_SEAL, secret, SAY_SEALED, out, len);
}

static enum status open_sealed(
    void *board, struct bytes sealed, struct room out, size_t *len)
{
    return exchanged(board, ASK_OPEN, sealed, SAY_OPENED, out, len);
}

static enum status identity(void *board, struct trust_identity *out)
{
    struct trust_agent *t = board;
    struct bytes answer;

    TRY(ask(t, ASK_IDENTITY, (struct bytes){0}, SAY_IDENTITY, &answer));
    return identity_said_parse(answer, out) == OK ? OK : lost(t);
}

static enum status activate(
    void *board, const struct trust_credential *credential, struct key *secret)
{
    struct trust_agent *t = board;
    uint8_t body[SAID_CREDENTIAL_LEN];
    struct bytes answer;

    TRY(ask(t, ASK_ACTIVATE, credential_build(credential, ROOM_OF(body)), SAY_ACTIVATED,
        &answer));
    memcpy(
        secret->b, answer.at, sizeof secret->b); /* of this length: the door's table */
    wipe(t->talk, sizeof t->talk);
    return OK;
}

static enum status quote(void *board, uint32_t registers, const struct digest *bound,
    struct trust_evidence *out)
{
    struct trust_agent *t = board;
    struct said_quote said = {registers, *bound};
    uint8_t body[SAID_QUOTE_LEN];
    struct bytes answer;

    if (registers == 0 || registers > TRUST_REGISTERS)
        return REFUSED;
    TRY(ask(t, ASK_QUOTE, quote_build(&said, ROOM_OF(body)), SAY_QUOTED, &answer));
    return evidence_parse(answer, out) == OK ? OK : lost(t);
}

enum status trust_agent_init(
    struct trust_agent *t, enum trust_part part, const char *root, uid_t agent)
{
    *t = (struct trust_agent){.part = part, .agent = agent, .fd = -1};
    /* What a part is not for, agent refuses as well: its doors know no such message. */
    t->port = (struct trust){.board = t,
        .kind = "tpm",
        .tls_public = tls_public,
        .tls_sign = tls_sign,
        .seal = seal,
        .open = open_sealed,
        .identity = identity,
        .activate = activate,
        .quote = quote};
    return place_of(
        root, part == TRUST_TLS ? PLACE_DOOR_TLS : PLACE_DOOR_WRAP, t->door);
}

void trust_agent_again(struct trust_agent *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
    t->lost = false;
}

void trust_agent_close(struct trust_agent *t)
{
    trust_agent_again(t);
    t->lost = true;
}
