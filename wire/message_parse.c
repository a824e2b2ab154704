/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include "wire/batch_rules.h"
#include "wire/cbor.h"
#include "wire/config_rules.h"
#include "wire/release.h"
#include "wire/ticket.h"

#include <string.h>

/* A number that fits its C type; its range inside that type is for the rules. */
static uint64_t take_up_to(struct cbor_in *c, uint64_t most)
{
    uint64_t v = cbor_take_uint(c);
    if (v > most) {
        c->bad = true;
        return 0;
    }
    return v;
}

static void take_fixed(struct cbor_in *c, uint8_t *out, size_t len)
{
    struct bytes b = cbor_take_bstr(c);
    if (b.len != len)
        c->bad = true;
    else
        memcpy(out, b.at, len);
}

static struct maybe_u16 take_maybe(struct cbor_in *c)
{
    if (cbor_take_null(c))
        return (struct maybe_u16){0};
    return (struct maybe_u16){.set = true, .v = (uint16_t)take_up_to(c, UINT16_MAX)};
}

static struct assignment take_assignment(struct cbor_in *c)
{
    struct assignment a = {0};
    if (!cbor_take_null(c)) {
        a.set = true;
        take_fixed(c, a.b, sizeof a.b);
    }
    return a;
}

/* Lists are bounded before they are walked. */
static uint64_t take_count(struct cbor_in *c, uint64_t most)
{
    uint64_t n = cbor_take_array(c);
    if (n < 1 || n > most) {
        c->bad = true;
        return 0;
    }
    return n;
}

static void take_tuple(struct cbor_in *c, uint64_t elements)
{
    if (cbor_take_array(c) != elements)
        c->bad = true;
}

static void take_record(struct cbor_in *c, struct record *r)
{
    take_tuple(c, 6);
    r->dt_ms = (uint16_t)take_up_to(c, UINT16_MAX);
    r->spo2 = take_maybe(c);
    r->pulse = take_maybe(c);
    r->pi = take_maybe(c);
    r->status = (uint16_t)take_up_to(c, UINT16_MAX);
    r->quality = (uint8_t)take_up_to(c, UINT8_MAX);
}

static void take_event(struct cbor_in *c, struct event *e)
{
    uint64_t elements = cbor_take_array(c);

    if (elements != 4 && elements != 5)
        c->bad = true;
    e->code = (uint8_t)take_up_to(c, UINT8_MAX);
    e->count = (uint16_t)take_up_to(c, UINT16_MAX);
    e->first_ms = cbor_take_uint(c);
    e->last_ms = cbor_take_uint(c);
    e->has_about = elements == 5;
    if (e->has_about)
        take_fixed(c, e->about, sizeof e->about);
}

static void take_records(struct cbor_in *c, struct batch *b)
{
    b->record_count = (uint16_t)take_count(c, LIMIT_BATCH_RECORDS);
    for (uint16_t i = 0; i < b->record_count && !c->bad; i++)
        take_record(c, &b->records[i]);
}

static void take_events(struct cbor_in *c, struct batch *b)
{
    b->event_count = (uint8_t)take_count(c, LIMIT_BATCH_EVENTS);
    for (uint8_t i = 0; i < b->event_count && !c->bad; i++)
        take_event(c, &b->events[i]);
}

static void take_version(struct cbor_in *c)
{
    cbor_take_key(c, 1);
    if (cbor_take_uint(c) != 1)
        c->bad = true;
}

static void take_batch(struct cbor_in *c, struct batch *b)
{
    uint64_t pairs = cbor_take_map(c), optional = 0;

    take_version(c);
    cbor_take_key(c, 2);
    b->seq = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 3);
    b->start_count = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 4);
    b->mono_ms = cbor_take_uint(c);
    cbor_take_key(c, 5);
    b->has_utc = !cbor_take_null(c);
    if (b->has_utc)
        b->utc_ms = cbor_take_uint(c);
    cbor_take_key(c, 6);
    b->clock = (uint8_t)take_up_to(c, UINT8_MAX);
    cbor_take_key(c, 7);
    b->assignment = take_assignment(c);
    cbor_take_key(c, 8);
    take_records(c, b);
    cbor_take_key(c, 9);
    take_fixed(c, b->algorithm, sizeof b->algorithm);
    cbor_take_key(c, 10);
    b->lost_count = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 11);
    b->config_version = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 12);
    b->test_data = cbor_take_bool(c);
    if (cbor_take_key_if(c, 13)) {
        take_events(c, b);
        optional++;
    }
    if (cbor_take_key_if(c, 14)) {
        b->merged = (uint8_t)take_up_to(c, UINT8_MAX);
        if (b->merged == 0) /* 0 stands for an absent key here */
            c->bad = true;
        optional++;
    }
    b->renews = cbor_take_key_if(c, 15);
    if (b->renews) {
        take_fixed(c, b->m1, sizeof b->m1);
        optional++;
    }
    if (cbor_take_key_if(c, 16)) {
        b->tpm = take_up_to(c, UINT8_MAX) == 1;
        if (!b->tpm) /* files are said by an absent key */
            c->bad = true;
        optional++;
    }
    if (cbor_take_key_if(c, 17)) {
        b->pins_version = (uint32_t)take_up_to(c, UINT32_MAX);
        if (b->pins_version == 0) /* 0 stands for an absent key here */
            c->bad = true;
        optional++;
    }
    if (pairs != 12 + optional)
        c->bad = true;
}

enum status batch_parse(struct bytes in, struct batch *out)
{
    struct batch got = {0};
    struct cbor_in c = cbor_over(in);

    if (in.len > LIMIT_BATCH)
        return MALFORMED;
    take_batch(&c, &got);
    if (!cbor_done(&c) || !batch_rules_hold(&got))
        return MALFORMED;
    *out = got;
    return OK;
}

static void take_text(struct cbor_in *c, char *out, size_t cap)
{
    struct bytes s = cbor_take_tstr(c);
    if (s.len >= cap || (s.len > 0 && memchr(s.at, 0, s.len))) {
        c->bad = true;
        return;
    }
    if (s.len > 0)
        memcpy(out, s.at, s.len);
    out[s.len] = 0;
}

static void take_config(struct cbor_in *c, struct config *out)
{
    uint64_t pairs = cbor_take_map(c), optional = 0;

    cbor_take_key(c, 1);
    out->version = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 2);
    out->batch_s = (uint8_t)take_up_to(c, UINT8_MAX);
    cbor_take_key(c, 3);
    take_text(c, out->ward, sizeof out->ward);
    cbor_take_key(c, 4);
    take_text(c, out->time_zone, sizeof out->time_zone);
    if (cbor_take_key_if(c, 5)) {
        out->has_assignment = true;
        out->assignment = take_assignment(c);
        optional++;
    }
    if (cbor_take_key_if(c, 6)) {
        out->has_label = true;
        take_text(c, out->label, sizeof out->label);
        optional++;
    }
    if (pairs != 4 + optional)
        c->bad = true;
}

static void take_verdict(struct cbor_in *c, struct verdict *v)
{
    take_tuple(c, 4);
    take_fixed(c, v->epoch.b, sizeof v->epoch.b);
    v->seq = (uint32_t)take_up_to(c, UINT32_MAX);
    take_fixed(c, v->digest.b, sizeof v->digest.b);
    v->outcome = (enum outcome)take_up_to(c, OUTCOME_NOT_NOW);
}

static void take_renewal(struct cbor_in *c, struct answer *a)
{
    take_tuple(c, 2);
    a->renew_to = (uint32_t)take_up_to(c, UINT32_MAX);
    if (a->renew_to < 2) /* 0 stands for an absent key here, and 1 renews nothing */
        c->bad = true;
    if (cbor_take_null(c))
        return;
    struct bytes m2 = cbor_take_bstr(c);
    if (m2.len <= sizeof(struct digest) || m2.len > sizeof a->m2) {
        c->bad = true;
        return;
    }
    memcpy(a->m2, m2.at, m2.len);
    a->m2_len = (uint16_t)m2.len;
}

static void take_release(struct cbor_in *c, struct answer *a)
{
    struct bytes b = cbor_take_bstr(c);
    struct signed_release release;

    if (release_parse(b, &release) != OK) {
        c->bad = true;
        return;
    }
    a->release_len = (uint16_t)b.len;
    memcpy(a->release, b.at, b.len);
}

static void take_ticket(struct cbor_in *c, struct answer *a)
{
    struct bytes b = cbor_take_bstr(c);
    struct signed_ticket ticket;

    if (ticket_parse(b, &ticket) != OK) {
        c->bad = true;
        return;
    }
    a->ticket_len = (uint16_t)b.len;
    memcpy(a->ticket, b.at, b.len);
}

static void take_answer(struct cbor_in *c, struct answer *a)
{
    uint64_t pairs = cbor_take_map(c), optional = 0;

    take_version(c);
    cbor_take_key(c, 2);
    take_fixed(c, a->nonce.b, sizeof a->nonce.b);
    cbor_take_key(c, 3);
    a->verdict_count = (uint8_t)take_count(c, LIMIT_ANSWER_OUTCOMES);
    for (uint8_t i = 0; i < a->verdict_count && !c->bad; i++)
        take_verdict(c, &a->verdicts[i]);
    cbor_take_key(c, 4);
    a->server_utc_ms = cbor_take_uint(c);
    cbor_take_key(c, 5);
    take_fixed(c, a->store.b, sizeof a->store.b);
    a->has_config = cbor_take_key_if(c, 6);
    if (a->has_config) {
        take_config(c, &a->config);
        optional++;
    }
    if (cbor_take_key_if(c, 7)) {
        take_renewal(c, a);
        optional++;
    }
    if (cbor_take_key_if(c, 8)) {
        take_release(c, a);
        optional++;
    }
    if (cbor_take_key_if(c, 9)) {
        struct bytes pins = cbor_take_bstr(c);
        if (pins.len == 0 || pins.len > sizeof a->pins) {
            c->bad = true;
            return;
        }
        memcpy(a->pins, pins.at, pins.len);
        a->pins_len = (uint16_t)pins.len;
        optional++;
    }
    a->ends = cbor_take_key_if(c, 10);
    if (a->ends) {
        take_fixed(c, a->order.b, sizeof a->order.b);
        optional++;
    }
    if (cbor_take_key_if(c, 11)) {
        take_ticket(c, a);
        optional++;
    }
    if (pairs != 5 + optional)
        c->bad = true;
}

enum status answer_parse(struct bytes in, struct answer *out)
{
    struct answer got = {0};
    struct cbor_in c = cbor_over(in);

    if (in.len > LIMIT_ANSWER)
        return MALFORMED;
    take_answer(&c, &got);
    if (!cbor_done(&c) || !answer_rules_hold(&got))
        return MALFORMED;
    *out = got;
    return OK;
}
