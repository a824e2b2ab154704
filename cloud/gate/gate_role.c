/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/gate/gate.h"
#include "cloud/http/front.h"
#include "host/cli.h"

#include <stdlib.h>

static enum status begin(void *role, struct front *f)
{
    gate_init(role, &f->log, f->loop, f->hub);
    return gate_context(f->listener.ctx);
}

int gate_role(const struct role_args *a)
{
    struct gate *g = calloc(1, sizeof *g);

    if (!g)
        return EXIT_INTERNAL;
    int code = front_role(a,
        &(struct front_plan){.ask_client = true,
            .alpn = "holdfast/1",
            .behind = {"store", "gate"},
            .sister = {"keys", "enrol"},
            .door = {.end = GATE_FROM_STORE,
                .heard = gate_heard_store,
                .up = gate_store_up,
                .gone = gate_store_gone},
            .tls = &g->tls,
            .limits = gate_limits(),
            .owner = gate_owner(g),
            .role = g,
            .begin = begin});
    free(g);
    return code;
}
