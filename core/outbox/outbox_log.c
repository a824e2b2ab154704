/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of a service ticket, and the events and serials that go with it. */
#include "core/outbox/outbox_inside.h"
#include "wire/event.h"

#include <string.h>

static bool equal(const struct event *a, const struct event *b)
{
    return a->code == b->code && a->has_about == b->has_about
        && memcmp(a->about, b->about, sizeof a->about) == 0;
}

static void put_event(struct outbox *o, const struct event *new)
{
    for (size_t i = 0; i < o->event_count; i++) {
        struct event *e = &o->events[i];
        if (!equal(e, new))
            continue;
        e->count = (uint16_t)(e->count == UINT16_MAX ? UINT16_MAX : e->count + 1);
        e->last_ms = new->last_ms;
        return;
    }
    if (o->event_count < OUTBOX_EVENTS)
        o->events[o->event_count++] = *new;
    o->close_soon = true; /* said with what is open, not a minute later */
}

void outbox_event(struct outbox *o, uint8_t code)
{
    uint64_t now_ms = outbox_now(o);

    put_event(o,
        &(struct event){
            .code = code, .count = 1, .first_ms = now_ms, .last_ms = now_ms});
}

void outbox_event_about(
    struct outbox *o, uint8_t code, const uint8_t about[EVENT_ABOUT_LEN])
{
    uint64_t now_ms = outbox_now(o);
    struct event e = {.code = code,
        .count = 1,
        .first_ms = now_ms,
        .last_ms = now_ms,
        .has_about = true};

    memcpy(e.about, about, sizeof e.about);
    put_event(o, &e);
}

bool outbox_serial_fresh(
    const struct outbox *o, const struct serial *serial, uint32_t not_after_s)
{
    return serials_fresh(&o->memory.serials, serial, not_after_s);
}

enum status outbox_use_serial(
    struct outbox *o, const struct serial *serial, uint32_t not_after_s)
{
    serials_use(&o->memory.serials, serial, not_after_s);
    return outbox_remember(o) == OK ? OK : BROKEN;
}

/* Used, and no sealed batch said so before power went: the next one does. */
void outbox_recall_events(struct outbox *o)
{
    for (size_t i = 0; i < SERIALS_KEPT; i++)
        if (o->memory.serials.used[i].not_after_s != 0
            && !o->memory.serials.used[i].told)
            outbox_event(o, EVENT_SERVICE_BEGUN);
}

/* A sealed batch holds them. */
void outbox_events_told(struct outbox *o)
{
    bool changed = false;

    o->event_count = 0;
    for (size_t i = 0; i < SERIALS_KEPT; i++) {
        struct used_serial *u = &o->memory.serials.used[i];
        changed |= u->not_after_s != 0 && !u->told;
        u->told = u->not_after_s != 0;
    }
    if (changed)
        (void)outbox_remember(o);
}

static enum status seal(struct outbox *o, const struct service_log *log,
    struct entry *e, struct digest *digest)
{
    struct room sealed = {
        o->record + ENTRY_HEAD_LEN, sizeof o->record - ENTRY_HEAD_LEN};
    size_t len = 0;

    enum status s = service_log_build(log, ROOM_OF(o->plain), &len);
    if (s == OK)
        s = seal_log(&o->sealer, o->ports.crypto, (struct bytes){o->plain, len}, sealed,
            &len, digest);
    wipe(o->plain, sizeof o->plain);
    if (s != OK)
        return s;
    e->envelope = (struct bytes){sealed.at, len};
    entry_head_build(e, o->record);
    return OK;
}

enum status outbox_log(struct outbox *o, struct service_log *log)
{
    struct outbox_sent sent = {.epoch = o->sealer.epoch, .seq = o->seq};
    uint64_t real_ms = outbox_real(o);
    struct entry e = {.start_count = o->memory.start_count,
        .seq = o->seq,
        .run = o->ports.run,
        .upto = o->settled};

    log->seq = o->seq++; /* used up, whatever becomes of this log */
    log->mono_ms = outbox_now(o);
    log->has_utc = outbox_clock_utc(&o->clock, real_ms, &log->utc_ms);
    if (!log->has_utc)
        log->utc_ms = 0;
    e.has_utc = log->has_utc;
    e.utc_ms = log->utc_ms;
    enum status s = seal(o, log, &e, &sent.digest);
    if (s == OK)
        s = outbox_append(o, JOURNAL_ROUTINE, &e);
    if (s != OK) {
        outbox_flash_fault(o);
        return BROKEN;
    }
    outbox_tell(o,
        (struct told_of){
            .note = OUTBOX_LOG_SEALED, .count = log->line_count, .sent = &sent});
    return OK;
}
