/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/process.h"

#include "cloud/store/devices.h"
#include "cloud/store/events.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/supervise.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static uint64_t utc_ms(void *board)
{
    struct timespec t;
    (void)board;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t mono_ms(void *board)
{
    (void)board;
    return loop_now_ms();
}

static enum status open_database(struct store_process *p)
{
    const char *why = "?";
    TRY(place_of(p->args->root, PLACE_VAR, "store", "data.db", p->database));
    enum status s = db_open(&p->store.db, p->database, &why);
    if (s != OK)
        cli_error(EXIT_ENVIRONMENT, p->database, 0, why,
            "a database made by `holdfast-cloud init`, WAL and synchronous FULL");
    return s;
}

static enum status listen_all(
    struct store_process *p, uid_t self, uid_t gate, uid_t view)
{
    struct hub_port from_gate = {.path = p->from_gate,
        .end = STORE_FROM_GATE,
        .uids = {gate},
        .uid_count = 1,
        .heard = store_from_gate,
        .ctx = p};
    struct hub_port from_view = {.path = p->from_view,
        .end = STORE_FROM_VIEW,
        .uids = {view},
        .uid_count = 1,
        .heard = store_from_view,
        .ctx = p};
    struct hub_port from_admin = {.path = p->from_admin,
        .end = STORE_FROM_ADMIN,
        .uids = {self, 0},
        .uid_count = 2,
        .heard = store_from_admin,
        .gone = store_admin_gone,
        .ctx = p};
    struct hub_port to_keys = {.path = p->to_keys,
        .end = STORE_FROM_KEYS,
        .heard = store_from_keys,
        .up = store_keys_up,
        .gone = store_keys_gone,
        .ctx = p};
    size_t number;

    TRY(place_of(p->args->root, PLACE_RUN, "store", "gate", p->from_gate));
    TRY(place_of(p->args->root, PLACE_RUN, "store", "view", p->from_view));
    TRY(place_of(p->args->root, PLACE_RUN, "store", "admin", p->from_admin));
    TRY(place_of(p->args->root, PLACE_RUN, "keys", "store", p->to_keys));
    TRY(hub_listen(p->hub, &from_gate, &p->gates));
    TRY(hub_listen(p->hub, &from_view, &number));
    TRY(hub_listen(p->hub, &from_admin, &number));
    return hub_dial(p->hub, &to_keys, &number);
}

static enum status lock_down(struct store_process *p)
{
    const struct confine_path paths[] = {
        {p->folder, CONFINE_READ | CONFINE_WRITE},
        {p->run, CONFINE_SOCKET},
        {p->keys_run, CONFINE_SOCKET},
    };
    const struct confine_plan plan = {.role = "store",
        .user = "holdfast-store",
        .paths = paths,
        .path_count = sizeof paths / sizeof paths[0],
        .rights = CONFINE_UNIX | CONFINE_FILES | CONFINE_THREADS};

    return life_confine(&p->log, &plan);
}

/* What may have run at boot; read where it is asked for. */
static enum status load_boots(struct store_process *p)
{
    char path[PLACE_MAX];
    struct conf_error err = {0};

    if (!p->args->require_tpm)
        return OK;
    TRY(place_of(p->args->root, PLACE_ETC, NULL, KNOWN_FILE, path));
    if (known_read(path, &p->known, &err) != OK) {
        cli_error(EXIT_ENVIRONMENT, path, err.line, err.what, err.expected);
        return REFUSED;
    }
    p->store.boots = (struct attest_policy){.registers = p->known.registers,
        .least_security_version = p->args->least_security_version,
        .known = p->known.boots,
        .known_count = p->known.count};
    return OK;
}

static enum status set_up(struct store_process *p)
{
    unsigned self, gate, view, gid;
    const struct group_ports ports = {.ctx = p,
        .answer = store_answer,
        .ask = store_ask,
        .first = store_first,
        .ended = store_bury,
        .renew = store_renew};
    const struct attester_ports attest = {
        .ctx = p, .answer = store_attested, .ask = store_ask_attest};

    TRY(place_of(p->args->root, PLACE_VAR, "store", NULL, p->folder));
    TRY(place_of(p->args->root, PLACE_RUN, "store", NULL, p->run));
    TRY(place_of(p->args->root, PLACE_RUN, "keys", NULL, p->keys_run));
    bundles_clear(&p->bundles);
    TRY(confine_user("holdfast-gate", &gate, &gid, &p->store.reduced));
    TRY(confine_user("holdfast-view", &view, &gid, &p->store.reduced));
    TRY(confine_user("holdfast-store", &self, &gid, &p->store.reduced));
    TRY(loop_new(&p->loop));
    TRY(hub_new(&p->hub, p->loop, &p->log));
    TRY(life_begin(&p->life, p->loop));
    TRY(host_crypto_new(&p->crypto));
    TRY(open_database(p));
    p->store.crypto = host_crypto_port(p->crypto);
    p->store.entropy = host_entropy_port();
    p->store.clock = (struct store_clock){NULL, utc_ms, mono_ms};
    p->store.log = &p->log;
    p->store.device_rate = p->args->device_rate;
    p->store.stop_clones = p->args->stop_clones;
    p->store.require_tpm = p->args->require_tpm;
    TRY(load_boots(p));
    TRY(key_cache_new(&p->store.cache));
    TRY(attested_new(&p->store.attested));
    TRY(attester_new(&p->attester, &p->store, &attest));
    TRY(group_new(&p->group, &p->store, &ports));
    TRY(pins_load(&p->store));
    people_init(&p->people, &p->store);
    TRY(listen_all(p, self, gate, view));
    return lock_down(p);
}

static void trim(void *ctx)
{
    struct store_process *p = ctx;
    if (store_begin_alone(p) == OK) {
        enum status s = db_settle(&p->store.db);
        if (s == OK)
            s = events_trim(&p->store);
        (void)!store_end_alone(p, s == OK ? people_trim(&p->people) : s);
    }
    if (loop_after(p->loop, 600000, trim, p) != OK)
        loop_stop(p->loop);
}

static enum status self_test(struct store_process *p)
{
    char sister[PLACE_MAX];
    TRY(place_of(p->args->root, PLACE_RUN, "keys", "admin", sister));
    return life_self_test(&p->life, &p->log, sister);
}

static enum status serve(struct store_process *p)
{
    if (p->args->self_test)
        TRY(self_test(p));
    TRY(worker_new(&p->worker));
    TRY(loop_watch(p->loop, worker_fd(p->worker), EPOLLIN, store_worker_done, p));
    trim(p);
    LOG(&p->log, LOG_INFO, REASON_ROLE_READY,
        F_WORD("separation", p->store.reduced ? "reduced" : "full"));
    TRY(role_ready(&(struct role_ready){0}));
    TRY(life_beat(&p->life));
    TRY(loop_run(p->loop));
    return group_commit(p->group);
}

static void tear_down(struct store_process *p)
{
    life_end(&p->life);
    worker_free(p->worker);
    group_free(p->group);
    attester_free(p->attester);
    attested_free(p->store.attested);
    key_cache_free(p->store.cache);
    hub_free(p->hub);
    bundles_close(&p->bundles);
    if (p->store.db.handle)
        db_close(&p->store.db);
    host_crypto_free(p->crypto);
    loop_free(p->loop);
    wipe(p, sizeof *p);
    free(p);
}

int store_role(const struct role_args *a)
{
    struct store_process *p = calloc(1, sizeof *p);
    if (!p)
        return EXIT_ENVIRONMENT;
    p->args = a;
    bundles_init(&p->bundles, p->folder);
    log_open(&p->log, STDERR_FILENO, "store", a->log_json);
    enum status s = set_up(p);
    int code = EXIT_ENVIRONMENT;
    if (s == OK)
        code = serve(p) == OK ? EXIT_DONE : EXIT_INTERNAL;
    else
        LOG(&p->log, LOG_FAULT, REASON_ROLE_STOPPED, F_WORD("status", status_name(s)));
    tear_down(p);
    return code;
}
