/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updater: the role that takes a release: statement, bundle, slot, boot loader, counter.
 *
 * Its mind is core/update and this its body: files, the doors to keeper and courier, the log. It
 * knows no network: the statement comes in a sealed answer through keeper, the bundle in pieces
 * through courier (bring.h), or both from a person (`holdfast-oximeter update put`).
 */
#pragma once

#include "device/talk/role.h"

struct updater_slots {   /* as the configuration has it */
    const char *root[2]; /* partitions or files of slots a and b */
    const char *boot;    /* folder of boot images */
};

/* Exit code. EXIT_DONE: a restart is wanted. */
int updater_main(struct role_env *env, const struct updater_slots *slots);
