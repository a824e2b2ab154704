/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports: run/holdfast/ports.json, where a running cloud says which ports it has bound.
 */
#pragma once

#include "core/base/status.h"

#include <stdint.h>

struct ports {
    uint16_t device, enrol, people;
};

MUST_USE enum status ports_write(
    const char *root, const struct ports *ports); /* whole or not */
MUST_USE enum status ports_read(
    const char *root, struct ports *ports); /* AGAIN: none */
