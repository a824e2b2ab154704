/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/enrol.h"

#include "device/keeper/identity.h"
#include "device/main/borrow.h"
#include "device/main/enrol_kind.h"
#include "device/main/run.h"
#include "device/main/settings.h"
#include "device/net/cloud_file.h"
#include "device/talk/place.h"
#include "device/trust/trust_agent.h"
#include "device/trust/trust_file.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/plain_file.h"
#include "wire/attest.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct enrolling {
    struct role_env env;
    struct host_crypto *crypto;
    struct bundle bundle;
    struct settings settings;
    struct trust_file wrap_file, tls_file;
    struct trust_agent wrap_agent, tls_agent;
    struct borrowed agent;
    const struct trust *wrap, *tls; /* of the files, or of the agent */
    struct enrolment_record record;
    struct trust_identity tpm; /* what it says of itself */
    enum enrol_kind kind;
    uint8_t body[LIMIT_ENROL_TPM];
    size_t body_len;
    uint8_t answer[ENROL_M2_MAX + 1];
    size_t answer_len;
    char keeper[PLACE_MAX], courier[PLACE_MAX], pending[PLACE_MAX], identity[PLACE_MAX];
    char certificate[PLACE_MAX], cloud[PLACE_MAX];
};

static int unusable(const char *what)
{
    return cli_error(
        EXIT_ENVIRONMENT, NULL, 0, what, "a folder that this user may write");
}

static int read_bundle(struct enrolling *e, const char *path)
{
    static uint8_t text[LIMIT_CONF_FILE + 1];
    struct conf_error err = {0};
    FILE *f = plain_file_open(path);
    size_t len = f == NULL ? 0 : fread(text, 1, sizeof text, f);
    bool failed = f == NULL || ferror(f) != 0;

    if (f != NULL)
        fclose(f);
    if (failed)
        return cli_error(EXIT_USAGE, path, 0, "cannot be read", "an enrolment bundle");
    enum status s = bundle_parse((struct bytes){text, len}, &e->bundle, &err);
    wipe(text, sizeof text);
    if (s != OK)
        return cli_error(EXIT_USAGE, path, err.line, err.what, err.expected);
    if ((uint64_t)time(NULL) > e->bundle.expires_utc_s)
        return cli_error(
            EXIT_NO, path, 0, "the invitation is over", "a bundle of today");
    return EXIT_DONE;
}

/* Which keys a device gets is the administrator's word: a word that is not understood is no reason
 * to take others. */
static int read_settings(struct enrolling *e)
{
    char path[PLACE_MAX];
    struct conf_error err = {0};

    if (place_of(e->env.root, PLACE_CONF, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    if (settings_read(path, &e->settings, &err) != OK)
        return cli_error(EXIT_USAGE, path, err.line, err.what, err.expected);
    return EXIT_DONE;
}

static enum status places(struct enrolling *e)
{
    const char *root = e->env.root;

    TRY(place_of(root, PLACE_KEEPER, e->keeper));
    TRY(place_of(root, PLACE_COURIER, e->courier));
    TRY(place_of(root, PLACE_ENROLMENT, e->pending));
    TRY(place_of(root, PLACE_IDENTITY, e->identity));
    TRY(place_of(root, PLACE_CERTIFICATE, e->certificate));
    TRY(place_of(root, PLACE_CLOUD, e->cloud));
    return make_places(&e->env);
}

static enum status open_files(struct enrolling *e)
{
    const struct role_env *v = &e->env;
    const struct entropy *entropy = host_entropy_port();
    const char *why = NULL;

    TRY(trust_file_create(
        TRUST_WRAP, e->keeper, v->uids[ROLE_KEEPER], v->gids[ROLE_KEEPER], entropy));
    TRY(trust_file_create(
        TRUST_TLS, e->courier, v->uids[ROLE_COURIER], v->gids[ROLE_COURIER], entropy));
    TRY(trust_file_open(&e->wrap_file, TRUST_WRAP, e->keeper, v->uids[ROLE_KEEPER],
        host_crypto_port(e->crypto), entropy, &why));
    e->wrap = &e->wrap_file.port;
    e->tls = &e->tls_file.port;
    return trust_file_open(
        &e->tls_file, TRUST_TLS, e->courier, v->uids[ROLE_COURIER], NULL, NULL, &why);
}

/* The key is there, and agent's TPM serves: else nothing is begun. */
static enum status open_agent(struct enrolling *e)
{
    const struct role_env *v = &e->env;
    uint8_t point[P256_PUBLIC_LEN];

    TRY(agent_borrow(&e->agent, v, e->settings.tpm));
    TRY(trust_agent_init(&e->wrap_agent, TRUST_WRAP, v->root, v->uids[ROLE_AGENT]));
    TRY(trust_agent_init(&e->tls_agent, TRUST_TLS, v->root, v->uids[ROLE_AGENT]));
    e->wrap = &e->wrap_agent.port;
    e->tls = &e->tls_agent.port;
    return e->tls->tls_public(e->tls->board, point);
}

static int open_trust(struct enrolling *e)
{
    if (!settings_tpm(&e->settings))
        return open_files(e) == OK ? EXIT_DONE
                                   : unusable("keys below --root cannot be made");
    return open_agent(e) == OK
        ? EXIT_DONE
        : cli_error(EXIT_ENVIRONMENT, e->settings.tpm, 0, "the TPM does not serve",
            "a TPM that is this device's, or new (trust = \"tpm\" is set)");
}

static void close_trust(struct enrolling *e)
{
    if (settings_tpm(&e->settings)) {
        trust_agent_close(&e->wrap_agent);
        trust_agent_close(&e->tls_agent);
    }
    agent_return(&e->agent);
    trust_file_close(&e->wrap_file);
    trust_file_close(&e->tls_file);
}

static bool same_invitation(const struct enrolling *e, const struct digest *invitation)
{
    return memcmp(&e->record.kid, &e->bundle.kid, sizeof e->bundle.kid) == 0
        && memcmp(&e->record.cloud, &e->bundle.s, sizeof e->bundle.s) == 0
        && ct_equal(&e->record.invitation, invitation, sizeof *invitation);
}

/* The M1 of this bundle: the one that was made before, or a new one, persisted first. */
static enum status begin(struct enrolling *e)
{
    const struct crypto *crypto = host_crypto_port(e->crypto);
    const struct role_env *v = &e->env;
    uint8_t tls_public[P256_PUBLIC_LEN];
    struct digest invitation;
    const char *why = NULL;

    TRY(crypto->sha256(crypto->board, BYTES_OF(e->bundle.secret.b), &invitation));
    enum status s =
        enrolment_read(e->pending, v->uids[ROLE_KEEPER], e->wrap, &e->record, &why);
    if (s == OK && same_invitation(e, &invitation))
        return OK;
    e->record = (struct enrolment_record){
        .kid = e->bundle.kid, .cloud = e->bundle.s, .invitation = invitation};
    TRY(e->tls->tls_public(e->tls->board, tls_public));
    TRY(enrol_begin(crypto, host_entropy_port(), &e->bundle.s, &e->bundle.kid,
        &e->bundle.secret, tls_public, e->record.m1, &e->record.keys));
    return enrolment_write(
        e->pending, v->uids[ROLE_KEEPER], v->gids[ROLE_KEEPER], e->wrap, &e->record);
}

static void become_carrier(int in, int out)
{
    char *const argv[] = {
        (char[]){"enrol"}, (char[]){"--role"}, (char[]){"enrol"}, NULL};

    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(EXIT_INTERNAL);
    execv("/proc/self/exe", argv); /* everything else is close-on-exec */
    _exit(EXIT_INTERNAL);
}

static bool give(const struct enrolling *e, int fd)
{
    struct bundle open = e->bundle;
    uint8_t text[8192];
    size_t len = 0;

    open.secret = (struct key){{0}};
    uint8_t head[2] = {(uint8_t)(e->body_len >> 8), (uint8_t)e->body_len};
    bool ok = bundle_build(&open, ROOM_OF(text), &len) == OK
        && write(fd, head, sizeof head) == (ssize_t)sizeof head
        && write(fd, e->body, e->body_len) == (ssize_t)e->body_len
        && write(fd, text, len) == (ssize_t)len;
    wipe(&open, sizeof open);
    return ok;
}

/* Exit code of the carrier. */
static int carry(struct enrolling *e)
{
    int to[2], from[2], state = 0;
    ssize_t n;

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return EXIT_INTERNAL;
    signal(SIGPIPE, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        become_carrier(to[0], from[1]);
    close(to[0]);
    close(from[1]);
    bool given = pid > 0 && give(e, to[1]);
    close(to[1]);
    e->answer_len = 0;
    while (e->answer_len < sizeof e->answer
        && (n = read(
                from[0], e->answer + e->answer_len, sizeof e->answer - e->answer_len))
            > 0)
        e->answer_len += (size_t)n;
    close(from[0]);
    if (pid < 0 || waitpid(pid, &state, 0) != pid || !given || !WIFEXITED(state))
        return EXIT_INTERNAL;
    return WEXITSTATUS(state);
}

/* Certificate and address first, then the identity: keeper never waits for a courier that has
 * nothing to show. */
static enum status finish(struct enrolling *e)
{
    const struct role_env *v = &e->env;
    struct bytes cert;
    struct identity_record id = {.kid = e->record.kid,
        .cloud = e->record.cloud,
        .service = e->bundle.service,
        .up = e->record.keys.up,
        .down = e->record.keys.down};

    TRY(enrol_check(host_crypto_port(e->crypto), &e->record.keys.ok,
        BYTES_OF(e->record.m1), (struct bytes){e->answer, e->answer_len}, &cert));
    enum status s = keyfile_write(
        e->certificate, v->uids[ROLE_COURIER], v->gids[ROLE_COURIER], cert, true);
    if (s == OK)
        s = cloud_file_write(
            e->cloud, v->uids[ROLE_COURIER], v->gids[ROLE_COURIER], &e->bundle);
    if (s == OK)
        s = identity_write(
            e->identity, v->uids[ROLE_KEEPER], v->gids[ROLE_KEEPER], e->wrap, &id);
    wipe(&id, sizeof id);
    return s;
}

/* M1, or with a TPM M1 and what proves that the keys are in it. */
static int put_body(struct enrolling *e, const struct key *proof)
{
    const struct trust_identity *i = &e->tpm;

    if (e->kind != ENROL_PROVED) {
        memcpy(e->body, e->record.m1, sizeof e->record.m1);
        e->body_len = sizeof e->record.m1;
        return EXIT_DONE;
    }
    struct enrol_tpm v = {.m1 = BYTES_OF(e->record.m1),
        .proven = proof != NULL,
        .certificate = {i->endorsement, i->endorsement_len},
        .attestation_key = {i->attestation_key.b, i->attestation_key.len},
        .tls_key = {i->tls.b, i->tls.len},
        .said = {i->certified.said.b, i->certified.said.len},
        .signature = {i->certified.signature.b, i->certified.signature.len}};
    if (proof != NULL)
        v.proof = *proof;
    enum status s = enrol_tpm_build(&v, ROOM_OF(e->body), &e->body_len);
    wipe(&v, sizeof v);
    return s == OK ? EXIT_DONE : EXIT_INTERNAL;
}

static int send_once(struct enrolling *e, const struct key *proof)
{
    int code = put_body(e, proof);

    if (code == EXIT_DONE)
        code = carry(e);
    if (code == EXIT_NO)
        return cli_error(EXIT_NO, NULL, 0,
            "the cloud refused, or is not the one of the bundle",
            e->kind == ENROL_PROVED
                ? "an open invitation, a server of the bundle's authority, a TPM of an allowed maker"
                : "an open invitation and a server of the bundle's authority");
    if (code != EXIT_DONE)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "the cloud was not reached",
            "its enrolment port to answer; try again with the same bundle");
    return EXIT_DONE;
}

static int choose_kind(struct enrolling *e)
{
    bool set = settings_tpm(&e->settings) && e->settings.attest;

    if (set && e->tls->identity(e->tls->board, &e->tpm) != OK)
        return cli_error(EXIT_ENVIRONMENT, e->settings.tpm, 0, "the TPM does not serve",
            "a TPM that is this device's, or new (trust = \"tpm\" is set)");
    e->kind = enrol_kind(set, e->tpm.endorsement_len);
    if (e->kind == ENROL_REFUSED)
        return cli_error(EXIT_ENVIRONMENT, e->settings.tpm, 0,
            "the TPM has no endorsement certificate",
            "one of its maker, or attest = false in oximeter.conf: the cloud then has "
            "this device's word only");
    return EXIT_DONE;
}

static bool is_m2(struct enrolling *e)
{
    struct bytes cert;

    return enrol_check(host_crypto_port(e->crypto), &e->record.keys.ok,
               BYTES_OF(e->record.m1), (struct bytes){e->answer, e->answer_len}, &cert)
        == OK;
}

/* A cloud that asks for no TPM has answered already; another one wants to see its credential opened. */
static int prove_tpm(struct enrolling *e)
{
    struct enrol_credential in;
    struct trust_credential credential;
    struct key proof;

    static_assert(sizeof in.blob == sizeof credential.blob
            && sizeof in.seed == sizeof credential.seed,
        "one form");
    if (is_m2(e))
        return EXIT_DONE;
    if (enrol_credential_parse((struct bytes){e->answer, e->answer_len}, &in) != OK)
        return EXIT_DONE; /* finish() says what it is not */
    memcpy(credential.blob, in.blob, sizeof credential.blob);
    memcpy(credential.seed, in.seed, sizeof credential.seed);
    enum status s = e->tls->activate(e->tls->board, &credential, &proof);
    if (s == DAMAGED)
        return cli_error(EXIT_NO, e->settings.tpm, 0,
            "the credential of the cloud does not open in this TPM",
            "one for this TPM's endorsement key and attestation key");
    if (s != OK)
        return cli_error(EXIT_ENVIRONMENT, e->settings.tpm, 0, "the TPM does not serve",
            "it to answer; try again with the same bundle");
    int code = send_once(e, &proof);
    wipe(&proof, sizeof proof);
    return code;
}

static int exchange(struct enrolling *e)
{
    int code = choose_kind(e);

    if (code == EXIT_DONE)
        code = send_once(e, NULL);
    return code == EXIT_DONE && e->kind == ENROL_PROVED ? prove_tpm(e) : code;
}

static int enrol_with(struct enrolling *e)
{
    if (begin(e) != OK)
        return unusable("the enrolment cannot be kept");
    int code = exchange(e);
    if (code != EXIT_DONE)
        return code;
    enum status s = finish(e);
    if (s == REFUSED || s == MALFORMED)
        return cli_error(EXIT_NO, NULL, 0,
            "the answer does not come from the cloud's keys",
            "an answer that proves the invitation");
    return s == OK ? EXIT_DONE : unusable("the identity cannot be written");
}

int enrol_device(const struct cli_args *a)
{
    static struct enrolling e;
    struct log none = {.fd = -1};

    e.env = (struct role_env){.root = cli_word(a, "root", "/"), .log = &none};
    int code = read_bundle(&e, a->operand[0]);
    if (code != EXIT_DONE)
        return code;
    if (role_users(&e.env) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "no user for a role",
            "the users of packaging/sysusers.d (script/setup)");
    code = read_settings(&e);
    if (code != EXIT_DONE)
        return code;
    if (host_crypto_new(&e.crypto) != OK || places(&e) != OK)
        return unusable("folders below --root cannot be made");
    code = open_trust(&e);
    if (code == EXIT_DONE)
        code = enrol_with(&e);
    close_trust(&e);
    host_crypto_free(e.crypto);
    wipe(&e, sizeof e);
    return code;
}
