/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include "wire/batch_rules.h"
#include "wire/cbor.h"
#include "wire/config_rules.h"

#include <assert.h>
#include <string.h>

static void put_maybe(struct writer *w, struct maybe_u16 v)
{
    if (v.set)
        cbor_put_uint(w, v.v);
    else
        cbor_put_null(w);
}

static void put_assignment(struct writer *w, const struct assignment *a)
{
    if (a->set)
        cbor_put_bstr(w, BYTES_OF(a->b));
    else
        cbor_put_null(w);
}

static void put_record(struct writer *w, const struct record *r)
{
    cbor_put_array(w, 6);
    cbor_put_uint(w, r->dt_ms);
    put_maybe(w, r->spo2);
    put_maybe(w, r->pulse);
    put_maybe(w, r->pi);
    cbor_put_uint(w, r->status);
    cbor_put_uint(w, r->quality);
}

static void put_event(struct writer *w, const struct event *e)
{
    cbor_put_array(w, e->has_about ? 5 : 4);
    cbor_put_uint(w, e->code);
    cbor_put_uint(w, e->count);
    cbor_put_uint(w, e->first_ms);
    cbor_put_uint(w, e->last_ms);
    if (e->has_about)
        cbor_put_bstr(w, BYTES_OF(e->about));
}

static void put_key_uint(struct writer *w, uint64_t key, uint64_t value)
{
    cbor_put_uint(w, key);
    cbor_put_uint(w, value);
}

enum status batch_build(const struct batch *b, struct room out, size_t *len)
{
    struct writer w = writer_over(
        (struct room){out.at, out.cap < LIMIT_BATCH ? out.cap : LIMIT_BATCH});

    assert(batch_rules_hold(b));
    cbor_put_map(&w,
        12u + (b->event_count > 0) + (b->merged > 0) + b->renews + b->tpm
            + (b->pins_version > 0));
    put_key_uint(&w, 1, 1);
    put_key_uint(&w, 2, b->seq);
    put_key_uint(&w, 3, b->start_count);
    put_key_uint(&w, 4, b->mono_ms);
    cbor_put_uint(&w, 5);
    if (b->has_utc)
        cbor_put_uint(&w, b->utc_ms);
    else
        cbor_put_null(&w);
    put_key_uint(&w, 6, b->clock);
    cbor_put_uint(&w, 7);
    put_assignment(&w, &b->assignment);
    cbor_put_uint(&w, 8);
    cbor_put_array(&w, b->record_count);
    for (uint16_t i = 0; i < b->record_count; i++)
        put_record(&w, &b->records[i]);
    cbor_put_uint(&w, 9);
    cbor_put_bstr(&w, BYTES_OF(b->algorithm));
    put_key_uint(&w, 10, b->lost_count);
    put_key_uint(&w, 11, b->config_version);
    cbor_put_uint(&w, 12);
    cbor_put_bool(&w, b->test_data);
    if (b->event_count > 0) {
        cbor_put_uint(&w, 13);
        cbor_put_array(&w, b->event_count);
        for (uint8_t i = 0; i < b->event_count; i++)
            put_event(&w, &b->events[i]);
    }
    if (b->merged > 0)
        put_key_uint(&w, 14, b->merged);
    if (b->renews) {
        cbor_put_uint(&w, 15);
        cbor_put_bstr(&w, BYTES_OF(b->m1));
    }
    if (b->tpm)
        put_key_uint(&w, 16, 1);
    if (b->pins_version > 0)
        put_key_uint(&w, 17, b->pins_version);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}

static void put_text(struct writer *w, uint64_t key, const char *s)
{
    cbor_put_uint(w, key);
    cbor_put_tstr(w, (struct bytes){(const uint8_t *)s, strlen(s)});
}

static void put_config(struct writer *w, const struct config *c)
{
    cbor_put_map(w, 4u + c->has_assignment + c->has_label);
    put_key_uint(w, 1, c->version);
    put_key_uint(w, 2, c->batch_s);
    put_text(w, 3, c->ward);
    put_text(w, 4, c->time_zone);
    if (c->has_assignment) {
        cbor_put_uint(w, 5);
        put_assignment(w, &c->assignment);
    }
    if (c->has_label)
        put_text(w, 6, c->label);
}

static void put_renewal(struct writer *w, const struct answer *a)
{
    cbor_put_uint(w, 7);
    cbor_put_array(w, 2);
    cbor_put_uint(w, a->renew_to);
    if (a->m2_len > 0)
        cbor_put_bstr(w, (struct bytes){a->m2, a->m2_len});
    else
        cbor_put_null(w);
}

enum status answer_build(const struct answer *a, struct room out, size_t *len)
{
    struct writer w = writer_over(
        (struct room){out.at, out.cap < LIMIT_ANSWER ? out.cap : LIMIT_ANSWER});

    assert(answer_rules_hold(a));
    cbor_put_map(&w,
        5u + a->has_config + (a->renew_to > 0) + (a->release_len > 0)
            + (a->pins_len > 0) + a->ends + (a->ticket_len > 0));
    put_key_uint(&w, 1, 1);
    cbor_put_uint(&w, 2);
    cbor_put_bstr(&w, BYTES_OF(a->nonce.b));
    cbor_put_uint(&w, 3);
    cbor_put_array(&w, a->verdict_count);
    for (uint8_t i = 0; i < a->verdict_count; i++) {
        const struct verdict *v = &a->verdicts[i];
        cbor_put_array(&w, 4);
        cbor_put_bstr(&w, BYTES_OF(v->epoch.b));
        cbor_put_uint(&w, v->seq);
        cbor_put_bstr(&w, BYTES_OF(v->digest.b));
        cbor_put_uint(&w, (uint64_t)v->outcome);
    }
    put_key_uint(&w, 4, a->server_utc_ms);
    cbor_put_uint(&w, 5);
    cbor_put_bstr(&w, BYTES_OF(a->store.b));
    if (a->has_config) {
        cbor_put_uint(&w, 6);
        put_config(&w, &a->config);
    }
    if (a->renew_to > 0)
        put_renewal(&w, a);
    if (a->release_len > 0) {
        cbor_put_uint(&w, 8);
        cbor_put_bstr(&w, (struct bytes){a->release, a->release_len});
    }
    if (a->pins_len > 0) {
        cbor_put_uint(&w, 9);
        cbor_put_bstr(&w, (struct bytes){a->pins, a->pins_len});
    }
    if (a->ends) {
        cbor_put_uint(&w, 10);
        cbor_put_bstr(&w, BYTES_OF(a->order.b));
    }
    if (a->ticket_len > 0) {
        cbor_put_uint(&w, 11);
        cbor_put_bstr(&w, (struct bytes){a->ticket, a->ticket_len});
    }
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}

static uint16_t or_none(struct maybe_u16 v)
{
    return v.set ? v.v : UINT16_MAX;
}

void content_of(const struct batch *b, uint16_t index, uint8_t out[CONTENT_LEN])
{
    struct writer w = writer_over((struct room){out, CONTENT_LEN});
    uint64_t since = 0;

    assert(index < b->record_count);
    const struct record *r = &b->records[index];
    for (uint16_t i = 0; i <= index; i++)
        since += b->records[i].dt_ms;
    put_u64(&w, b->has_utc ? b->utc_ms + since : 0);
    put_u64(&w, b->mono_ms + since);
    put_u16(&w, or_none(r->spo2));
    put_u16(&w, or_none(r->pulse));
    put_u16(&w, or_none(r->pi));
    put_u16(&w, r->status);
    put_u8(&w, r->quality);
    put_u8(&w, 0);
}
