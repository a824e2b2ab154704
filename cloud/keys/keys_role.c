/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/keys.h"

#include "cloud/attest/policy_files.h"
#include "cloud/keys/tell.h"
#include "cloud/talk/hub.h"
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/supervise.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECURE_HEAP = 32768, SECURE_MIN = 32, TELL_WAITING = 256 };

struct keys_process {
    const struct role_args *args;
    struct log log;
    struct loop *loop;
    struct hub *hub;
    struct host_crypto *crypto;
    struct keys_secrets *secrets;
    struct keys keys;
    struct makers makers;
    struct life life;
    struct tell tell;
    uint64_t store_peer; /* 0: store is not there */
    char folder[PLACE_MAX], run[PLACE_MAX];
    char to_store[PLACE_MAX], to_enrol[PLACE_MAX], to_admin[PLACE_MAX];
};

static uint64_t utc_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec;
}

static void log_fault(struct keys_process *p, enum status s)
{
    LOG(&p->log, LOG_FAULT, REASON_KEY_FILE, F_WORD("status", status_name(s)));
}

static enum status say_done(struct keys_process *p, uint64_t peer, enum status s)
{
    uint8_t body[1];
    if (s != OK)
        log_fault(p, s);
    (void)!hub_send(
        p->hub, peer, DOOR_DONE, door_done_build((uint8_t)s, ROOM_OF(body)));
    return OK;
}

static enum status say_key(
    struct keys_process *p, uint64_t peer, struct door_key *answer)
{
    uint8_t body[64];
    struct bytes b = door_key_build(answer, ROOM_OF(body));
    (void)!hub_send(p->hub, peer, DOOR_KEY, b);
    wipe(body, sizeof body);
    wipe(answer, sizeof *answer);
    return OK;
}

static enum status answer_epoch_key(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct door_epoch ask;
    struct door_key answer = {0};

    TRY(door_epoch_parse(body, &ask));
    answer.found = keys_epoch_key(&p->keys, loop_now_ms(), &ask, &answer.key) == OK;
    return say_key(p, peer, &answer);
}

static enum status answer_down_key(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct kid kid;
    struct door_key answer = {0};

    TRY(door_kid_parse(body, &kid));
    answer.found = keys_down_key(&p->keys, loop_now_ms(), &kid, &answer.key) == OK;
    return say_key(p, peer, &answer);
}

static enum status answer_attest_key(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct kid kid;
    struct door_attest_key answer = {0};
    uint8_t out[128];

    TRY(door_kid_parse(body, &kid));
    if (keys_attest_key(&p->keys, loop_now_ms(), &kid, &answer) != OK)
        answer = (struct door_attest_key){.found = false};
    (void)!hub_send(
        p->hub, peer, DOOR_ATTEST_KEY_IS, door_attest_key_build(&answer, ROOM_OF(out)));
    return OK;
}

static enum status answer_tombstone(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct device_id device;

    TRY(door_device_id_parse(body, &device));
    enum status s = keys_tombstone(&p->keys, &device);
    if (s == OK)
        LOG(&p->log, LOG_INFO, REASON_DEVICE_REVOKED, F_DEV(&device));
    return say_done(p, peer, s);
}

static enum status answer_first_batch(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct kid kid;

    TRY(door_kid_parse(body, &kid));
    return say_done(p, peer, keys_first_batch(&p->keys, &kid));
}

static enum status answer_enrol(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    uint8_t m2[ENROL_M2_MAX], out[1 + ENROL_M2_MAX];
    size_t len = 0;
    struct kid who = {0};
    const char *why = NULL;

    enum status s = keys_enrol(&p->keys, utc_s(), body, ROOM_OF(m2), &len, &who, &why);
    bool ok = s == OK;
    if (!ok && s != REFUSED)
        log_fault(p, s);
    const struct told told = {s, &who, why, ok && len == ENROL_CREDENTIAL_LEN};
    tell_enrol(&p->tell, loop_now_ms(), &told);
    struct door_enrolled answer = {.ok = ok, .m2 = {m2, ok ? len : 0}};
    (void)!hub_send(
        p->hub, peer, DOOR_ENROLLED, door_enrolled_build(&answer, ROOM_OF(out)));
    return OK;
}

static enum status answer_renew(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    uint8_t m2[ENROL_M2_MAX], out[1 + ENROL_M2_MAX];
    struct door_m1 ask;
    size_t len = 0;
    struct kid who = {0};

    TRY(door_m1_parse(body, &ask));
    enum status s =
        keys_renew(&p->keys, loop_now_ms(), BYTES_OF(ask.b), ROOM_OF(m2), &len, &who);
    bool ok = s == OK;
    if (!ok && s != REFUSED)
        log_fault(p, s);
    struct door_enrolled answer = {.ok = ok, .m2 = {m2, ok ? len : 0}};
    struct bytes b = door_enrolled_build(&answer, ROOM_OF(out));
    if (hub_send(p->hub, peer, DOOR_ENROLLED, b)
        != OK) /* else store's event is of it */
        LOG(&p->log, ok ? LOG_INFO : LOG_REFUSE,
            ok ? REASON_RENEW_AGREED : REASON_RENEW_REFUSED, F_DEV(&who.device),
            F_NUM("generation", who.generation));
    return OK;
}

static enum status answer_enrol_open(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    uint8_t out[1];
    (void)body;
    bool open = keys_enrol_open(&p->keys, utc_s());
    (void)!hub_send(p->hub, peer, DOOR_DONE, door_done_build(open, ROOM_OF(out)));
    return OK;
}

static enum status answer_invite(
    struct keys_process *p, uint64_t peer, struct bytes body)
{
    struct door_invite ask;
    struct door_invited answer = {0};
    uint8_t out[80];

    TRY(door_invite_parse(body, &ask));
    enum status s = keys_invite(&p->keys, &ask, &answer);
    if (s == OK)
        LOG(&p->log, LOG_INFO, REASON_DEVICE_ADDED, F_DEV(&ask.kid.device));
    (void)!hub_send(
        p->hub, peer, DOOR_INVITED, door_invited_build(&answer, ROOM_OF(out)));
    wipe(&answer, sizeof answer);
    wipe(out, sizeof out);
    return OK;
}

/* clang-format off */
static const struct {
    enum door_end end;
    enum door door;
    enum status (*answer)(struct keys_process *, uint64_t peer, struct bytes body);
} doors[] = {
    {KEYS_FROM_STORE, DOOR_EPOCH_KEY,   answer_epoch_key  },
    {KEYS_FROM_STORE, DOOR_DOWN_KEY,    answer_down_key   },
    {KEYS_FROM_STORE, DOOR_TOMBSTONE,   answer_tombstone  },
    {KEYS_FROM_STORE, DOOR_FIRST_BATCH, answer_first_batch},
    {KEYS_FROM_STORE, DOOR_RENEW,       answer_renew      },
    {KEYS_FROM_STORE, DOOR_ATTEST_KEY,  answer_attest_key },
    {KEYS_FROM_ENROL, DOOR_ENROL,       answer_enrol      },
    {KEYS_FROM_ENROL, DOOR_ENROL_OPEN,  answer_enrol_open },
    {KEYS_FROM_ADMIN, DOOR_INVITE,      answer_invite     },
    {KEYS_FROM_ADMIN, DOOR_ENROL_OPEN,  answer_enrol_open },
};
/* clang-format on */

static enum status heard(struct keys_process *p, enum door_end end, uint64_t peer,
    uint16_t door, struct bytes body)
{
    for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++)
        if (doors[i].end == end && doors[i].door == door)
            return doors[i].answer(p, peer, body);
    return REFUSED;
}

static bool tell_store(void *ctx, struct bytes said)
{
    struct keys_process *p = ctx;
    return p->store_peer != 0 && hub_waiting(p->hub) < TELL_WAITING
        && hub_send(p->hub, p->store_peer, DOOR_ENROL_SAID, said) == OK;
}

static void store_up(void *ctx, uint64_t peer)
{
    ((struct keys_process *)ctx)->store_peer = peer;
}

static void store_gone(void *ctx, uint64_t peer)
{
    struct keys_process *p = ctx;
    if (p->store_peer == peer)
        p->store_peer = 0;
}

static enum status from_store(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    return heard(ctx, KEYS_FROM_STORE, peer, door, body);
}

static enum status from_enrol(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    return heard(ctx, KEYS_FROM_ENROL, peer, door, body);
}

static enum status from_admin(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    return heard(ctx, KEYS_FROM_ADMIN, peer, door, body);
}

static enum status listen_all(
    struct keys_process *p, uid_t self, uid_t store, uid_t enrol)
{
    struct {
        const char *file;
        char *path;
        struct hub_port port;
    } ports[] = {
        {"store", p->to_store,
            {.end = KEYS_FROM_STORE,
                .heard = from_store,
                .up = store_up,
                .gone = store_gone,
                .uids = {store},
                .uid_count = 1}},
        {"enrol", p->to_enrol,
            {.end = KEYS_FROM_ENROL,
                .heard = from_enrol,
                .uids = {enrol},
                .uid_count = 1}},
        {"admin", p->to_admin,
            {.end = KEYS_FROM_ADMIN,
                .heard = from_admin,
                .uids = {self, 0},
                .uid_count = 2}},
    };
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        size_t number;
        TRY(place_of(p->args->root, PLACE_RUN, "keys", ports[i].file, ports[i].path));
        ports[i].port.path = ports[i].path;
        ports[i].port.ctx = p;
        TRY(hub_listen(p->hub, &ports[i].port, &number));
    }
    return OK;
}

static enum status read_file(
    struct keys_process *p, uid_t self, const char *file, struct room into, size_t *len)
{
    char path[PLACE_MAX];
    const char *why = NULL;

    TRY(place_of(p->args->root, PLACE_VAR, "keys", file, path));
    enum status s = keyfile_read(path, self, into, len, &why);
    if (s != OK)
        cli_error(EXIT_ENVIRONMENT, path, 0, why ? why : "missing",
            "a key file of `init`, 0400");
    return s;
}

static enum status read_secret(
    struct keys_process *p, uid_t self, const char *file, uint8_t out[32])
{
    size_t len = 0;
    TRY(read_file(p, self, file, (struct room){out, 32}, &len));
    return len == 32 ? OK : REFUSED;
}

/* Without the file no evidence is looked at; where the policy asks for a TPM there must be one. */
static enum status load_makers(struct keys_process *p, struct keys_policy *policy)
{
    char path[PLACE_MAX];
    const char *why = NULL;

    TRY(place_of(p->args->root, PLACE_ETC, NULL, MAKERS_FILE, path));
    enum status s = makers_read(path, &p->makers, &why);
    if (s == OK)
        policy->makers = &p->makers;
    if (s == OK || (s == AGAIN && !policy->require_tpm))
        return OK;
    cli_error(EXIT_ENVIRONMENT, path, 0, s == AGAIN ? "is missing" : "is refused", why);
    return REFUSED;
}

static enum status load(struct keys_process *p, uid_t self)
{
    uint8_t der[2048];
    size_t len = 0;
    const uint8_t *at = der;
    char path[PLACE_MAX];

    p->secrets = OPENSSL_secure_zalloc(sizeof *p->secrets);
    if (!p->secrets)
        return BROKEN;
    TRY(read_secret(p, self, "kek.key", p->secrets->kek.b));
    TRY(read_secret(p, self, "s.key", p->secrets->s.b));
    TRY(host_entropy_port()->fill(
        host_entropy_port()->board, ROOM_OF(p->secrets->activation.b)));
    TRY(read_file(p, self, "device-ca.key", ROOM_OF(der), &len));
    EVP_PKEY *ca_key = d2i_AutoPrivateKey(NULL, &at, (long)len);
    wipe(der, sizeof der);
    TRY(place_of(p->args->root, PLACE_VAR, "keys", "device-ca.crt", path));
    struct keys_policy policy = {.require_tpm = p->args->require_tpm};
    TRY(load_makers(p, &policy));
    FILE *f = fopen(path, "re");
    X509 *ca = f ? d2i_X509_fp(f, NULL) : NULL;
    if (f)
        fclose(f);
    if (!ca_key || !ca) {
        EVP_PKEY_free(ca_key);
        X509_free(ca);
        return DAMAGED;
    }
    return keys_init(&p->keys, p->folder, host_crypto_port(p->crypto),
        host_entropy_port(), p->secrets, &policy, ca_key, ca);
}

static enum status lock_down(struct keys_process *p)
{
    const struct confine_path paths[] = {
        {p->folder, CONFINE_READ | CONFINE_WRITE},
        {p->run, CONFINE_SOCKET},
    };
    const struct confine_plan plan = {.role = "keys",
        .user = "holdfast-keys",
        .paths = paths,
        .path_count = 2,
        .rights = CONFINE_UNIX | CONFINE_FILES};

    return life_confine(&p->log, &plan);
}

static enum status set_up(struct keys_process *p)
{
    unsigned self, store, enrol, gid;
    bool reduced;

    TRY(place_of(p->args->root, PLACE_VAR, "keys", NULL, p->folder));
    TRY(place_of(p->args->root, PLACE_RUN, "keys", NULL, p->run));
    TRY(confine_user("holdfast-keys", &self, &gid, &reduced));
    TRY(confine_user("holdfast-store", &store, &gid, &reduced));
    TRY(confine_user("holdfast-enrol", &enrol, &gid, &reduced));
    TRY(loop_new(&p->loop));
    TRY(hub_new(&p->hub, p->loop, &p->log));
    TRY(host_crypto_new(&p->crypto));
    TRY(life_begin(&p->life, p->loop));
    TRY(load(p, self));
    TRY(listen_all(p, self, store, enrol));
    return lock_down(p);
}

static enum status self_test(struct keys_process *p)
{
    char sister[PLACE_MAX];
    TRY(place_of(p->args->root, PLACE_RUN, "store", "admin", sister));
    return life_self_test(&p->life, &p->log, sister);
}

int keys_role(const struct role_args *a)
{
    struct keys_process *p = calloc(1, sizeof *p);
    if (!p || CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_MIN) == 0)
        return EXIT_ENVIRONMENT;
    p->args = a;
    log_open(&p->log, STDERR_FILENO, "keys", a->log_json);
    p->tell = (struct tell){.log = &p->log, .ctx = p, .store = tell_store};
    enum status s = set_up(p);
    int code = s == OK ? EXIT_DONE : EXIT_ENVIRONMENT;
    if (s == OK) {
        if (a->self_test)
            s = self_test(p);
        LOG(&p->log, LOG_INFO, REASON_ROLE_READY,
            F_NUM("invitations", p->keys.invite_count));
        if (s == OK)
            s = role_ready(&(struct role_ready){0});
        if (s == OK)
            s = life_beat(&p->life);
        if (s == OK)
            s = loop_run(p->loop);
        code = s == OK ? EXIT_DONE : EXIT_INTERNAL;
    } else {
        LOG(&p->log, LOG_FAULT, REASON_ROLE_STOPPED, F_WORD("status", status_name(s)));
    }
    life_end(&p->life);
    hub_free(p->hub);
    keys_end(&p->keys);
    if (p->secrets)
        OPENSSL_secure_clear_free(p->secrets, sizeof *p->secrets);
    host_crypto_free(p->crypto);
    loop_free(p->loop);
    free(p);
    return code;
}
