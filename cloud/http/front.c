/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/front.h"

#include "host/cli.h"
#include "host/supervise.h"

#include <stdlib.h>
#include <unistd.h>

static enum status find_places(
    struct front *f, const struct role_args *a, const struct front_plan *plan)
{
    TRY(place_of(a->root, PLACE_RUN, plan->behind.role, plan->behind.name, f->behind));
    TRY(place_of(a->root, PLACE_RUN, plan->behind.role, NULL, f->behind_run));
    return place_of(
        a->root, PLACE_RUN, plan->sister.role, plan->sister.name, f->sister);
}

static enum status lock_down(struct front *f, const struct role_args *a)
{
    char user[ROLE_USER];
    const struct confine_path paths[] = {{f->behind_run, CONFINE_SOCKET}};
    const struct confine_plan plan = {.role = a->role,
        .user = role_user(a->role, user),
        .paths = paths,
        .path_count = 1,
        .rights = CONFINE_UNIX | CONFINE_INET_IN};

    return life_confine(&f->log, &plan);
}

/* As the role's own user: who is behind looks at it. */
static enum status dial_behind(struct front *f, const struct front_plan *plan)
{
    struct hub_port door = plan->door;
    size_t number;

    door.path = f->behind;
    door.ctx = plan->role;
    return door.heard ? hub_dial(f->hub, &door, &number) : OK;
}

static enum status set_up(
    struct front *f, const struct role_args *a, const struct front_plan *plan)
{
    struct listener *l = &f->listener;

    TRY(find_places(f, a, plan));
    TRY(loop_new(&f->loop));
    TRY(hub_new(&f->hub, f->loop, &f->log));
    TRY(life_begin(&f->life, f->loop));
    TRY(plan->begin(plan->role, f));
    TRY(lock_down(f, a));
    TRY(dial_behind(f, plan));
    TRY(tls_server_start(
        plan->tls, f->loop, &f->log, l->ctx, l->fd, plan->limits, plan->owner));
    if (plan->started)
        TRY(plan->started(plan->role));
    if (a->self_test)
        TRY(life_self_test(&f->life, &f->log, f->sister));
    TRY(role_ready(&(struct role_ready){.ports = {l->port}}));
    LOG(&f->log, LOG_INFO, REASON_ROLE_READY, F_NUM("port", l->port));
    return life_beat(&f->life);
}

int front_role(const struct role_args *a, const struct front_plan *plan)
{
    struct front *f = calloc(1, sizeof *f);

    if (!f)
        return EXIT_INTERNAL;
    log_open(&f->log, STDERR_FILENO, a->role, a->log_json);
    int code = listener_open(&f->listener, a, plan->ask_client, plan->alpn);
    if (code == EXIT_DONE)
        code = set_up(f, a, plan) == OK && loop_run(f->loop) == OK ? EXIT_DONE
                                                                   : EXIT_INTERNAL;
    if (plan->ended)
        plan->ended(plan->role);
    tls_server_stop(plan->tls);
    life_end(&f->life);
    hub_free(f->hub);
    loop_free(f->loop);
    free(f);
    return code;
}
