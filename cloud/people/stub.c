/* SPDX-License-Identifier: Apache-2.0 */
/* A role that is not there yet: ready, and nothing else. */
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "host/cli.h"
#include "host/supervise.h"

int people_role(const struct role_args *a)
{
    struct loop *loop = NULL;
    struct life life;
    (void)a;
    if (loop_new(&loop) != OK || life_begin(&life, loop) != OK)
        return EXIT_INTERNAL;
    if (role_ready(&(struct role_ready){0}) != OK || life_beat(&life) != OK
        || loop_run(loop) != OK)
        return EXIT_INTERNAL;
    life_end(&life);
    loop_free(loop);
    return EXIT_DONE;
}
