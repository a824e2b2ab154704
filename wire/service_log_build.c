/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/service_log.h"

#include "wire/cbor.h"

#include <assert.h>
#include <string.h>

static void put_text(struct writer *w, const char *text)
{
    cbor_put_tstr(w, (struct bytes){(const uint8_t *)text, strlen(text)});
}

static void put_maybe(struct writer *w, bool has, uint64_t v)
{
    if (has)
        cbor_put_uint(w, v);
    else
        cbor_put_null(w);
}

static void put_line(struct writer *w, const struct log_line *l)
{
    cbor_put_array(w, 7);
    cbor_put_uint(w, l->level);
    put_text(w, l->code);
    if (l->detail[0] != '\0')
        put_text(w, l->detail);
    else
        cbor_put_null(w);
    put_maybe(w, l->has_number, l->number);
    cbor_put_uint(w, l->count);
    cbor_put_uint(w, l->first_ms);
    cbor_put_uint(w, l->last_ms);
}

static void put_lists(struct writer *w, const struct service_log *g)
{
    cbor_put_uint(w, 8);
    cbor_put_array(w, g->line_count);
    for (size_t i = 0; i < g->line_count; i++)
        put_line(w, &g->lines[i]);
    cbor_put_uint(w, 9);
    cbor_put_array(w, g->check_count);
    for (size_t i = 0; i < g->check_count; i++) {
        cbor_put_array(w, 2);
        put_text(w, g->checks[i].name);
        cbor_put_bool(w, g->checks[i].passed);
    }
    cbor_put_uint(w, 10);
    cbor_put_array(w, g->figure_count);
    for (size_t i = 0; i < g->figure_count; i++) {
        cbor_put_array(w, 2);
        put_text(w, g->figures[i].name);
        cbor_put_uint(w, g->figures[i].value);
    }
}

enum status service_log_build(const struct service_log *g, struct room out, size_t *len)
{
    struct writer w = writer_over((struct room){
        out.at, out.cap < LIMIT_SERVICE_LOG ? out.cap : LIMIT_SERVICE_LOG});

    assert(service_log_rules_hold(g));
    cbor_put_map(&w, 10);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 2);
    cbor_put_uint(&w, g->seq);
    cbor_put_uint(&w, 3);
    cbor_put_bstr(&w, BYTES_OF(g->serial.b));
    cbor_put_uint(&w, 4);
    cbor_put_uint(&w, g->part);
    cbor_put_uint(&w, 5);
    cbor_put_uint(&w, g->mono_ms);
    cbor_put_uint(&w, 6);
    put_maybe(&w, g->has_utc, g->utc_ms);
    cbor_put_uint(&w, 7);
    put_text(&w, g->holder);
    put_lists(&w, g);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}
