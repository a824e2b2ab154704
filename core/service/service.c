/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/service.h"

#include "core/base/secret.h"
#include "core/service/rules.h"

void service_init(struct service *s, const struct crypto *crypto,
    const struct presence *presence, struct service_memory memory,
    const struct ed25519_public *key, const struct device_id *device)
{
    *s = (struct service){.crypto = crypto,
        .presence = presence,
        .memory = memory,
        .key = *key,
        .device = *device};
}

static bool has_key(const struct service *s)
{
    static const struct ed25519_public none;
    return !ct_equal(&s->key, &none, sizeof none);
}

/* What can change between the offer and the answer of a person. */
static enum reason usable_now(
    const struct service *s, const struct ticket *t, const struct service_now *now)
{
    if (!now->has_utc)
        return REASON_SERVICE_CLOCK;
    enum reason why = service_in_time(t, now->utc_ms);
    if (why != REASON_SERVICE_ASKED)
        return why;
    return s->memory.fresh(s->memory.ctx, t) ? REASON_SERVICE_ASKED
                                             : REASON_SERVICE_REPLAYED;
}

/* Req: HF-SVC-001 "A service ticket shall be in force only on the device that it names" */
static enum reason judge(const struct service *s, const struct signed_ticket *t,
    const struct service_now *now)
{
    if (!has_key(s))
        return REASON_SERVICE_NO_KEY;
    if (!service_signed_by(s->crypto, &s->key, t))
        return REASON_SERVICE_SIGNATURE;
    if (!service_for_device(&t->ticket, &s->device))
        return REASON_SERVICE_DEVICE;
    if (!service_short_enough(&t->ticket))
        return REASON_SERVICE_LONG;
    return usable_now(s, &t->ticket, now);
}

enum reason service_offer(
    struct service *s, struct bytes signed_ticket, const struct service_now *now)
{
    struct signed_ticket t;

    if (s->state != SERVICE_CLOSED)
        return REASON_SERVICE_BUSY;
    if (ticket_parse(signed_ticket, &t) != OK)
        return REASON_SERVICE_MALFORMED;
    enum reason why = judge(s, &t, now);
    if (why != REASON_SERVICE_ASKED)
        return why;
    if (s->presence->ask(s->presence->board) != OK)
        return REASON_SERVICE_PRESENCE;
    s->ticket = t.ticket;
    s->state = SERVICE_ASKING;
    return REASON_SERVICE_ASKED;
}

/* Used before it is in force: after a loss of power here it is refused, not good once more. */
static enum reason begin(struct service *s, const struct service_now *now)
{
    enum reason why = usable_now(s, &s->ticket, now);

    if (why != REASON_SERVICE_ASKED)
        return why;
    if (s->memory.use(s->memory.ctx, &s->ticket) != OK)
        return REASON_SERVICE_NOT_KEPT;
    s->ends_mono_ms =
        now->mono_ms + (s->ticket.not_after_s * UINT64_C(1000) - now->utc_ms);
    s->state = SERVICE_OPEN;
    return REASON_SERVICE_BEGUN;
}

static bool over(const struct service *s, const struct service_now *now)
{
    return now->mono_ms >= s->ends_mono_ms || !now->has_utc
        || service_in_time(&s->ticket, now->utc_ms) == REASON_SERVICE_EXPIRED;
}

static bool step_asking(
    struct service *s, const struct service_now *now, enum reason *what)
{
    enum status here = service_somebody_here(s->presence);

    if (here == AGAIN)
        return false;
    *what = here == OK ? begin(s, now) : REASON_SERVICE_PRESENCE;
    if (*what != REASON_SERVICE_BEGUN)
        s->state = SERVICE_CLOSED;
    return true;
}

bool service_step(struct service *s, const struct service_now *now, enum reason *what)
{
    switch (s->state) {
    case SERVICE_CLOSED: return false;
    case SERVICE_ASKING: return step_asking(s, now, what);
    case SERVICE_OPEN: break;
    }
    if (!over(s, now))
        return false;
    s->state = SERVICE_CLOSED;
    *what = REASON_SERVICE_ENDED;
    return true;
}
