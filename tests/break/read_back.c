/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/update/read_back.h"

enum status read_back(
    const struct slot *slot, uint8_t part, const struct release_part *stated)
{
    (void)slot;
    (void)part;
    (void)stated;
    return OK;
}
