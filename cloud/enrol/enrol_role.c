/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/enrol/enrol.h"
#include "cloud/http/front.h"

static enum status begin(void *role, struct front *f)
{
    enrol_init(role, &f->log, f->loop, f->hub);
    return OK;
}

static enum status started(void *role)
{
    return enrol_start(role);
}

static void ended(void *role)
{
    enrol_stop(role);
}

int enrol_role(const struct role_args *a)
{
    struct enrol e = {0};

    return front_role(a,
        &(struct front_plan){.alpn = "holdfast/1",
            .behind = {"keys", "enrol"},
            .sister = {"store", "view"},
            .door = {.end = ENROL_FROM_KEYS,
                .heard = enrol_heard_keys,
                .up = enrol_keys_up,
                .gone = enrol_keys_gone},
            .tls = &e.tls,
            .limits = enrol_limits(),
            .owner = enrol_owner(&e),
            .role = &e,
            .begin = begin,
            .started = started,
            .ended = ended});
}
