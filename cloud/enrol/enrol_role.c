/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/enrol/enrol.h"
#include "cloud/http/listener.h"
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/supervise.h"

#include <stdlib.h>
#include <unistd.h>

struct process {
    struct enrol enrol;
    struct log log;
    struct loop *loop;
    struct hub *hub;
    struct life life;
    char keys[PLACE_MAX], keys_run[PLACE_MAX], sister[PLACE_MAX];
};

static enum status lock_down(struct process *p)
{
    const struct confine_path paths[] = {{p->keys_run, CONFINE_SOCKET}};
    const struct confine_plan plan = {.role = "enrol",
        .user = "holdfast-enrol",
        .paths = paths,
        .path_count = 1,
        .rights = CONFINE_UNIX | CONFINE_INET_IN};
    const char *what = "?";

    enum status s = confine_enter(&plan, &what);
    if (s != OK)
        LOG(&p->log, LOG_FAULT, REASON_CONFINE_FAILED, F_WORD("what", what));
    return s;
}

static enum status set_up(
    struct process *p, const struct role_args *a, struct listener *l)
{
    struct hub_port to_keys = {.path = p->keys,
        .end = ENROL_FROM_KEYS,
        .heard = enrol_heard_keys,
        .up = enrol_keys_up,
        .gone = enrol_keys_gone,
        .ctx = &p->enrol};
    size_t number;

    TRY(place_of(a->root, PLACE_RUN, "keys", "enrol", p->keys));
    TRY(place_of(a->root, PLACE_RUN, "keys", NULL, p->keys_run));
    TRY(place_of(a->root, PLACE_RUN, "store", "view", p->sister));
    TRY(loop_new(&p->loop));
    TRY(hub_new(&p->hub, p->loop, &p->log));
    TRY(life_begin(&p->life, p->loop));
    enrol_init(&p->enrol, &p->log, p->loop, p->hub);
    TRY(lock_down(p));
    TRY(hub_dial(p->hub, &to_keys, &number)); /* as enrol's user: keys looks at it */
    TRY(tls_server_start(&p->enrol.tls, p->loop, &p->log, l->ctx, l->fd, enrol_limits(),
        enrol_owner(&p->enrol)));
    TRY(enrol_start(&p->enrol));
    if (a->self_test)
        life_self_test(&p->log, p->sister);
    TRY(role_ready(&(struct role_ready){.ports = {l->port}}));
    LOG(&p->log, LOG_INFO, REASON_ROLE_READY, F_NUM("port", l->port));
    return life_beat(&p->life);
}

int enrol_role(const struct role_args *a)
{
    struct process *p = calloc(1, sizeof *p);
    struct listener l;

    if (!p)
        return EXIT_INTERNAL;
    log_open(&p->log, STDERR_FILENO, "enrol", a->log_json);
    int code = listener_open(&l, a, false, "holdfast/1");
    if (code == EXIT_DONE)
        code = set_up(p, a, &l) == OK && loop_run(p->loop) == OK ? EXIT_DONE
                                                                 : EXIT_INTERNAL;
    enrol_stop(&p->enrol);
    tls_server_stop(&p->enrol.tls);
    life_end(&p->life);
    hub_free(p->hub);
    loop_free(p->loop);
    free(p);
    return code;
}
