/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"
#include "core/signal/known.h"
#include "device/main/borrow.h"
#include "device/main/settings.h"
#include "device/main/verbs.h"
#include "device/talk/place.h"
#include "device/talk/role.h"
#include "device/trust/trust_agent.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/self_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct test {
    struct role_env env;
    int bad;
};

static void say(struct test *t, bool good, const char *what)
{
    printf("%s - %s\n", good ? "ok" : "not ok", what);
    t->bad += good ? 0 : 1;
}

static bool crypto_works(void)
{
    struct host_crypto *c = NULL;
    bool good = host_crypto_new(&c) == OK && self_check_crypto(host_crypto_port(c));

    host_crypto_free(c);
    return good;
}

/* A process locks itself down as measure does and tries; it never comes back. */
static bool confinement_works(void)
{
    const struct confine_plan plan = {
        .role = "measure", .user = role_user(ROLE_MEASURE), .rights = CONFINE_UNIX};
    int state = 0;

    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        const char *what = NULL;
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        int parent = (int)getppid();
        if (null < 0 || confine_enter(&plan, &what) != OK)
            _exit(99);
        _exit(confine_try_forbidden(null, "/nonexistent", parent));
    }
    return pid > 0 && waitpid(pid, &state, 0) == pid && WIFEXITED(state)
        && WEXITSTATUS(state) == 0;
}

/* Not enrolled is no fault; a file with another mode or owner is. */
static bool key_file_good(const struct test *t, enum place place, enum device_role role)
{
    uint8_t content[8192];
    char path[PLACE_MAX];
    size_t len = 0;
    const char *why = NULL;

    if (place_of(t->env.root, place, path) != OK)
        return false;
    enum status s = keyfile_read(path, t->env.uids[role], ROOM_OF(content), &len, &why);
    wipe(content, sizeof content);
    return s == OK || s == AGAIN;
}

/* The key in the TPM signs for who may ask. */
static bool tpm_works(const struct test *t, const struct settings *settings)
{
    struct trust_agent tls;
    struct borrowed agent;
    struct digest digest = {{1}};
    uint8_t der[TRUST_SIGNATURE_MAX];
    size_t len = 0;

    if (agent_borrow(&agent, &t->env, settings->tpm) != OK)
        return false;
    bool good =
        trust_agent_init(&tls, TRUST_TLS, t->env.root, t->env.uids[ROLE_AGENT]) == OK
        && tls.port.tls_sign(tls.port.board, &digest, ROOM_OF(der), &len) == OK;
    trust_agent_close(&tls);
    agent_return(&agent);
    return good;
}

/* A record of a TPM is there once the device has its keys; a self-test makes none. */
static void try_trust(struct test *t)
{
    struct settings settings;
    struct conf_error err = {0};
    char conf[PLACE_MAX], record[PLACE_MAX];

    if (place_of(t->env.root, PLACE_CONF, conf) != OK
        || place_of(t->env.root, PLACE_TPM_RECORD, record) != OK)
        return;
    bool read = settings_read(conf, &settings, &err) == OK;
    say(t, read, "the configuration is as it should be");
    if (read && settings_tpm(&settings) && access(record, F_OK) == 0)
        say(t, tpm_works(t, &settings), "the TPM signs with this device's key");
    if (read)
        printf("# trust: %s\n", settings.trust);
}

int verb_selftest(const struct cli_args *a)
{
    static struct signal chain;
    struct test t = {.env = {.root = cli_word(a, "root", "/")}};

    bool users = role_users(&t.env) == OK;
    say(&t, users, "each role has its user");
    say(&t, crypto_works(), "the cryptographic library gives known answers");
    say(&t, signal_known(&chain, KNOWN_SPO2_PERMILLE, KNOWN_PULSE_DECIBPM),
        "the signal chain gives known answers");
    say(&t, self_check_entropy(host_entropy_port()),
        "random numbers are there and differ");
    if (users) {
        say(&t, confinement_works(),
            "a locked down process can do none of ten forbidden acts");
        say(&t,
            key_file_good(&t, PLACE_IDENTITY, ROLE_KEEPER)
                && key_file_good(&t, PLACE_CERTIFICATE, ROLE_COURIER)
                && key_file_good(&t, PLACE_CLOUD, ROLE_COURIER),
            "key files are absent, or their role's alone");
        try_trust(&t);
        if (t.env.reduced)
            printf("# separation: reduced (not started as root)\n");
    }
    return t.bad == 0 ? EXIT_DONE : EXIT_NO;
}
