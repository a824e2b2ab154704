/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/people/people.h"

#include "cloud/http/listener.h"
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/supervise.h"

#include <stdlib.h>
#include <unistd.h>

struct process {
    struct people people;
    struct log log;
    struct loop *loop;
    struct life life;
    char view[PLACE_MAX], view_run[PLACE_MAX], sister[PLACE_MAX];
};

static enum status lock_down(struct process *p)
{
    const struct confine_path paths[] = {{p->view_run, CONFINE_SOCKET}};
    const struct confine_plan plan = {.role = "people",
        .user = "holdfast-people",
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
    TRY(place_of(a->root, PLACE_RUN, "view", "http", p->view));
    TRY(place_of(a->root, PLACE_RUN, "view", NULL, p->view_run));
    TRY(place_of(a->root, PLACE_RUN, "store", "view", p->sister));
    TRY(loop_new(&p->loop));
    TRY(life_begin(&p->life, p->loop));
    TRY(lock_down(p));
    p->people.log = &p->log;
    p->people.loop = p->loop;
    p->people.view = p->view;
    TRY(tls_server_start(&p->people.tls, p->loop, &p->log, l->ctx, l->fd,
        people_limits(), people_owner(&p->people)));
    if (a->self_test)
        life_self_test(&p->log, p->sister);
    TRY(role_ready(&(struct role_ready){.ports = {l->port}}));
    LOG(&p->log, LOG_INFO, REASON_ROLE_READY, F_NUM("port", l->port));
    return life_beat(&p->life);
}

int people_role(const struct role_args *a)
{
    struct process *p = calloc(1, sizeof *p);
    struct listener l;

    if (!p)
        return EXIT_INTERNAL;
    log_open(&p->log, STDERR_FILENO, "people", a->log_json);
    int code = listener_open(&l, a, false, "http/1.1");
    if (code == EXIT_DONE)
        code = set_up(p, a, &l) == OK && loop_run(p->loop) == OK ? EXIT_DONE
                                                                 : EXIT_INTERNAL;
    tls_server_stop(&p->people.tls);
    life_end(&p->life);
    loop_free(p->loop);
    free(p);
    return code;
}
