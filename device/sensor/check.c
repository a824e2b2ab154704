/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/check.h"

void sensor_check_init(struct sensor_check *c)
{
    *c = (struct sensor_check){0};
}

static uint32_t bound(int64_t counts, uint32_t *flags)
{
    if (counts < 0 || counts >= SENSOR_COUNT_MAX)
        *flags |= SENSOR_SATURATED;
    if (counts < 0)
        return 0;
    return counts > SENSOR_COUNT_MAX ? SENSOR_COUNT_MAX : (uint32_t)counts;
}

void sensor_check(
    struct sensor_check *c, int64_t red, int64_t ir, uint32_t flags, struct sample *out)
{
    struct sample s = {.flags = flags};

    s.red = bound(red, &s.flags);
    s.ir = bound(ir, &s.flags);
    bool same = s.red == c->red && s.ir == c->ir;
    c->same_run = same ? c->same_run + (c->same_run < CHECK_FROZEN_RUN) : 0;
    c->red = s.red;
    c->ir = s.ir;
    if (c->same_run >= CHECK_FROZEN_RUN && !(s.flags & (SENSOR_OFF | SENSOR_GAP)))
        s.flags |= SENSOR_FROZEN;
    *out = s;
}
