/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entropy port: unpredictable bytes, or BROKEN; never fewer than asked for.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

struct entropy {
    void *board;
    enum status (*fill)(void *board, struct room into);
};
