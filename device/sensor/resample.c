/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/resample.h"

#include <assert.h>
#include <string.h>

void resample_init(struct resample *r)
{
    memset(r, 0, sizeof *r);
}

void resample_push(
    struct resample *r, uint64_t at_us, struct resample_point in, bool gap)
{
    if (!r->started) {
        r->started = true;
        r->start_us = at_us;
        r->to_us = at_us;
        r->out_us = at_us; /* the first output is the first input */
    }
    assert(at_us >= r->to_us);
    r->from_us = r->to_us;
    r->from = r->to_us == at_us ? in : r->to;
    r->to_us = at_us;
    r->to = in;
    r->done_us = r->from_us;
    r->gap = gap;
}

static double on_line(const struct resample *r, double from, double to, uint64_t at_us)
{
    if (r->gap || r->to_us == r->from_us)
        return from; /* nothing is known of a gap: the last light stands */
    double part = (double)(at_us - r->from_us) / (double)(r->to_us - r->from_us);
    return from + (to - from) * part;
}

/* Adds the line's area from done_us to until_us. */
static void walk(struct resample *r, uint64_t until_us)
{
    uint64_t middle = r->done_us + (until_us - r->done_us) / 2;
    double wide = (double)(until_us - r->done_us);

    r->area.first += wide * on_line(r, r->from.first, r->to.first, middle);
    r->area.second += wide * on_line(r, r->from.second, r->to.second, middle);
    r->area_gap = r->area_gap || (r->gap && wide > 0.0);
    r->done_us = until_us;
}

bool resample_pull(struct resample *r, struct resample_point *out, bool *gap)
{
    if (!r->started)
        return false;
    if (r->out_us > r->to_us) {
        walk(r, r->to_us);
        return false;
    }
    walk(r, r->out_us);
    *gap = r->area_gap;
    if (r->out_us == r->start_us)
        *out = r->from;
    else
        *out = (struct resample_point){r->area.first / (double)RESAMPLE_STEP_US,
            r->area.second / (double)RESAMPLE_STEP_US};
    r->area = (struct resample_point){0};
    r->area_gap = false;
    r->out_us += RESAMPLE_STEP_US;
    return true;
}

uint64_t resample_length(uint64_t first_us, uint64_t last_us)
{
    return (last_us - first_us) / RESAMPLE_STEP_US + 1;
}
