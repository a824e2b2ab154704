/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/desk.h"

#include "device/keeper/service_say.h"
#include "host/self_check.h"
#include "wire/event.h"

#include <stdio.h>
#include <string.h>

enum {
    SECOND_MS = 5000,
    EVERY_MS = 300000,
    FOLD_BACK = 8, /* a line that was among the last few becomes a count */
};

static uint64_t real_ms(const struct desk *d)
{
    return d->clock->real_ms(d->clock->board);
}

/* ---- used tickets, on flash ---- */

static bool fresh(void *ctx, const struct ticket *t)
{
    struct desk *d = ctx;
    return outbox_serial_fresh(d->outbox, &t->serial, t->not_after_s);
}

static enum status use(void *ctx, const struct ticket *t)
{
    struct desk *d = ctx;
    return outbox_use_serial(d->outbox, &t->serial, t->not_after_s);
}

void desk_init(struct desk *d, struct log *log, const struct clock_port *clock)
{
    d->log = log;
    d->clock = clock;
}

void desk_open(struct desk *d, struct outbox *outbox, const struct crypto *crypto,
    const struct entropy *entropy, const struct ed25519_public *key,
    const struct device_id *device)
{
    d->outbox = outbox;
    d->crypto = crypto;
    d->entropy = entropy;
    presence_code_init(&d->code, entropy, d->clock);
    presence_button_init(&d->button, d->clock);
    service_init(&d->service, crypto, d->has_button ? &d->button.port : &d->code.port,
        (struct service_memory){d, fresh, use}, key, device);
}

/* ---- the last lines ---- */

static bool same(const struct log_line *a, const struct log_line *b)
{
    return a->level == b->level && strcmp(a->code, b->code) == 0
        && strcmp(a->detail, b->detail) == 0 && a->has_number == b->has_number
        && a->number == b->number && a->count < UINT16_MAX;
}

void desk_hear(void *desk, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count)
{
    struct desk *d = desk;
    struct log_line l;
    uint64_t now = d->clock->mono_ms(d->clock->board);

    if (!service_say(level, reason, fields, count, now, &l))
        return;
    for (uint32_t back = 1; back <= d->line_count && back <= FOLD_BACK; back++) {
        struct log_line *old =
            &d->lines[(d->line_first + d->line_count - back) % DESK_LINES];
        if (same(old, &l) && old->last_ms <= now) {
            old->count++;
            old->last_ms = now;
            return;
        }
    }
    if (d->line_count == DESK_LINES) {
        d->line_first = (d->line_first + 1) % DESK_LINES;
        d->line_count--;
        d->lines_dropped++;
    }
    d->lines[(d->line_first + d->line_count++) % DESK_LINES] = l;
}

/* ---- one log ---- */

static void check(struct service_log *g, const char *name, bool passed)
{
    struct log_check *c = &g->checks[g->check_count++];
    (void)snprintf(c->name, sizeof c->name, "%s", name);
    c->passed = passed;
}

static void figure(struct service_log *g, const char *name, uint64_t value)
{
    struct log_figure *f = &g->figures[g->figure_count++];
    (void)snprintf(f->name, sizeof f->name, "%s", name);
    f->value = value >> 53 == 0 ? value : (UINT64_C(1) << 53) - 1;
}

static void fill_checks(struct desk *d, struct service_log *g)
{
    struct outbox_state o;

    outbox_state(d->outbox, &o);
    check(g, "crypto", self_check_crypto(d->crypto));
    check(g, "entropy", self_check_entropy(d->entropy));
    check(g, "journal", d->journal_damaged == 0);
    check(g, "flash", !o.flash_broken);
    check(g, "clock", o.has_utc);
}

/* Counts and states, each by its name; no value of the patient, no name, no assignment. */
static void fill_figures(const struct desk *d, struct service_log *g)
{
    struct outbox_state o;

    outbox_state(d->outbox, &o);
    figure(g, "readings", o.readings);
    figure(g, "readings_held", o.readings_held);
    figure(g, "readings_lost", o.readings_lost);
    figure(g, "batches_sealed", o.batches_sealed);
    figure(g, "batches_acknowledged", o.batches_acknowledged);
    figure(g, "batches_set_aside", o.batches_set_aside);
    figure(g, "batches_held", o.batches_held);
    figure(g, "oldest_held_ms", o.oldest_held_age_ms);
    figure(g, "answer_age_ms", o.answer_age_ms);
    figure(g, "fill_permille", o.fill_permille);
    figure(g, "config_version", o.config.version);
    figure(g, "clock", (uint64_t)o.clock);
    figure(g, "journal_damaged", d->journal_damaged);
    figure(g, "notes", d->notes);
    figure(g, "link", d->link);
    figure(g, "lines_dropped", d->lines_dropped);
}

static void fill_lines(struct desk *d, struct service_log *g)
{
    while (d->line_count > 0 && g->line_count < LIMIT_LOG_LINES) {
        g->lines[g->line_count++] = d->lines[d->line_first];
        d->line_first = (d->line_first + 1) % DESK_LINES;
        d->line_count--;
    }
}

static void give(struct desk *d)
{
    struct service_log *g = &d->scratch;

    *g = (struct service_log){.serial = d->service.ticket.serial, .part = d->part};
    memcpy(g->holder, d->service.ticket.holder, sizeof g->holder);
    fill_lines(d, g);
    fill_checks(d, g);
    fill_figures(d, g);
    if (outbox_log(d->outbox, g) == OK)
        d->part++;
    d->due_ms = real_ms(d) + (d->part == 1 ? SECOND_MS : EVERY_MS);
}

/* ---- a ticket's life ---- */

static struct service_now now_of(const struct desk *d)
{
    struct outbox_state o;

    outbox_state(d->outbox, &o);
    return (struct service_now){.has_utc = o.has_utc,
        .utc_ms = o.has_utc ? o.utc_ms : 0,
        .mono_ms = real_ms(d)};
}

static void note(struct desk *d, enum reason what)
{
    bool asked = what == REASON_SERVICE_ASKED || what == REASON_SERVICE_PRESS,
         begun = what == REASON_SERVICE_BEGUN, ended = what == REASON_SERVICE_ENDED;

    LOG(d->log,
        asked || ended ? LOG_INFO
            : begun    ? LOG_WARN
                       : LOG_REFUSE,
        what, F_NUM("n", 1));
    if (asked || d->outbox == NULL)
        return;
    outbox_event(d->outbox,
        begun       ? EVENT_SERVICE_BEGUN
            : ended ? EVENT_SERVICE_ENDED
                    : EVENT_SERVICE_REFUSED);
}

enum reason desk_offer(struct desk *d, struct bytes signed_ticket)
{
    enum reason what = REASON_SERVICE_NO_KEY; /* not enrolled, or it can seal nothing */

    if (signed_ticket.len == 0)
        signed_ticket = (struct bytes){d->carried, d->carried_len};
    if (signed_ticket.len == 0) {
        what = REASON_SERVICE_NONE;
    } else if (d->outbox != NULL) {
        struct service_now now = now_of(d);
        what = service_offer(&d->service, signed_ticket, &now);
    }
    if (what == REASON_SERVICE_ASKED && d->has_button)
        what = REASON_SERVICE_PRESS;
    note(d, what);
    return what;
}

/* One step of the ticket's life; ASKED when nothing came of it. */
static enum reason step(struct desk *d)
{
    struct service_now now = now_of(d);
    enum reason what;

    if (!service_step(&d->service, &now, &what))
        return REASON_SERVICE_ASKED;
    note(d, what);
    if (what == REASON_SERVICE_BEGUN) {
        d->part = 0;
        d->due_ms = 0;
    }
    return what;
}

enum reason desk_answer(struct desk *d, uint32_t code)
{
    if (d->outbox == NULL || d->service.state != SERVICE_ASKING)
        return REASON_SERVICE_PRESENCE; /* nobody was asked, or it is over */
    presence_code_say(&d->code, code);
    return step(d);
}

void desk_carry(struct desk *d, struct bytes signed_ticket)
{
    d->carried_len = 0;
    if (signed_ticket.len == 0 || signed_ticket.len > sizeof d->carried)
        return;
    memcpy(d->carried, signed_ticket.at, signed_ticket.len);
    d->carried_len = signed_ticket.len;
}

void desk_press(struct desk *d)
{
    if (d->outbox == NULL)
        return;
    if (d->service.state == SERVICE_ASKING) {
        presence_button_press(&d->button);
        (void)step(d);
    } else if (d->service.state == SERVICE_CLOSED && d->carried_len > 0) {
        (void)desk_offer(d, (struct bytes){0});
    }
}

bool desk_tick(struct desk *d)
{
    if (d->outbox == NULL)
        return false;
    (void)step(d);
    if (d->service.state != SERVICE_OPEN || real_ms(d) < d->due_ms
        || d->part >= LIMIT_SERVICE_LOGS)
        return false;
    give(d);
    return d->part == 1;
}
