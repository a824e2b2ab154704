/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "cloud/view/view.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/supervise.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct process {
    struct view_process view;
    struct log log;
    struct loop *loop;
    struct hub *hub;
    struct life life;
    char http[PLACE_MAX], store[PLACE_MAX], store_run[PLACE_MAX], sister[PLACE_MAX];
};

/* In view's own folder, which nobody else writes to; who may speak is told by SO_PEERCRED. */
static enum status listen_for_people(struct process *p)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    if (strlen(p->http) >= sizeof at.sun_path)
        return REFUSED;
    memcpy(at.sun_path, p->http, strlen(p->http) + 1);
    (void)unlink(p->http);
    p->view.listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->view.listen_fd < 0
        || bind(p->view.listen_fd, (struct sockaddr *)&at, sizeof at) != 0
        || chmod(p->http, 0666) != 0 || listen(p->view.listen_fd, 64) != 0)
        return BROKEN;
    return OK;
}

static enum status lock_down(struct process *p)
{
    const struct confine_path paths[] = {{p->store_run, CONFINE_SOCKET}};
    const struct confine_plan plan = {.role = "view",
        .user = "holdfast-view",
        .paths = paths,
        .path_count = 1,
        .rights = CONFINE_UNIX};

    return life_confine(&p->log, &plan);
}

static enum status set_up(struct process *p, const struct role_args *a)
{
    struct hub_port to_store = {.path = p->store,
        .end = VIEW_FROM_STORE,
        .heard = view_heard_store,
        .up = view_store_up,
        .gone = view_store_gone,
        .ctx = &p->view};
    unsigned gid;
    size_t number;
    bool reduced;

    TRY(place_of(a->root, PLACE_RUN, "view", "http", p->http));
    TRY(place_of(a->root, PLACE_RUN, "store", "view", p->store));
    TRY(place_of(a->root, PLACE_RUN, "store", NULL, p->store_run));
    TRY(place_of(a->root, PLACE_RUN, "keys", "store", p->sister));
    TRY(confine_user("holdfast-people", &p->view.people, &gid, &reduced));
    TRY(loop_new(&p->loop));
    TRY(hub_new(&p->hub, p->loop, &p->log));
    TRY(life_begin(&p->life, p->loop));
    TRY(listen_for_people(p));
    p->view.log = &p->log;
    p->view.loop = p->loop;
    p->view.hub = p->hub;
    TRY(view_start(&p->view));
    TRY(lock_down(p));
    for (int i = 0; i < LANES; i++)
        TRY(hub_dial(
            p->hub, &to_store, &number)); /* as view's user: store looks at it */
    if (a->self_test)
        TRY(life_self_test(&p->life, &p->log, p->sister));
    TRY(role_ready(&(struct role_ready){.ports = {0}}));
    LOG(&p->log, LOG_INFO, REASON_ROLE_READY, F_NUM("lanes", LANES));
    return life_beat(&p->life);
}

int view_role(const struct role_args *a)
{
    struct process *p = calloc(1, sizeof *p);

    if (!p)
        return EXIT_INTERNAL;
    log_open(&p->log, STDERR_FILENO, "view", a->log_json);
    int code =
        set_up(p, a) == OK && loop_run(p->loop) == OK ? EXIT_DONE : EXIT_INTERNAL;
    view_stop(&p->view);
    life_end(&p->life);
    hub_free(p->hub);
    loop_free(p->loop);
    free(p);
    return code;
}
