/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/base64.h"
#include "review/pack/dsse.h"
#include "review/read/json_read.h"

#include <string.h>

enum depth { OUTSIDE, IN_ENVELOPE, IN_SIGNATURES, IN_SIGNATURE };
enum field { OTHER, PAYLOAD, TYPE, SIGNATURES, KEY_ID, SIGNATURE };

struct parsing {
    struct arena *a;
    struct dsse got;
    uint32_t depth,
        skip;      /* skip: what is open deeper than this is of a field not known */
    uint32_t seen; /* bit of each field of the open map */
    uint32_t line;
    enum field field;
    enum status status;
    const char *what, *expected;
};

static bool refuse(
    struct parsing *p, enum status s, const char *what, const char *expected)
{
    p->status = s;
    p->what = what;
    p->expected = expected;
    return false;
}

static bool on_open(void *ctx, bool map, uint32_t line)
{
    struct parsing *p = ctx;
    uint32_t depth = p->depth++;
    p->line = line;
    if (p->skip)
        return true;
    if (depth == OUTSIDE && map)
        return true;
    if (depth == IN_ENVELOPE && p->field == SIGNATURES && !map)
        return true;
    if (depth == IN_SIGNATURES && map) {
        if (p->got.signature_count == DSSE_SIGNATURES_MAX)
            return refuse(p, REFUSED, "too many signatures", "at most 64");
        p->seen &= ~(1u << KEY_ID | 1u << SIGNATURE);
        return true;
    }
    if (p->field != OTHER || depth == OUTSIDE || depth == IN_SIGNATURES)
        return refuse(p, MALFORMED, "the envelope has another shape",
            "payload, payloadType and a list of signatures");
    p->skip = depth;
    return true;
}

static bool on_close(void *ctx)
{
    struct parsing *p = ctx;
    p->depth--;
    if (p->skip) {
        p->skip = p->depth == p->skip ? 0 : p->skip;
        return true;
    }
    if (p->depth != IN_SIGNATURES)
        return true;
    if (!(p->seen & 1u << SIGNATURE))
        return refuse(p, MALFORMED, "a signature without sig", "its bytes in base64");
    p->got.signature_count++;
    return true;
}

static enum field field_of(uint32_t depth, struct bytes key)
{
    static const struct {
        uint32_t depth;
        const char *name;
        enum field field;
    } fields[] = {
        {IN_ENVELOPE, "payload", PAYLOAD},
        {IN_ENVELOPE, "payloadType", TYPE},
        {IN_ENVELOPE, "signatures", SIGNATURES},
        {IN_SIGNATURE, "keyid", KEY_ID},
        {IN_SIGNATURE, "sig", SIGNATURE},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].depth == depth && text_same(key, text_of(fields[i].name)))
            return fields[i].field;
    return OTHER;
}

static bool on_key(void *ctx, struct bytes key, uint32_t line)
{
    struct parsing *p = ctx;
    p->line = line;
    if (p->skip)
        return true;
    p->field = field_of(p->depth, key);
    if (p->field != OTHER && p->seen & 1u << p->field)
        return refuse(p, REFUSED, "a field of the envelope stands twice", "each once");
    p->seen |= 1u << p->field;
    return true;
}

/* In one alphabet or the other, as the text shows. */
static bool take_base64(
    struct parsing *p, struct bytes text, size_t max, struct bytes *out)
{
    bool url =
        text.len && (memchr(text.at, '-', text.len) || memchr(text.at, '_', text.len));
    size_t cap = text.len / 4 * 3, len = 0;
    if (cap > max)
        return refuse(p, REFUSED, "a signature is too long", "at most 1,024 bytes");
    struct room room = {arena_take(p->a, cap), cap};
    if (base64_parse(text, url ? BASE64_URL : BASE64_STANDARD, room, &len) != OK)
        return refuse(p, MALFORMED, "payload or sig is not in base64",
            "RFC 4648, with padding and without line ends");
    *out = (struct bytes){room.at, len};
    return true;
}

static bool take_short(struct parsing *p, struct bytes text, struct bytes *out)
{
    if (text.len > DSSE_FIELD_MAX)
        return refuse(
            p, REFUSED, "payloadType or keyid is too long", "at most 1,024 bytes");
    *out = arena_copy(p->a, text);
    return true;
}

static bool on_value(void *ctx, enum json_kind kind, struct bytes text, uint32_t line)
{
    struct parsing *p = ctx;
    bool inside = p->depth == IN_ENVELOPE || p->depth == IN_SIGNATURE;
    p->line = line;
    if (p->skip || (inside && p->field == OTHER))
        return true;
    if (!inside || p->field == SIGNATURES || kind != JSON_STRING)
        return refuse(p, MALFORMED, "the envelope has another shape",
            "payload, payloadType and a list of signatures");
    struct dsse_signature *s = &p->got.signatures[p->got.signature_count];
    switch (p->field) {
    case PAYLOAD: return take_base64(p, text, DSSE_BYTES_MAX, &p->got.payload);
    case TYPE: return take_short(p, text, &p->got.type);
    case KEY_ID: return take_short(p, text, &s->key_id);
    case SIGNATURE: return take_base64(p, text, DSSE_FIELD_MAX + 2, &s->signature);
    case SIGNATURES:
    case OTHER: break;
    }
    return true;
}

enum status dsse_parse(
    struct arena *a, struct bytes json, struct dsse *out, struct bytes *why)
{
    struct parsing p = {.a = a, .status = OK};
    struct json_events events = {&p, on_open, on_close, on_key, on_value};
    if (json.len > DSSE_BYTES_MAX) {
        *why = arena_print(a, "the envelope is too large: expected at most 64 MiB");
        return REFUSED;
    }
    struct json_result r = json_read(json, &events);
    if (r.end == JSON_MALFORMED || r.end == JSON_TOO_DEEP) {
        p.line = r.line;
        refuse(&p, MALFORMED, "the envelope is no JSON text",
            r.expected ? r.expected : "less depth");
    }
    if (p.status != OK) {
        *why = arena_print(a, "line %u: %s: expected %s", p.line, p.what, p.expected);
        return p.status;
    }
    *out = p.got;
    return OK;
}
