/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/service_log.h"

#include "wire/cbor.h"

#include <string.h>

static uint64_t take_up_to(struct cbor_in *c, uint64_t most)
{
    uint64_t v = cbor_take_uint(c);
    if (v > most) {
        c->bad = true;
        return 0;
    }
    return v;
}

/* Lists are bounded before they are walked. */
static uint8_t take_count(struct cbor_in *c, uint64_t most)
{
    uint64_t n = cbor_take_array(c);
    if (n > most) {
        c->bad = true;
        return 0;
    }
    return (uint8_t)n;
}

static void take_tuple(struct cbor_in *c, uint64_t elements)
{
    if (cbor_take_array(c) != elements)
        c->bad = true;
}

/* At least one byte, at most cap - 1, none of them zero: NUL-ended here. */
static void take_text(struct cbor_in *c, char *out, size_t cap)
{
    struct bytes s = cbor_take_tstr(c);
    if (s.len < 1 || s.len >= cap || memchr(s.at, 0, s.len) != NULL)
        c->bad = true;
    else
        memcpy(out, s.at, s.len);
}

static void take_line(struct cbor_in *c, struct log_line *l)
{
    take_tuple(c, 7);
    l->level = (uint8_t)take_up_to(c, 3);
    take_text(c, l->code, sizeof l->code);
    if (!cbor_take_null(c))
        take_text(c, l->detail, sizeof l->detail);
    l->has_number = !cbor_take_null(c);
    if (l->has_number)
        l->number = cbor_take_uint(c);
    l->count = (uint16_t)take_up_to(c, UINT16_MAX);
    l->first_ms = cbor_take_uint(c);
    l->last_ms = cbor_take_uint(c);
}

static void take_check(struct cbor_in *c, struct log_check *k)
{
    take_tuple(c, 2);
    take_text(c, k->name, sizeof k->name);
    k->passed = cbor_take_bool(c);
}

static void take_figure(struct cbor_in *c, struct log_figure *f)
{
    take_tuple(c, 2);
    take_text(c, f->name, sizeof f->name);
    f->value = cbor_take_uint(c);
}

static void take_lists(struct cbor_in *c, struct service_log *g)
{
    cbor_take_key(c, 8);
    g->line_count = take_count(c, LIMIT_LOG_LINES);
    for (size_t i = 0; i < g->line_count && !c->bad; i++)
        take_line(c, &g->lines[i]);
    cbor_take_key(c, 9);
    g->check_count = take_count(c, LIMIT_LOG_CHECKS);
    for (size_t i = 0; i < g->check_count && !c->bad; i++)
        take_check(c, &g->checks[i]);
    cbor_take_key(c, 10);
    g->figure_count = take_count(c, LIMIT_LOG_FIGURES);
    for (size_t i = 0; i < g->figure_count && !c->bad; i++)
        take_figure(c, &g->figures[i]);
}

static void take_log(struct cbor_in *c, struct service_log *g)
{
    if (cbor_take_map(c) != 10)
        c->bad = true;
    cbor_take_key(c, 1);
    if (cbor_take_uint(c) != 1)
        c->bad = true;
    cbor_take_key(c, 2);
    g->seq = (uint32_t)take_up_to(c, UINT32_MAX);
    cbor_take_key(c, 3);
    struct bytes serial = cbor_take_bstr(c);
    if (serial.len != sizeof g->serial.b)
        c->bad = true;
    else
        memcpy(g->serial.b, serial.at, sizeof g->serial.b);
    cbor_take_key(c, 4);
    g->part = (uint8_t)take_up_to(c, UINT8_MAX);
    cbor_take_key(c, 5);
    g->mono_ms = cbor_take_uint(c);
    cbor_take_key(c, 6);
    g->has_utc = !cbor_take_null(c);
    if (g->has_utc)
        g->utc_ms = cbor_take_uint(c);
    cbor_take_key(c, 7);
    take_text(c, g->holder, sizeof g->holder);
    take_lists(c, g);
}

enum status service_log_parse(struct bytes in, struct service_log *out)
{
    struct service_log got = {0};
    struct cbor_in c = cbor_over(in);

    if (in.len > LIMIT_SERVICE_LOG)
        return MALFORMED;
    take_log(&c, &got);
    if (!cbor_done(&c) || !service_log_rules_hold(&got))
        return MALFORMED;
    *out = got;
    return OK;
}
