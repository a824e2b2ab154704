/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/serve.h"

#include "cloud/main/attest_verbs.h"
#include "cloud/main/ports.h"
#include "cloud/main/settings.h"
#include "cloud/talk/role.h"
#include "host/confine.h"
#include "host/keyfile.h"
#include "host/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BEAT_BOUND_MS = 10000, GATES_MOST = 8, NUMBER_TEXT = 8, VERSION_TEXT = 12 };

/* clang-format off */
static const struct {
    const char *role;
    int (*run)(const struct role_args *);
    bool has_run_folder;
} roles[] = { /* in this order; keys first, those that face the network last */
    {"keys",   keys_role,   true },
    {"store",  store_role,  true },
    {"view",   view_role,   true },
    {"enrol",  enrol_role,  false},
    {"people", people_role, false},
    {"gate",   gate_role,   false},
};

/* Every secret without which serve refuses to start. */
static const struct { const char *role, *file; } secrets[] = {
    {"keys",   "kek.key"      },
    {"keys",   "s.key"        },
    {"keys",   "device-ca.key"},
    {"gate",   "tls.key"      },
    {"enrol",  "tls.key"      },
    {"people", "tls.key"      },
};
/* clang-format on */

enum {
    ROLES = sizeof roles / sizeof roles[0],
    SECRETS = sizeof secrets / sizeof secrets[0]
};

static enum status owner_of(const char *role, unsigned *uid, unsigned *gid)
{
    char user[32];
    bool reduced;
    snprintf(user, sizeof user, "holdfast-%s", role);
    return confine_user(user, uid, gid, &reduced);
}

/* Req: HF-CLOUD-001 "The cloud shall not start with a key file that is missing or readable by others." */
static int check_secrets(const char *root)
{
    for (size_t i = 0; i < SECRETS; i++) {
        char path[PLACE_MAX];
        uint8_t secret[4096];
        size_t len = 0;
        unsigned uid, gid;
        const char *why = "is missing";

        if (owner_of(secrets[i].role, &uid, &gid) != OK)
            return cli_error(EXIT_ENVIRONMENT, NULL, 0,
                "the users holdfast-* are missing",
                "`script/setup` or systemd-sysusers to have made them");
        if (place_of(root, PLACE_VAR, secrets[i].role, secrets[i].file, path) != OK)
            return cli_error(
                EXIT_USAGE, NULL, 0, "--root is too long", "a shorter path");
        enum status s = keyfile_read(path, uid, ROOM_OF(secret), &len, &why);
        explicit_bzero(secret, sizeof secret);
        if (s != OK)
            return cli_error(EXIT_ENVIRONMENT, path, 0, s == AGAIN ? "is missing" : why,
                "a key file of `holdfast-cloud init`, mode 0400, of its role");
    }
    return EXIT_DONE;
}

/* Req: HF-TPM-013 "shall not start without allowed makers and known measurements" */
static int check_trust(const char *root, const struct settings *set)
{
    return strcmp(set->require_trust, "tpm") == 0 ? attest_files_hold(root) : EXIT_DONE;
}

static int check_database(const char *root)
{
    char path[PLACE_MAX];
    if (place_of(root, PLACE_VAR, "store", "data.db", path) == OK
        && access(path, F_OK) == 0)
        return EXIT_DONE;
    return cli_error(EXIT_ENVIRONMENT, path, 0, "is missing",
        "a database made by `holdfast-cloud init`");
}

static enum status make_path(char *path)
{
    for (char *at = path + 1; *at; at++)
        if (*at == '/') {
            *at = 0;
            int failed = mkdir(path, 0755) != 0 && errno != EEXIST;
            *at = '/';
            if (failed)
                return BROKEN;
        }
    return mkdir(path, 0755) != 0 && errno != EEXIST ? BROKEN : OK;
}

/*
 * One cloud on one root: a second one would take the sockets of the first from it. The lock is the
 * descriptor, so it ends with this process however that ends; no role inherits it.
 */
static enum status lock_root(const char *root, int *lock)
{
    char path[PLACE_MAX];

    umask(022);
    TRY(place_of(root, PLACE_RUN, NULL, NULL, path));
    TRY(make_path(path));
    TRY(place_of(root, PLACE_RUN, NULL, "serve.lock", path));
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return BROKEN;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *lock = fd;
        return OK;
    }
    enum status s = errno == EWOULDBLOCK ? REFUSED : BROKEN;
    close(fd);
    return s;
}

static enum status make_run_folders(const char *root)
{
    char path[PLACE_MAX];
    for (size_t i = 0; i < ROLES; i++) {
        unsigned uid, gid;
        if (!roles[i].has_run_folder)
            continue;
        TRY(owner_of(roles[i].role, &uid, &gid));
        TRY(place_of(root, PLACE_RUN, roles[i].role, NULL, path));
        if (mkdir(path, 0711) != 0 && errno != EEXIST)
            return BROKEN;
        if (chown(path, uid, gid) != 0 || chmod(path, 0711) != 0)
            return BROKEN;
    }
    return OK;
}

/* ---- the command line of each role ---- */

struct plan {
    struct role_spec specs[ROLES + GATES_MOST];
    size_t count;
    char ports[ROLES + GATES_MOST][NUMBER_TEXT],
        indexes[ROLES + GATES_MOST][NUMBER_TEXT];
    char device_rate[NUMBER_TEXT], least_security[VERSION_TEXT];
    bool require_tpm, stop_clones;
    size_t device, enrol, people; /* places of those that listen */
};

static void add_role(struct plan *p, const struct serve_options *o,
    const struct settings *set, const char *role, int64_t port, int64_t index)
{
    struct role_spec *s = &p->specs[p->count];
    size_t n = 0;

    snprintf(p->ports[p->count], NUMBER_TEXT, "%d", (int)port);
    snprintf(p->indexes[p->count], NUMBER_TEXT, "%d", (int)index);
    s->name = role;
    s->beat_ms = BEAT_BOUND_MS;
    s->args[n++] = "--root";
    s->args[n++] = *o->root ? o->root : "/";
    s->args[n++] = "--listen";
    s->args[n++] = set->listen;
    s->args[n++] = "--port";
    s->args[n++] = p->ports[p->count];
    s->args[n++] = "--index";
    s->args[n++] = p->indexes[p->count];
    s->args[n++] = "--device-rate";
    s->args[n++] = p->device_rate;
    if (p->stop_clones)
        s->args[n++] = "--stop-clones";
    if (p->require_tpm) {
        s->args[n++] = "--require-tpm";
        s->args[n++] = "--least-security";
        s->args[n++] = p->least_security;
    }
    if (o->log_json)
        s->args[n++] = "--log-json";
    if (o->self_test)
        s->args[n++] = "--role-self-test";
    p->count++;
}

static void make_plan(
    struct plan *p, const struct serve_options *o, const struct settings *set)
{
    p->stop_clones = strcmp(set->clone_policy, "stop") == 0;
    p->require_tpm = strcmp(set->require_trust, "tpm") == 0;
    snprintf(p->device_rate, NUMBER_TEXT, "%d", (int)set->device_rate);
    snprintf(p->least_security, VERSION_TEXT, "%lld",
        (long long)set->least_security_version);
    for (size_t i = 0; i + 1 < ROLES; i++) {
        bool enrol = strcmp(roles[i].role, "enrol") == 0,
             people = strcmp(roles[i].role, "people") == 0;
        if (enrol)
            p->enrol = p->count;
        if (people)
            p->people = p->count;
        add_role(p, o, set, roles[i].role,
            enrol        ? set->enrol_port
                : people ? set->people_port
                         : 0,
            0);
    }
    p->device = p->count;
    for (int64_t g = 0; g < set->gates; g++)
        add_role(p, o, set, "gate", set->device_port, set->gates > 1 ? g + 1 : 0);
}

static int failed_start(struct log *log)
{
    LOG(log, LOG_FAULT, REASON_ROLE_STOPPED,
        F_WORD("what", "not every role became ready"));
    return cli_error(EXIT_ENVIRONMENT, NULL, 0, "not every role became ready",
        "free ports, readable keys and the right users (see the lines above)");
}

static int run_all(const struct plan *p, const struct serve_options *o)
{
    struct supervisor *s = NULL;
    struct log log;

    log_open(&log, STDERR_FILENO, "none", o->log_json);
    if (supervise_start(&s, p->specs, p->count, &log) != OK) {
        if (s)
            supervise_end(s);
        return failed_start(&log);
    }
    struct ports bound = {.device = supervise_state(s, p->device)->said.ports[0],
        .enrol = supervise_state(s, p->enrol)->said.ports[0],
        .people = supervise_state(s, p->people)->said.ports[0]};
    enum status st = ports_write(o->root, &bound);
    if (st == OK) {
        printf("ready device-port %u enrol-port %u people-port %u\n", bound.device,
            bound.enrol, bound.people);
        fflush(stdout);
        LOG(&log, LOG_INFO, REASON_ROLE_READY, F_NUM("device_port", bound.device),
            F_NUM("enrol_port", bound.enrol), F_NUM("people_port", bound.people),
            F_WORD("separation", geteuid() == 0 ? "full" : "reduced"));
        st = supervise_run(
            s, (uint64_t)(o->for_s > 0 ? o->for_s : 0) * 1000, NULL, NULL);
    }
    supervise_end(s);
    return st == OK ? EXIT_DONE : EXIT_INTERNAL;
}

static int64_t choose(int64_t given, int64_t otherwise)
{
    return given >= 0 ? given : otherwise;
}

int serve_cloud(const struct serve_options *o)
{
    static struct plan plan;
    static struct settings set;

    int code = settings_read(o->root, &set);
    if (code == EXIT_DONE)
        code = check_secrets(o->root);
    if (code == EXIT_DONE)
        code = check_database(o->root);
    if (code == EXIT_DONE)
        code = check_trust(o->root, &set);
    if (code != EXIT_DONE)
        return code;
    set.device_port = choose(o->device_port, set.device_port);
    set.enrol_port = choose(o->enrol_port, set.enrol_port);
    set.people_port = choose(o->people_port, set.people_port);
    set.gates = choose(o->gates, set.gates);
    if (set.gates > 1 && set.device_port == 0)
        return cli_error(EXIT_USAGE, NULL, 0, "more than one gate with --device-port 0",
            "a fixed port that the gates share");
    int lock = -1;
    enum status s = lock_root(o->root, &lock);
    if (s == REFUSED)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0,
            "another `holdfast-cloud serve` runs with this --root",
            "that one to have ended");
    if (s != OK || make_run_folders(o->root) != OK)
        code = cli_error(EXIT_ENVIRONMENT, NULL, 0, "run folders cannot be made",
            "a root that this user may write");
    if (code == EXIT_DONE) {
        make_plan(&plan, o, &set);
        code = run_all(&plan, o);
    }
    if (lock >= 0)
        close(lock);
    return code;
}

int serve_role(const struct cli_args *a)
{
    const char *role = cli_word(a, "role", "");
    const char *root = cli_word(a, "root", "");
    struct role_args args = {.root = strcmp(root, "/") == 0 ? "" : root,
        .role = role,
        .listen = cli_word(a, "listen", "127.0.0.1"),
        .port = (uint16_t)cli_number(a, "port", 0),
        .index = (uint16_t)cli_number(a, "index", 0),
        .device_rate = (uint16_t)cli_number(a, "device-rate", LIMIT_DEVICE_RATE),
        .stop_clones = cli_given(a, "stop-clones"),
        .require_tpm = cli_given(a, "require-tpm"),
        .least_security_version = (uint32_t)cli_number(a, "least-security", 0),
        .log_json = cli_given(a, "log-json"),
        .self_test = cli_given(a, "role-self-test")};

    for (size_t i = 0; i < ROLES; i++)
        if (strcmp(roles[i].role, role) == 0)
            return roles[i].run(&args);
    return cli_error(EXIT_USAGE, NULL, 0, "--role", "a role of this program");
}
