/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was sealed under another identity: this device was enrolled anew.
 *
 * The write that counts it as lost also names the identity in use (outbox_memory.h), so that a cut of
 * power before the marks are on flash does not count it a second time.
 */
#include "core/outbox/outbox_inside.h"

#include <string.h>

static bool sealed_by(const struct entry *e, struct device_id *who)
{
    struct envelope env;

    if (envelope_parse(ENVELOPE_BATCH, e->envelope, &env) != OK)
        return false;
    *who = env.kid.device;
    return true;
}

static bool same_device(const struct device_id *a, const struct device_id *b)
{
    return memcmp(a->b, b->b, DEVICE_ID_LEN) == 0;
}

/* No cloud takes it from who this device is now. */
bool outbox_is_foreign(const struct outbox *o, const struct entry *e)
{
    struct device_id who;
    return sealed_by(e, &who) && !same_device(&who, &o->kid.device);
}

/* A memory that names nobody is of the time before it did: what is held then counts as it is found. */
static bool of_the_one_before(const struct outbox *o, const struct entry *e)
{
    const struct memory *m = &o->memory;
    struct device_id who;

    return sealed_by(e, &who) && !same_device(&who, &o->kid.device)
        && (!m->has_device || same_device(&who, &m->device));
}

struct cursor { /* on a batch of the identity before, or at the end of its ring */
    struct journal_place place;
    bool there;
    enum journal_mark mark;
    uint32_t start_count, lost_count, readings;
};

static enum status go_on(struct outbox *o, struct cursor *c)
{
    struct entry e;
    enum status s;

    do
        s = outbox_next_entry(o, &c->place, &c->mark, &e);
    while (s == OK && (e.readings == 0 || !of_the_one_before(o, &e)));
    c->there = s == OK;
    if (c->there) {
        c->start_count = e.start_count;
        c->lost_count = e.lost_count;
        c->readings = e.readings;
    }
    return s == AGAIN ? OK : s;
}

struct of_run { /* losses: as batches that wait say, and as the store has heard */
    uint32_t start_count, said, heard;
};

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void add_up(struct walk *w, struct of_run *run, const struct cursor *c)
{
    if (c->mark == JOURNAL_UNMARKED) {
        w->forgone += c->readings;
        run->said = most(run->said, c->lost_count);
    }
    if (c->mark == JOURNAL_ACKNOWLEDGED)
        run->heard = most(run->heard, c->lost_count);
}

/* Both rings hold their runs in order, so they are walked side by side. */
static enum status read_run(
    struct outbox *o, struct walk *w, struct cursor c[JOURNAL_CLASSES])
{
    struct of_run run = {.start_count = UINT32_MAX};

    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        if (c[ring].there && c[ring].start_count < run.start_count)
            run.start_count = c[ring].start_count;
    run.heard = outbox_confirmed(&o->memory, run.start_count);
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        while (c[ring].there && c[ring].start_count == run.start_count) {
            add_up(w, &run, &c[ring]);
            TRY(go_on(o, &c[ring]));
        }
    if (run.start_count == o->memory.start_count)
        w->declared = most(w->declared, run.heard); /* memory says what it lost */
    else if (run.said > run.heard)
        w->forgone += run.said - run.heard;
    return OK;
}

/* Configuration and store are what the cloud of that identity said to it. */
static void forget_its_cloud(struct memory *m)
{
    struct memory blank;

    memory_blank(&blank);
    m->config = blank.config;
    m->has_store = m->offer_again = false;
    m->store = blank.store;
    memset(m->below, 0, sizeof m->below);
}

enum status outbox_take_over(struct outbox *o, struct walk *w)
{
    struct memory *m = &o->memory;
    bool anew =
        m->has_device ? !same_device(&m->device, &o->kid.device) : w->foreign > 0;

    if (anew) {
        struct cursor c[JOURNAL_CLASSES];

        w->declared = most(w->declared, outbox_confirmed(m, m->start_count));
        for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
            c[ring] = (struct cursor){.place = journal_first((enum journal_class)ring)};
            TRY(go_on(o, &c[ring]));
        }
        while (c[JOURNAL_ALARM].there || c[JOURNAL_ROUTINE].there)
            TRY(read_run(o, w, c));
        forget_its_cloud(m);
    }
    m->has_device = true;
    m->device = o->kid.device;
    return OK;
}

static enum status set_aside(struct outbox *o, uint8_t ring)
{
    struct journal_place place = journal_first((enum journal_class)ring);
    enum journal_mark mark;
    uint32_t marks = 0;
    struct entry e;
    enum status s;

    while ((s = outbox_next_entry(o, &place, &mark, &e)) == OK) {
        if (mark != JOURNAL_UNMARKED || !outbox_is_foreign(o, &e))
            continue;
        s = journal_mark(o->ports.journal, &place, JOURNAL_SET_ASIDE);
        if (s == OK && ++marks % MARKS_UNSYNCED == 0)
            s = journal_sync(o->ports.journal);
        if (s == BROKEN)
            return s;
    }
    return s == AGAIN ? OK : s;
}

/* Told before the marks: who is cut in here tells it again, and never not at all. */
enum status outbox_leave_foreign(struct outbox *o, const struct walk *w)
{
    if (w->foreign == 0)
        return OK;
    outbox_tell(
        o, (struct told_of){.note = OUTBOX_FOREIGN, .count = w->foreign_readings});
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        TRY(set_aside(o, ring));
    return journal_sync(o->ports.journal);
}
