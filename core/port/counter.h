/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter port: the least security version that this device still runs. It can only rise.
 *
 * On hardware an NV counter of the TPM; where one starts at another number than 0, whoever stands
 * behind the port takes that base off. What starts the kernel compares the signed security version
 * with the same counter, before anything of ours runs.
 */
#pragma once

#include "core/base/status.h"

#include <stdint.h>

struct counter {
    void *board;
    enum status (*read)(void *board, uint64_t *value);
    enum status (*raise)(void *board); /* by one, durable when OK */
};
