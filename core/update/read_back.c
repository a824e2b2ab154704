/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/read_back.h"

enum status read_back(
    const struct slot *slot, uint8_t part, const struct release_part *stated)
{
    struct digest d;

    TRY(slot->digest(slot->board, part, stated->len, &d));
    return ct_equal(d.b, stated->digest.b, sizeof d.b) ? OK : REFUSED;
}
