/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/unit_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gather g = GATHER;
    uint8_t format = 0;
    enum status s = units_parse((struct bytes){data, size}, 0, &format, &g);
    for (uint32_t i = 0; i < g.units.count; i++) {
        const struct unit *u = LIST_AT(&g.units, struct unit, i);
        bool inside = u->field + u->field_count <= g.fields.count
            && (u->heading == UNIT_NONE || u->heading < i) && u->kind < UNIT_KINDS;
        inside = inside && u->wrap + u->wrap_count <= g.wraps.count;
        if (!inside || (s != OK && s != MALFORMED))
            __builtin_trap();
    }
    gather_free(&g);
    return 0;
}
