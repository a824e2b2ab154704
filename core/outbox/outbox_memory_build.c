/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_memory.h"

#include "core/base/writer.h"

#include <assert.h>
#include <string.h>

static void put_text(struct writer *w, const char *text)
{
    size_t len = strlen(text);
    put_u8(w, (uint8_t)len);
    put(w, (struct bytes){(const uint8_t *)text, len});
}

static void put_config(struct writer *w, const struct config *c)
{
    put_u32(w, c->version);
    put_u8(w, c->batch_s);
    put_text(w, c->ward);
    put_text(w, c->time_zone);
    put_u8(w, c->has_assignment);
    put_u8(w, c->assignment.set);
    put(w, BYTES_OF(c->assignment.b));
    put_u8(w, c->has_label);
    put_text(w, c->has_label ? c->label : "");
}

void memory_build(const struct memory *m, struct room out, size_t *len)
{
    struct writer w = writer_over(out);

    assert(out.cap >= SLOTS_MAX && m->losing_count <= MEMORY_LOSING_MAX);
    put_u8(&w, MEMORY_FORM);
    put_u32(&w, m->start_count);
    put_u8(&w, m->has_device);
    put(&w, BYTES_OF(m->device.b));
    put_u8(&w, m->has_store);
    put(&w, BYTES_OF(m->store.b));
    put_u8(&w, m->offer_again);
    for (size_t i = 0; i < MEMORY_RINGS; i++)
        put_u64(&w, m->below[i]);
    put_u32(&w, m->lost);
    put_u64(&w, m->run);
    put_u64(&w, m->settled);
    put_u8(&w, m->losing_count);
    for (size_t i = 0; i < m->losing_count; i++) {
        put_u8(&w, m->losing[i].ring);
        put_u64(&w, m->losing[i].number);
        put_u32(&w, m->losing[i].readings);
    }
    for (size_t i = 0; i < MEMORY_RUNS; i++) {
        put_u32(&w, m->confirmed[i].start_count);
        put_u32(&w, m->confirmed[i].lost);
    }
    put_u32(&w, m->serials.floor_s);
    for (size_t i = 0; i < SERIALS_KEPT; i++) {
        put(&w, BYTES_OF(m->serials.used[i].serial.b));
        put_u32(&w, m->serials.used[i].not_after_s);
        put_u8(&w, m->serials.used[i].told);
    }
    put_config(&w, &m->config);
    assert(writer_done(&w) && w.len <= SLOTS_MAX);
    *len = w.len;
}

void memory_blank(struct memory *m)
{
    *m = (struct memory){.config = {.batch_s = LIMIT_BATCH_MS / 1000}};
}
