/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/role.h"

#include "device/talk/place.h"
#include "host/supervise.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ACTS = 10, SELF_TEST_AFTER_MS = 1000 };

/* clang-format off */
static const struct {
    const char *name, *user;
    enum place sister; /* a door that does not expect this role */
} roles[DEVICE_ROLES] = {
    [ROLE_AGENT]   = {"agent",   "holdfast-agent",   PLACE_DOOR_MEASURE},
    [ROLE_KEEPER]  = {"keeper",  "holdfast-keeper",  PLACE_DOOR_VIEW},
    [ROLE_COURIER] = {"courier", "holdfast-courier", PLACE_DOOR_MEASURE},
    [ROLE_SCREEN]  = {"screen",  "holdfast-screen",  PLACE_DOOR_MEASURE},
    [ROLE_UPDATER] = {"updater", "holdfast-updater", PLACE_DOOR_MEASURE},
    [ROLE_MEASURE] = {"measure", "holdfast-measure", PLACE_DOOR_COURIER},
};
/* clang-format on */

const char *role_trust(const struct role_env *env)
{
    return env->tpm ? "tpm" : "software";
}

const char *role_name(enum device_role role)
{
    assert(role < DEVICE_ROLES);
    return roles[role].name;
}

const char *role_user(enum device_role role)
{
    assert(role < DEVICE_ROLES);
    return roles[role].user;
}

enum status role_users(struct role_env *env)
{
    for (int i = 0; i < DEVICE_ROLES; i++) {
        unsigned uid = 0, gid = 0;
        TRY(confine_user(roles[i].user, &uid, &gid, &env->reduced));
        env->uids[i] = uid;
        env->gids[i] = gid;
    }
    return OK;
}

static void tried(void *ctx, int succeeded)
{
    struct role_lock *l = ctx;

    LOG(l->env->log, succeeded == 0 ? LOG_INFO : LOG_FAULT, REASON_ROLE_SELF_TEST,
        F_NUM("acts", ACTS), F_NUM("succeeded", succeeded));
}

/* Where the roles share one user, a sister's door does let this one in: then a door that is not
 * there is tried, which is no claim; `reduced` says so wherever a person looks. */
static void try_forbidden(void *ctx)
{
    struct role_lock *l = ctx;

    if (confine_try_begin(&l->attempt, l->loop, l->null_fd,
            l->env->reduced ? "/nonexistent" : l->sister, (int)getppid(), tried, l)
        != OK)
        loop_stop(l->loop);
}

void role_try_forbidden(struct role_lock *l)
{
    try_forbidden(l);
}

enum status role_confine(struct role_lock *l, struct role_env *env, struct loop *loop,
    enum device_role role, const struct confine_plan *plan)
{
    char sister[PLACE_MAX];
    const char *what = NULL;

    *l = (struct role_lock){.env = env, .role = role, .loop = loop};
    TRY(place_of(env->root, roles[role].sister, sister));
    snprintf(l->sister, sizeof l->sister, "%.107s", sister);
    l->null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (l->null_fd < 0)
        return BROKEN;
    if (confine_enter(plan, &what) != OK) {
        LOG(env->log, LOG_FAULT, REASON_CONFINE_FAILED, F_WORD("step", what));
        return BROKEN;
    }
    LOG(env->log, LOG_INFO, REASON_CONFINED, F_NUM("rights", plan->rights),
        F_NUM("reduced", env->reduced));
    if (env->self_test)
        return loop_after(loop, SELF_TEST_AFTER_MS, try_forbidden, l);
    return OK;
}

enum status role_lock(struct role_lock *l, struct role_env *env, struct loop *loop,
    enum device_role role, const struct confine_plan *plan)
{
    TRY(role_confine(l, env, loop, role, plan));
    return role_ready(&(struct role_ready){{0}});
}
