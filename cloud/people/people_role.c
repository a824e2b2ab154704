/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/front.h"
#include "cloud/people/people.h"

static enum status begin(void *role, struct front *f)
{
    struct people *p = role;

    p->log = &f->log;
    p->loop = f->loop;
    p->view = f->behind;
    return OK;
}

int people_role(const struct role_args *a)
{
    struct people p = {0};

    return front_role(a,
        &(struct front_plan){.alpn = "http/1.1",
            .behind = {"view", "http"},
            .sister = {"store", "view"},
            .tls = &p.tls,
            .limits = people_limits(),
            .owner = people_owner(&p),
            .role = &p,
            .begin = begin});
}
