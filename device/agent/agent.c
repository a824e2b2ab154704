/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/agent.h"

#include "device/agent/may.h"
#include "device/agent/raise_rule.h"
#include "device/agent/record_file.h"
#include "device/talk/keys.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "device/tpm/attest.h"
#include "device/tpm/count.h"
#include "device/tpm/dial.h"
#include "device/trust/wrap.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/supervise.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    AGAIN_MS = 2000, /* between tries for a TPM that is not there */
    LOOK_MS = 5000,  /* between looks whether it is still ours */
    DOORS = 3,
    PEERS = 2, /* of a door: its role; root, for the moment of a verb */
};

struct agent;

struct door {
    struct agent *agent;
    enum place place;
    enum device_role role;
    int listen_fd, fds[PEERS]; /* -1: not connected */
};

struct agent {
    struct role_env *env;
    struct log *log;
    struct loop *loop;
    struct role_lock lock;
    struct host_crypto *crypto;
    const char *spec;
    char record_path[PLACE_MAX], attest_path[PLACE_MAX];

    int line;        /* dialled and not yet the tpm's; -1: none */
    struct tpm *tpm; /* NULL: not to be used */
    int tpm_fd;      /* the tpm's own line, watched for its end */
    const char *
        said; /* why there is none, as the log has it; NULL: there is one, or nothing was said */
    struct tpm_record record;

    struct door doors[DOORS];
    uint8_t talk[TALK_DATAGRAM];
    uint8_t body[SAID_IDENTITY_LEN];
};

static void look_again(void *ctx);

/* --- doors: who was answered before must notice --- */

static void leave(struct door *d, int peer)
{
    if (d->fds[peer] < 0)
        return;
    loop_forget(d->agent->loop, d->fds[peer]);
    close(d->fds[peer]);
    d->fds[peer] = -1;
}

/* --- the TPM comes and goes --- */

static void say(struct agent *a, enum status s, const char *why)
{
    if (a->said != NULL && strcmp(a->said, why) == 0)
        return;
    a->said = why;
    LOG(a->log, LOG_FAULT, s == REFUSED ? REASON_TPM_REFUSED : REASON_TPM_LOST,
        F_WORD("why", why));
}

static void after(struct agent *a, uint64_t delay_ms)
{
    if (loop_after(a->loop, delay_ms, look_again, a) != OK)
        loop_stop(a->loop);
}

static void let_go(struct agent *a)
{
    if (a->tpm == NULL)
        return;
    loop_forget(a->loop, a->tpm_fd);
    tpm_close(a->tpm);
    a->tpm = NULL;
}

static void lose(struct agent *a, enum status s, const char *why)
{
    let_go(a);
    wipe(&a->record, sizeof a->record);
    for (int i = 0; i < DOORS; i++)
        for (int peer = 0; peer < PEERS; peer++)
            leave(&a->doors[i], peer);
    if (s != AGAIN)
        say(a, s, why);
    after(a, AGAIN_MS);
}

/* Between two commands a TPM has nothing to say: this is its end. */
static void on_line(void *ctx, int fd, uint32_t events)
{
    (void)fd, (void)events;
    lose(ctx, BROKEN, "gone");
}

static enum status write_record(struct agent *a)
{
    const struct role_env *v = a->env;
    return tpm_record_keep(
        a->record_path, v->uids[ROLE_AGENT], v->gids[ROLE_AGENT], &a->record);
}

/* Begun, made, done: cut short anywhere, it is done again. A record that was lost is no reason to
 * make anew over what is there: that is for the administrator to decide. */
static enum status make_keys(struct agent *a, const char **why)
{
    const struct entropy *entropy = host_entropy_port();
    struct key wrap;

    *why = "no-entropy";
    TRY(entropy->fill(entropy->board, ROOM_OF(wrap.b)));
    enum status s = tpm_make(a->tpm, &wrap, &a->record.keys, why);
    wipe(&wrap, sizeof wrap);
    if (s != OK)
        return s;
    a->record.made = true;
    *why = "record";
    TRY(write_record(a));
    LOG(a->log, LOG_INFO, REASON_TPM_KEYS_MADE, F_NUM("keys", TPM_ATTEST));
    return OK;
}

static enum status begin_keys(struct agent *a, const char **why)
{
    const struct entropy *entropy = host_entropy_port();

    TRY(tpm_vacant(a->tpm, TPM_TLS, why));
    a->record = (struct tpm_record){.made = false};
    *why = "no-entropy";
    TRY(entropy->fill(entropy->board, ROOM_OF(a->record.keys.authorisation.b)));
    *why = "record";
    return write_record(a);
}

/* --- the attestation key: beside keys that are there, also where they are older than it --- */

static enum status write_attest(struct agent *a, bool made)
{
    const struct role_env *v = a->env;
    struct attest_record r = {made, a->record.keys.names[TPM_ATTEST]};

    return attest_record_keep(
        a->attest_path, v->uids[ROLE_AGENT], v->gids[ROLE_AGENT], &r);
}

static enum status begin_attest(struct agent *a, const char **why)
{
    TRY(tpm_vacant(a->tpm, TPM_ATTEST, why));
    *why = "record";
    return write_attest(a, false);
}

static enum status make_attest(struct agent *a, const char **why)
{
    TRY(tpm_make_attest(a->tpm, &a->record.keys, why));
    *why = "record";
    TRY(write_attest(a, true));
    LOG(a->log, LOG_INFO, REASON_TPM_ATTEST_MADE, F_NUM("keys", 1));
    return OK;
}

static enum status read_attest(struct agent *a, bool *made, const char **why)
{
    struct attest_record r;

    TRY(attest_record_find(a->attest_path, a->env->uids[ROLE_AGENT], &r, why));
    a->record.keys.names[TPM_ATTEST] = r.name;
    *made = r.made;
    return OK;
}

static enum status take_up_attest(struct agent *a, const char **why)
{
    bool made = false;

    enum status s = read_attest(a, &made, why);
    if (s == AGAIN)
        s = begin_attest(a, why);
    return s == OK && !made ? make_attest(a, why) : s;
}

/* All four names, and the authorisation as well: a TPM that will not serve is not taken. */
static enum status prove(struct agent *a, const char **why)
{
    struct key wrap;

    TRY(tpm_find(a->tpm, &a->record.keys, why));
    enum status s = tpm_unseal(a->tpm, &wrap, why);
    wipe(&wrap, sizeof wrap);
    return s;
}

static enum status take_up(struct agent *a, const char **why)
{
    enum status s =
        tpm_record_find(a->record_path, a->env->uids[ROLE_AGENT], &a->record, why);
    if (s == AGAIN)
        s = begin_keys(a, why);
    if (s == OK && !a->record.made)
        s = make_keys(a, why);
    if (s == OK)
        s = take_up_attest(a, why);
    return s == OK ? prove(a, why) : s;
}

static enum status connect_tpm(struct agent *a, const char **why)
{
    if (a->line < 0)
        TRY(tpm_dial(a->spec, &a->line, why));
    a->tpm_fd = a->line;
    a->line = -1;
    TRY(tpm_adopt_line(a->tpm_fd, TPM_WAIT_MS, &a->tpm, why));
    *why = "failed";
    enum status s = loop_watch(a->loop, a->tpm_fd, EPOLLIN | EPOLLRDHUP, on_line, a);
    return s == OK ? take_up(a, why) : s;
}

static void look_again(void *ctx)
{
    struct agent *a = ctx;
    const char *why = "failed";
    bool had = a->tpm != NULL;

    enum status s =
        had ? tpm_find(a->tpm, &a->record.keys, &why) : connect_tpm(a, &why);
    if (s == AGAIN && had) { /* it is busy, and ours */
        after(a, LOOK_MS);
        return;
    }
    if (s != OK) {
        lose(a, s, why);
        return;
    }
    if (!had)
        LOG(a->log, LOG_INFO, REASON_TPM_READY, F_NUM("keys", TPM_KEYS));
    a->said = NULL;
    after(a, LOOK_MS);
}

/* --- what is asked --- */

struct asked { /* by whom */
    struct agent *agent;
    int fd;
};

static enum no_key word_of(enum status s)
{
    switch (s) {
    case AGAIN:
    case FULL: return NO_KEY_BUSY;
    case MALFORMED:
    case DAMAGED: return NO_KEY_DAMAGED;
    case REFUSED: return NO_KEY_REFUSED;
    case OK:
    case BROKEN: break;
    }
    return NO_KEY_GONE;
}

static enum status answer(struct asked *q, enum message what, struct bytes body)
{
    enum status s = talk_send(q->fd, (uint16_t)what, body);
    wipe(q->agent->body, sizeof q->agent->body);
    return s;
}

static enum status refuse(struct asked *q, enum status s)
{
    uint8_t b[1];
    return answer(q, SAY_NO_KEY, no_key_build(word_of(s), ROOM_OF(b)));
}

/* The TPM did not do it. What it said is told first, then the doors close if it is not for us any more. */
static enum status failed(struct asked *q, enum status s, const char *why)
{
    enum status told = refuse(q, s);

    if (s == REFUSED || s == BROKEN)
        lose(q->agent, s, why);
    return told;
}

static enum status give_public(struct asked *q)
{
    uint8_t point[P256_PUBLIC_LEN];
    const char *why = "failed";

    enum status s = tpm_public(q->agent->tpm, point, &why);
    return s == OK ? answer(q, SAY_PUBLIC, BYTES_OF(point)) : failed(q, s, why);
}

static enum status give_signature(struct asked *q, const struct digest *digest)
{
    struct agent *a = q->agent;
    struct said_signature said = {0};
    size_t len = 0;
    const char *why = "failed";

    enum status s = tpm_sign(a->tpm, digest, ROOM_OF(said.b), &len, &why);
    if (s != OK)
        return failed(q, s, why);
    said.len = (uint8_t)len;
    return answer(q, SAY_SIGNED, signature_build(&said, ROOM_OF(a->body)));
}

static enum status give_identity(struct asked *q)
{
    struct agent *a = q->agent;
    struct trust_identity is = {0};
    const char *why = "failed";

    enum status s = tpm_identity(a->tpm, &is, &why);
    if (s != OK)
        return failed(q, s, why);
    return answer(q, SAY_IDENTITY, identity_said_build(&is, ROOM_OF(a->body)));
}

/* A credential comes from the network: one that does not open costs the asker an answer, not this device its TPM. */
static enum status give_activated(
    struct asked *q, const struct trust_credential *credential)
{
    struct key secret;
    const char *why = "failed";

    enum status s = tpm_activate(q->agent->tpm, credential, &secret, &why);
    if (s == DAMAGED)
        LOG(q->agent->log, LOG_REFUSE, REASON_TPM_CREDENTIAL, F_WORD("why", why));
    if (s != OK)
        return failed(q, s, why);
    s = answer(q, SAY_ACTIVATED, BYTES_OF(secret.b));
    wipe(&secret, sizeof secret);
    return s;
}

static enum status give_quote(struct asked *q, const struct said_quote *in)
{
    struct agent *a = q->agent;
    struct trust_evidence said = {0};
    const char *why = "failed";

    enum status s = tpm_quote(a->tpm, in->registers, &in->bound, &said, &why);
    if (s != OK)
        return failed(q, s, why);
    return answer(q, SAY_QUOTED, evidence_build(&said, ROOM_OF(a->body)));
}

static enum status wrap_or_open(struct agent *a, enum message what,
    const struct key *wrap, const struct said_secret *in, struct said_secret *out)
{
    const struct crypto *crypto = host_crypto_port(a->crypto);
    struct bytes from = {in->b, in->len};
    size_t len = 0;

    enum status s = what == ASK_SEAL
        ? wrap_seal(
            crypto, host_entropy_port(), wrap, WRAP_BY_TPM, from, ROOM_OF(out->b), &len)
        : wrap_open(crypto, wrap, WRAP_BY_TPM, from, ROOM_OF(out->b), &len);
    out->len = (uint16_t)len;
    return s == OK && len == 0 ? DAMAGED : s;
}

/* The wrapping secret is here for the moment of this call only. */
static enum status give_secret(
    struct asked *q, enum message what, const struct said_secret *in)
{
    struct agent *a = q->agent;
    struct said_secret out = {0};
    struct key wrap;
    const char *why = "failed";

    enum status s = tpm_unseal(a->tpm, &wrap, &why);
    if (s != OK)
        return failed(q, s, why);
    s = wrap_or_open(a, what, &wrap, in, &out);
    wipe(&wrap, sizeof wrap);
    enum message said = what == ASK_SEAL ? SAY_SEALED : SAY_OPENED;
    s = s == OK ? answer(q, said, secret_build(&out, ROOM_OF(a->body))) : refuse(q, s);
    wipe(&out, sizeof out);
    return s;
}

static enum status parse_secret_and_give(
    struct asked *q, enum message what, struct bytes body)
{
    struct said_secret in;

    TRY(secret_parse(body, &in));
    enum status s = give_secret(q, what, &in);
    wipe(&in, sizeof in);
    return s;
}

/* A device that was given no counter keeps its keys all the same: only a broken line is the end. */
static enum status give_counter(struct asked *q, bool raise)
{
    struct agent *a = q->agent;
    uint8_t said[8];
    uint64_t value = 0;
    const char *why = "failed";

    enum status s = tpm_count_read(a->tpm, &value, &why);
    if (s == OK && raise && !counter_may_rise(value, a->env->security_version)) {
        LOG(a->log, LOG_REFUSE, REASON_TPM_REFUSED, F_WORD("why", "counter"));
        return refuse(q, REFUSED);
    }
    if (s == OK && raise)
        s = tpm_count_raise(a->tpm, &value, &why);
    if (s == REFUSED)
        LOG(a->log, LOG_FAULT, REASON_TPM_REFUSED, F_WORD("why", why));
    if (s != OK)
        return s == BROKEN ? failed(q, s, why) : refuse(q, s);
    return answer(q, SAY_COUNTER, number_build(value, ROOM_OF(said)));
}

static enum status take(struct asked *q, uint16_t what, struct bytes body)
{
    struct digest digest;
    struct trust_credential credential;
    struct said_quote quote;

    if (q->agent->tpm == NULL)
        return refuse(q, BROKEN);
    switch (what) {
    case ASK_PUBLIC: return give_public(q);
    case ASK_SIGN: TRY(digest_parse(body, &digest)); return give_signature(q, &digest);
    case ASK_IDENTITY: return give_identity(q);
    case ASK_ACTIVATE:
        TRY(credential_parse(body, &credential));
        return give_activated(q, &credential);
    case ASK_QUOTE: TRY(quote_parse(body, &quote)); return give_quote(q, &quote);
    case ASK_SEAL:
    case ASK_OPEN: return parse_secret_and_give(q, (enum message)what, body);
    case ASK_COUNTER:
    case ASK_RAISE: return give_counter(q, what == ASK_RAISE);
    default: return MALFORMED;
    }
}

static int peer_of(const struct door *d, int fd)
{
    return d->fds[0] == fd ? 0 : 1;
}

static void on_peer(void *ctx, int fd, uint32_t events)
{
    struct door *d = ctx;
    struct agent *a = d->agent;
    struct asked q = {a, fd};
    size_t count = 0;
    const struct talk_door *table = messages_heard(AGENT_OF_ROLES, &count);
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    enum status s = talk_recv(fd, table, count, ROOM_OF(a->talk), &what, &body);
    if (s == AGAIN)
        return;
    if (s == OK)
        s = agent_may(d->role, what) ? take(&q, what, body) : MALFORMED;
    wipe(a->talk, sizeof a->talk);
    if (s == MALFORMED)
        LOG(a->log, LOG_REFUSE, REASON_TALK_MALFORMED,
            F_WORD("from", role_name(d->role)));
    if (s != OK)
        leave(d, peer_of(d, fd));
}

/* root has no user of its own for an enrolment or a self-test; it does not push the role out. */
static void on_knock(void *ctx, int fd, uint32_t events)
{
    struct door *d = ctx;
    struct agent *a = d->agent;
    const uid_t may[] = {a->env->uids[d->role], 0};
    uid_t who = 0;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, may, 2, &new, &who);
    if (s == REFUSED)
        LOG(a->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", role_name(d->role)));
    if (s != OK)
        return;
    int peer = who == may[0] ? 0 : 1;
    leave(d, peer);
    if (loop_watch(a->loop, new, EPOLLIN, on_peer, d) != OK) {
        close(new);
        return;
    }
    d->fds[peer] = new;
}

/* --- start --- */

static enum status open_doors(struct agent *a)
{
    static const struct door doors[DOORS] = {
        {.place = PLACE_DOOR_TLS, .role = ROLE_COURIER},
        {.place = PLACE_DOOR_WRAP, .role = ROLE_KEEPER},
        {.place = PLACE_DOOR_COUNTER, .role = ROLE_UPDATER}};

    for (int i = 0; i < DOORS; i++) {
        struct door *d = &a->doors[i];
        char path[PLACE_MAX];
        *d = doors[i];
        d->agent = a;
        for (int peer = 0; peer < PEERS; peer++)
            d->fds[peer] = -1;
        TRY(place_of(a->env->root, d->place, path));
        TRY(talk_listen(path, &d->listen_fd));
        TRY(loop_watch(a->loop, d->listen_fd, EPOLLIN, on_knock, d));
    }
    return OK;
}

static enum status confine(struct agent *a, const char *folder)
{
    bool is_socket = false;
    const char *place = tpm_place(a->spec, &is_socket);
    struct confine_path paths[] = {{folder, CONFINE_READ | CONFINE_WRITE},
        {place, CONFINE_READ | CONFINE_WRITE}}; /* to find it again when it is back */
    const struct confine_plan plan = {.role = "agent",
        .user = role_user(ROLE_AGENT),
        .paths = paths,
        .path_count = is_socket || place == NULL ? 1 : 2,
        .rights = CONFINE_UNIX | CONFINE_FILES};

    return role_confine(&a->lock, a->env, a->loop, ROLE_AGENT, &plan);
}

int agent_main(struct role_env *env, const char *tpm)
{
    static struct agent a;
    char folder[PLACE_MAX];
    const char *why = "";

    a = (struct agent){.env = env, .log = env->log, .spec = tpm, .line = -1};
    if (place_of(env->root, PLACE_AGENT, folder) != OK
        || place_of(env->root, PLACE_TPM_RECORD, a.record_path) != OK
        || place_of(env->root, PLACE_ATTEST_RECORD, a.attest_path) != OK)
        return EXIT_ENVIRONMENT;
    if (loop_new(&a.loop) != OK || host_crypto_new(&a.crypto) != OK)
        return EXIT_INTERNAL;
    /* A device node is often root's alone: it is opened while we are. */
    if (tpm_dial(a.spec, &a.line, &why) != OK)
        a.line = -1;
    if (open_doors(&a) != OK || confine(&a, folder) != OK)
        return EXIT_ENVIRONMENT;
    look_again(&a); /* who asks as soon as we are ready is told how it is */
    if (role_ready(&(struct role_ready){{0}}) != OK)
        return EXIT_INTERNAL;
    enum status s = loop_run(a.loop);
    let_go(&a);
    wipe(&a.record, sizeof a.record);
    return s == OK ? EXIT_DONE : EXIT_INTERNAL;
}
