/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/messages.h"

#include "wire/cbor.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SAFE_INTEGER 9007199254740991u

uint64_t roll(struct dice *d, uint64_t n)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (d->state * 0x2545f4914f6cdd1dull >> 11) % n;
}

const char *message_kind_name(enum message_kind kind)
{
    static const char *const names[MESSAGE_KINDS] = {
        "batch", "answer", "up", "down", "ticket", "log", "release"};
    return names[kind];
}

/* low, high, or anything between; the edges as often as the rest */
static uint64_t edgy(struct dice *d, uint64_t low, uint64_t high)
{
    switch (roll(d, 4)) {
    case 0: return low;
    case 1: return high;
    default: return low + roll(d, high - low + 1);
    }
}

static void fill(struct dice *d, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)roll(d, 256);
}

static struct maybe_u16 maybe(struct dice *d, uint16_t high)
{
    if (roll(d, 4) == 0)
        return (struct maybe_u16){0};
    return (struct maybe_u16){true, (uint16_t)edgy(d, 0, high)};
}

static void any_record(struct dice *d, struct record *r)
{
    r->dt_ms = (uint16_t)edgy(d, 0, UINT16_MAX);
    r->spo2 = maybe(d, 1000);
    r->pulse = maybe(d, 3000);
    r->pi = maybe(d, 2000);
    r->status = (uint16_t)edgy(d, 0, UINT16_MAX);
    r->quality = (uint8_t)edgy(d, 0, 100);
}

static void any_event(struct dice *d, struct event *e)
{
    e->code = (uint8_t)edgy(d, 1, 255);
    e->count = (uint16_t)edgy(d, 1, UINT16_MAX);
    e->first_ms = edgy(d, 0, SAFE_INTEGER);
    e->last_ms = edgy(d, e->first_ms, SAFE_INTEGER);
    e->has_about = roll(d, 3) == 0;
    if (e->has_about)
        fill(d, e->about, sizeof e->about);
}

static struct assignment any_assignment(struct dice *d)
{
    struct assignment a = {.set = roll(d, 2) == 0};
    if (a.set)
        fill(d, a.b, sizeof a.b);
    return a;
}

/* mostly a few, sometimes the most there can be */
static uint64_t any_count(struct dice *d, uint64_t most)
{
    return roll(d, 64) == 0 ? most : 1 + roll(d, most < 5 ? most : 5);
}

void any_batch(struct dice *d, struct batch *b)
{
    memset(b, 0, sizeof *b);
    b->seq = (uint32_t)edgy(d, 0, UINT32_MAX);
    b->start_count = (uint32_t)edgy(d, 0, UINT32_MAX);
    b->mono_ms = edgy(d, 0, SAFE_INTEGER);
    b->has_utc = roll(d, 3) != 0;
    if (b->has_utc)
        b->utc_ms = edgy(d, 0, SAFE_INTEGER);
    b->clock = (uint8_t)edgy(d, 0, 3);
    b->assignment = any_assignment(d);
    b->record_count = (uint16_t)any_count(d, LIMIT_BATCH_RECORDS);
    for (uint16_t i = 0; i < b->record_count; i++)
        any_record(d, &b->records[i]);
    b->records[0].dt_ms = 0;
    fill(d, b->algorithm, sizeof b->algorithm);
    b->lost_count = (uint32_t)edgy(d, 0, UINT32_MAX);
    b->config_version = (uint32_t)edgy(d, 0, UINT32_MAX);
    b->test_data = roll(d, 2) == 0;
    if (roll(d, 2) == 0)
        b->event_count = (uint8_t)any_count(d, LIMIT_BATCH_EVENTS);
    for (uint8_t i = 0; i < b->event_count; i++)
        any_event(d, &b->events[i]);
    if (roll(d, 2) == 0)
        b->merged = (uint8_t)edgy(d, 2, 60);
    b->renews = roll(d, 4) == 0;
    if (b->renews)
        fill(d, b->m1, sizeof b->m1);
    b->tpm = roll(d, 2) == 0;
    if (roll(d, 4) == 0)
        b->pins_version = (uint32_t)edgy(d, 1, UINT32_MAX);
}

static void any_text(struct dice *d, char *out, size_t most)
{
    static const char *const letters[] = {"a", "Z", "7", " ", "-", "/", "~", "\xc3\xa4",
        "\xc2\xa0", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x9f\x92\x93",
        "\xf4\x8f\xbf\xbf"};
    size_t want = (size_t)edgy(d, 1, most), len = 0;

    while (len < want) {
        const char *c = letters[roll(d, sizeof letters / sizeof letters[0])];
        if (len + strlen(c) > want)
            c = "x";
        memcpy(out + len, c, strlen(c));
        len += strlen(c);
    }
    out[len] = 0;
}

static void any_config(struct dice *d, struct config *c)
{
    c->version = (uint32_t)edgy(d, 0, UINT32_MAX);
    c->batch_s = (uint8_t)edgy(d, 10, 60);
    any_text(d, c->ward, 64);
    any_text(d, c->time_zone, 64);
    c->has_assignment = roll(d, 2) == 0;
    if (c->has_assignment)
        c->assignment = any_assignment(d);
    c->has_label = roll(d, 2) == 0;
    if (c->has_label)
        any_text(d, c->label, 32);
}

static void any_word(struct dice *d, char out[WORD_MAX + 1])
{
    static const char letters[] = "az09._-qx";
    size_t len = (size_t)edgy(d, 1, WORD_MAX);

    for (size_t i = 0; i < len; i++)
        out[i] = letters[roll(d, sizeof letters - 1)];
    out[len] = 0;
}

void any_release(struct dice *d, struct release *r)
{
    uint64_t sum = 0;

    memset(r, 0, sizeof *r);
    any_word(d, r->product);
    r->version = (struct release_version){(uint16_t)edgy(d, 0, UINT16_MAX),
        (uint16_t)edgy(d, 0, UINT16_MAX), (uint16_t)edgy(d, 0, UINT16_MAX)};
    r->security_version = (uint32_t)edgy(d, 0, UINT32_MAX);
    fill(d, r->build.b, sizeof r->build.b);
    fill(d, r->bundle_digest.b, sizeof r->bundle_digest.b);
    r->part_count = (uint8_t)edgy(d, 1, RELEASE_PARTS);
    for (size_t i = 0; i < r->part_count; i++) {
        r->parts[i].len = (uint32_t)edgy(d, 1, LIMIT_UPDATE_BUNDLE / 2 - 1);
        fill(d, r->parts[i].digest.b, sizeof r->parts[i].digest.b);
        sum += r->parts[i].len;
    }
    r->bundle_len = (uint32_t)edgy(d, sum + 1, LIMIT_UPDATE_BUNDLE);
}

static size_t any_signed_release(struct dice *d, struct room out)
{
    struct release r;
    struct signature s;
    uint8_t payload[SIGN1_PAYLOAD_MAX];

    any_release(d, &r);
    fill(d, s.b, sizeof s.b);
    return release_build(release_payload_build(&r, ROOM_OF(payload)), &s, out).len;
}

static size_t any_signed_ticket(struct dice *d, struct room out);

void any_answer(struct dice *d, struct answer *a)
{
    memset(a, 0, sizeof *a);
    fill(d, a->nonce.b, sizeof a->nonce.b);
    a->verdict_count = (uint8_t)any_count(d, LIMIT_ANSWER_OUTCOMES);
    for (uint8_t i = 0; i < a->verdict_count; i++) {
        struct verdict *v = &a->verdicts[i];
        fill(d, v->epoch.b, sizeof v->epoch.b);
        v->seq = (uint32_t)edgy(d, 0, UINT32_MAX);
        fill(d, v->digest.b, sizeof v->digest.b);
        v->outcome = (enum outcome)edgy(d, 0, OUTCOME_NOT_NOW);
    }
    a->server_utc_ms = edgy(d, 0, SAFE_INTEGER);
    fill(d, a->store.b, sizeof a->store.b);
    a->has_config = roll(d, 3) != 0;
    if (a->has_config)
        any_config(d, &a->config);
    a->ends = roll(d, 4) == 0;
    if (a->ends)
        fill(d, a->order.b, sizeof a->order.b);
    if (roll(d, 4) == 0) {
        a->pins_len = (uint16_t)edgy(d, 1, sizeof a->pins);
        fill(d, a->pins, a->pins_len);
    }
    if (roll(d, 3) == 0)
        a->renew_to = (uint32_t)edgy(d, 2, UINT32_MAX);
    if (a->renew_to > 0 && roll(d, 2) == 0) {
        a->m2_len = (uint16_t)edgy(d, 33, sizeof a->m2);
        fill(d, a->m2, a->m2_len);
    }
    if (roll(d, 3) == 0)
        a->release_len = (uint16_t)any_signed_release(d, ROOM_OF(a->release));
    if (roll(d, 4) == 0)
        a->ticket_len = (uint16_t)any_signed_ticket(d, ROOM_OF(a->ticket));
}

void any_ticket(struct dice *d, struct ticket *t)
{
    memset(t, 0, sizeof *t);
    fill(d, t->device.b, sizeof t->device.b);
    fill(d, t->serial.b, sizeof t->serial.b);
    t->not_before_s = (uint32_t)edgy(d, 0, UINT32_MAX - 1);
    t->not_after_s = (uint32_t)edgy(d, t->not_before_s + UINT64_C(1), UINT32_MAX);
    any_text(d, t->holder, HOLDER_MAX);
}

static void any_line(struct dice *d, struct log_line *l)
{
    l->level = (uint8_t)edgy(d, 0, 3);
    any_word(d, l->code);
    if (roll(d, 2) == 0)
        any_word(d, l->detail);
    l->has_number = roll(d, 2) == 0;
    if (l->has_number)
        l->number = edgy(d, 0, SAFE_INTEGER);
    l->count = (uint16_t)edgy(d, 1, UINT16_MAX);
    l->first_ms = edgy(d, 0, SAFE_INTEGER);
    l->last_ms = edgy(d, l->first_ms, SAFE_INTEGER);
}

static uint8_t few(struct dice *d, uint64_t most)
{
    return (uint8_t)(roll(d, 3) == 0 ? 0 : any_count(d, most));
}

void any_log(struct dice *d, struct service_log *g)
{
    memset(g, 0, sizeof *g);
    g->seq = (uint32_t)edgy(d, 0, UINT32_MAX);
    fill(d, g->serial.b, sizeof g->serial.b);
    g->part = (uint8_t)edgy(d, 0, 255);
    g->mono_ms = edgy(d, 0, SAFE_INTEGER);
    g->has_utc = roll(d, 3) != 0;
    if (g->has_utc)
        g->utc_ms = edgy(d, 0, SAFE_INTEGER);
    any_text(d, g->holder, HOLDER_MAX);
    g->line_count = few(d, LIMIT_LOG_LINES);
    for (size_t i = 0; i < g->line_count; i++)
        any_line(d, &g->lines[i]);
    g->check_count = few(d, LIMIT_LOG_CHECKS);
    for (size_t i = 0; i < g->check_count; i++) {
        any_word(d, g->checks[i].name);
        g->checks[i].passed = roll(d, 2) == 0;
    }
    g->figure_count = few(d, LIMIT_LOG_FIGURES);
    for (size_t i = 0; i < g->figure_count; i++) {
        any_word(d, g->figures[i].name);
        g->figures[i].value = edgy(d, 0, SAFE_INTEGER);
    }
}

static size_t any_signed_ticket(struct dice *d, struct room out)
{
    struct ticket t;
    struct signature s;
    uint8_t payload[TICKET_PAYLOAD_MAX];

    any_ticket(d, &t);
    fill(d, s.b, sizeof s.b);
    return ticket_build(ticket_payload_build(&t, ROOM_OF(payload)), &s, out).len;
}

static size_t any_envelope(struct dice *d, enum envelope_kind kind, struct room out)
{
    struct kid kid;
    struct iv iv;
    struct epoch epoch;
    struct bytes p;
    size_t most = kind != ENVELOPE_ANSWER ? 16298 : 16337, head;
    size_t sealed = (size_t)(roll(d, 32) == 0 ? most : edgy(d, 17, 40 + roll(d, 300)));

    fill(d, kid.device.b, sizeof kid.device.b);
    kid.generation = (uint32_t)edgy(d, 1, UINT32_MAX);
    fill(d, iv.b, sizeof iv.b);
    fill(d, epoch.b, sizeof epoch.b);
    enum status s =
        envelope_head_build(kind, &kid, &iv, &epoch, sealed, out, &head, &p);
    assert(s == OK && head + sealed <= out.cap);
    fill(d, out.at + head, sealed);
    return head + sealed;
}

size_t any_message(struct dice *d, enum message_kind kind, struct room out)
{
    static struct batch batch;
    static struct service_log service_log;
    struct answer answer;
    size_t len = 0;
    enum status s = OK;

    switch (kind) {
    case MESSAGE_BATCH:
        any_batch(d, &batch);
        s = batch_build(&batch, out, &len);
        break;
    case MESSAGE_ANSWER:
        any_answer(d, &answer);
        s = answer_build(&answer, out, &len);
        break;
    case MESSAGE_UP: len = any_envelope(d, ENVELOPE_BATCH, out); break;
    case MESSAGE_DOWN: len = any_envelope(d, ENVELOPE_ANSWER, out); break;
    case MESSAGE_TICKET: len = any_signed_ticket(d, out); break;
    case MESSAGE_RELEASE: len = any_signed_release(d, out); break;
    case MESSAGE_LOG:
        any_log(d, &service_log);
        s = service_log_build(&service_log, out, &len);
        break;
    case MESSAGE_KINDS: break;
    }
    assert(s == OK);
    return len;
}

bool message_accepted(enum message_kind kind, struct bytes in)
{
    static struct batch batch;
    static struct service_log service_log;
    struct answer answer;
    struct envelope envelope;
    struct signed_ticket ticket;
    struct signed_release release;

    switch (kind) {
    case MESSAGE_BATCH: return batch_parse(in, &batch) == OK;
    case MESSAGE_ANSWER: return answer_parse(in, &answer) == OK;
    case MESSAGE_UP: return envelope_parse(ENVELOPE_BATCH, in, &envelope) == OK;
    case MESSAGE_DOWN: return envelope_parse(ENVELOPE_ANSWER, in, &envelope) == OK;
    case MESSAGE_TICKET: return ticket_parse(in, &ticket) == OK;
    case MESSAGE_RELEASE: return release_parse(in, &release) == OK;
    case MESSAGE_LOG: return service_log_parse(in, &service_log) == OK;
    case MESSAGE_KINDS: break;
    }
    return false;
}

/* ---- Spoiling: a flat list of the heads in a valid message, then one change at one of them. ---- */

struct head {
    size_t at, len; /* of the head's own bytes */
    size_t whole;   /* with everything inside */
    uint8_t major;
    uint64_t value;
    long parent;    /* index, or -1 */
    uint64_t place; /* which child of the parent */
};

enum { HEADS_MAX = 6000 };

struct heads {
    size_t count;
    struct head at[HEADS_MAX];
};

static size_t list_item(
    struct bytes in, size_t at, long parent, uint64_t place, struct heads *h)
{
    assert(h->count < HEADS_MAX && at < in.len);
    size_t me = h->count++;
    uint8_t info = in.at[at] & 31;
    size_t extra = info < 24 ? 0 : (size_t)1 << (info - 24);
    struct head got = {
        .at = at, .len = 1 + extra, .major = in.at[at] >> 5, .value = info};

    got.parent = parent;
    got.place = place;
    for (size_t i = 0; i < extra; i++)
        got.value = (i ? got.value << 8 : 0) | in.at[at + 1 + i];
    size_t end = at + got.len;
    uint64_t children = got.major == 4 ? got.value
        : got.major == 5               ? 2 * got.value
        : got.major == 6               ? 1
                                       : 0;
    if (got.major == 2 || got.major == 3)
        end += (size_t)got.value;
    for (uint64_t i = 0; i < children; i++)
        end += list_item(in, end, (long)me, i, h);
    got.whole = end - at;
    h->at[me] = got;
    return got.whole;
}

/* Put other bytes in the place of [at, at + old). */
static size_t splice(
    struct room m, size_t len, size_t at, size_t old, struct bytes put_in)
{
    if (len - old + put_in.len > m.cap)
        return len;
    memmove(m.at + at + put_in.len, m.at + at + old, len - at - old);
    if (put_in.len > 0)
        memcpy(m.at + at, put_in.at, put_in.len);
    return len - old + put_in.len;
}

static struct bytes head_bytes(uint8_t major, uint64_t v, uint8_t width, uint8_t out[9])
{
    static const size_t most[] = {0, 1, 2, 4, 8};
    size_t n = 0;

    while (n < 4 && (n < width || (n == 0 ? v > 23 : n < 4 && v >> (8 * most[n]) != 0)))
        n++;
    out[0] = (uint8_t)((size_t)major << 5 | (n == 0 ? v : 23 + n));
    for (size_t i = 0; i < most[n]; i++)
        out[1 + i] = (uint8_t)(v >> 8 * (most[n] - 1 - i));
    return (struct bytes){out, 1 + most[n]};
}

static size_t set_value(struct room m, size_t len, const struct head *h, uint64_t v)
{
    uint8_t b[9];
    return splice(m, len, h->at, h->len, head_bytes(h->major, v, 0, b));
}

static size_t spoil_value(
    struct dice *d, struct room m, size_t len, const struct head *h)
{
    static const uint64_t pool[] = {0, 1, 2, 3, 4, 9, 10, 23, 24, 60, 61, 100, 101, 255,
        256, 1000, 1001, 2001, 3001, 65535, 65536, 4294967295, 4294967296, SAFE_INTEGER,
        SAFE_INTEGER + 1, 1ull << 63, UINT64_MAX};
    switch (roll(d, 3)) {
    case 0: return set_value(m, len, h, h->value + 1);
    case 1: return set_value(m, len, h, h->value - 1);
    default: return set_value(m, len, h, pool[roll(d, sizeof pool / sizeof pool[0])]);
    }
}

static size_t spoil_width(
    struct dice *d, struct room m, size_t len, const struct head *h)
{
    uint8_t b[9];
    return splice(m, len, h->at, h->len,
        head_bytes(h->major, h->value, (uint8_t)(1 + roll(d, 4)), b));
}

/* A whole other item in the place of this one. */
static size_t spoil_type(
    struct dice *d, struct room m, size_t len, const struct head *h)
{
    static const struct {
        uint8_t len, b[9];
    } others[] = {{1, {0xf6}}, {1, {0xf4}}, {1, {0xf5}}, {1, {0xf7}}, {1, {0x20}},
        {1, {0x40}}, {1, {0x60}}, {1, {0x80}}, {1, {0xa0}}, {1, {0xf0}},
        {2, {0xf8, 0x20}}, {3, {0xf9, 0x3c, 0x00}}, {5, {0xfa, 0, 0, 0, 0}},
        {2, {0xc1, 0x00}}, {9, {0x48, 1, 2, 3, 4, 5, 6, 7, 8}}, {3, {0x81, 0x81, 0x00}},
        {3, {0xc2, 0x41, 0x01}}, {3, {0x5f, 0x40, 0xff}}, {2, {0x9f, 0xff}},
        {1, {0x1c}}, {1, {0xff}}, {2, {0x61, 0x00}}};
    size_t i = roll(d, sizeof others / sizeof others[0]);
    return splice(m, len, h->at, h->whole, (struct bytes){others[i].b, others[i].len});
}

/* A string longer or shorter by one byte, with its head to match. */
static size_t spoil_length(
    struct dice *d, struct room m, size_t len, const struct head *h)
{
    static const uint8_t more[] = {'a', 0x00, 0x1f, 0x7f, 0x80, 0xff};
    size_t inside = h->at + h->len, n = (size_t)h->value;

    if (n > 0 && roll(d, 2) == 0) {
        len = splice(m, len, inside + n - 1, 1, (struct bytes){0});
        return set_value(m, len, h, h->value - 1);
    }
    len = splice(m, len, inside + n, 0, (struct bytes){&more[roll(d, sizeof more)], 1});
    return set_value(m, len, h, h->value + 1);
}

/* Another text of the same length. */
static size_t spoil_text(
    struct dice *d, struct room m, size_t len, const struct head *h)
{
    static const struct {
        uint8_t len;
        const char *b;
    } odd[] = {{1, "\n"}, {1, "\x7f"}, {1, "\x00"}, {2, "\xc2\x80"}, {2, "\xc2\x9f"},
        {2, "\xc2\xa0"}, {2, "\xc0\x80"}, {2, "\xd8\x9c"}, {3, "\xe2\x80\x8e"},
        {3, "\xe2\x80\xa7"}, {3, "\xe2\x80\xa8"}, {3, "\xe2\x80\xae"},
        {3, "\xe2\x80\xaf"}, {3, "\xe2\x81\xa6"}, {3, "\xe2\x81\xaa"},
        {3, "\xef\xbb\xbf"}, {3, "\xed\xa0\x80"}, {3, "\xef\xbf\xbf"},
        {3, "\xe0\x80\xaf"}, {4, "\xf4\x90\x80\x80"}, {4, "\xf0\x80\x80\x80"},
        {1, "\x80"}, {1, "\xf5"}};
    size_t i = roll(d, sizeof odd / sizeof odd[0]);

    if (odd[i].len > h->value)
        return len;
    memset(m.at + h->at + h->len, 'a', (size_t)h->value);
    memcpy(m.at + h->at + h->len + roll(d, h->value - odd[i].len + 1), odd[i].b,
        odd[i].len);
    return len;
}

/* Children of an array or map: one dropped, one twice, two exchanged, one added. */
static size_t spoil_children(struct dice *d, struct room m, size_t len,
    const struct heads *hs, const struct head *h, size_t me)
{
    const uint64_t per = h->major == 5 ? 2 : 1;
    uint64_t pick = h->value ? roll(d, h->value) : 0;
    size_t from = 0, mid = 0, upto = 0;
    static uint8_t spare[MESSAGE_MAX];

    for (size_t i = me + 1; i < hs->count; i++) {
        const struct head *c = &hs->at[i];
        if (c->parent != (long)me)
            continue;
        if (c->place / per == pick) {
            from = c->place % per == 0 ? c->at : from;
            mid = c->at + c->whole;
        }
        if (c->place / per == pick + 1)
            upto = c->at + c->whole;
    }
    uint64_t how = roll(d, 8);
    if (h->value == 0 || how == 0) { /* add one at the end */
        static const uint8_t pair[] = {0x0f, 0x00}, reserved[] = {0x07, 0x40};
        struct bytes one = {roll(d, 2) ? pair : reserved, per};
        len = splice(m, len, h->at + h->whole, 0, one);
        return set_value(m, len, h, h->value + 1);
    }
    if (how < 5) { /* drop it */
        len = splice(m, len, from, mid - from, (struct bytes){0});
        return roll(d, 4) ? set_value(m, len, h, h->value - 1) : len;
    }
    memcpy(spare, m.at + from, mid - from);
    if (how == 5 || upto == 0) { /* twice */
        len = splice(m, len, mid, 0, (struct bytes){spare, mid - from});
        return set_value(m, len, h, h->value + 1);
    }
    memmove(m.at + from, m.at + mid, upto - mid); /* exchange with the next */
    memcpy(m.at + from + (upto - mid), spare, mid - from);
    return len;
}

static size_t spoil_bytes(struct dice *d, struct room m, size_t len)
{
    uint8_t b = (uint8_t)roll(d, 256);

    switch (roll(d, 5)) {
    case 0: return (size_t)roll(d, len);                          /* cut */
    case 1: return splice(m, len, len, 0, (struct bytes){&b, 1}); /* trailing byte */
    case 2: return splice(m, len, (size_t)roll(d, len), 0, (struct bytes){&b, 1});
    case 3: m.at[roll(d, len)] = b; return len;
    default: m.at[roll(d, len)] ^= (uint8_t)(1u << roll(d, 8)); return len;
    }
}

/* What is inside the protected bstr of an envelope, as items of their own. */
static size_t spoil_protected(
    struct dice *d, struct room m, size_t len, const struct head *p)
{
    uint8_t inner[256];
    size_t n = (size_t)p->value;

    if (n == 0 || n > 128)
        return spoil_bytes(d, m, len);
    memcpy(inner, m.at + p->at + p->len, n);
    size_t now = spoil(d, ROOM_OF(inner), n);
    len = splice(m, len, p->at + p->len, n, (struct bytes){inner, now});
    return set_value(m, len, p, now);
}

size_t spoil(struct dice *d, struct room m, size_t len)
{
    static struct heads hs;
    bool ticket = m.at[0] == 0xd2, envelope = m.at[0] == 0xd0 || ticket;

    hs.count = 0;
    (void)list_item((struct bytes){m.at, len}, 0, -1, 0, &hs);
    size_t me = (size_t)roll(d, hs.count < 80 || roll(d, 2) == 0 ? hs.count : 80);
    /* the protected header, or of a ticket its payload, which comes after the empty map */
    struct head h = hs.at[me], protected_ = hs.at[ticket && roll(d, 4) > 0 ? 4 : 2];
    bool string = h.major == 2 || h.major == 3, list = h.major == 4 || h.major == 5;

    if (envelope && roll(d, 2) == 0)
        return spoil_protected(d, m, len, &protected_);
    switch (roll(d, 10)) {
    case 0: return spoil_bytes(d, m, len);
    case 1: return spoil_width(d, m, len, &h);
    case 2: return spoil_type(d, m, len, &h);
    case 3: return spoil_children(d, m, len, &hs, &hs.at[envelope], envelope);
    default: break;
    }
    if (h.major == 3 && roll(d, 2) == 0)
        return spoil_text(d, m, len, &h);
    if (string)
        return spoil_length(d, m, len, &h);
    if (list)
        return spoil_children(d, m, len, &hs, &h, me);
    if (h.major == 7)
        return spoil_type(d, m, len, &h);
    return spoil_value(d, m, len, &h);
}
