/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/dsse.h"

#include "core/base/base64.h"
#include "review/base/printed.h"
#include "review/render/out.h"

/* The pre-authentication encoding: "DSSEv1" LEN(type) type LEN(payload) payload. */
struct bytes dsse_signed(struct arena *a, struct bytes type, struct bytes payload)
{
    struct printed p;
    printed_begin(&p);
    out_words(p.out, "DSSEv1 ");
    out_number(p.out, type.len);
    out_words(p.out, " ");
    out_text(p.out, type);
    out_words(p.out, " ");
    out_number(p.out, payload.len);
    out_words(p.out, " ");
    out_text(p.out, payload);
    return printed_end(&p, a);
}

static void put_base64(struct arena *a, FILE *out, struct bytes b)
{
    struct room text = {arena_take(a, base64_len(b.len) + 1), base64_len(b.len) + 1};
    base64_of(b, text);
    out_words(out, "\"");
    out_text(out, (struct bytes){text.at, text.cap - 1});
    out_words(out, "\"");
}

struct bytes dsse_write(struct arena *a, const struct dsse *d)
{
    struct printed p;
    printed_begin(&p);
    out_words(p.out, "{\"payload\":");
    put_base64(a, p.out, d->payload);
    out_words(p.out, ",\n\"payloadType\":");
    out_json(p.out, d->type);
    out_words(p.out, ",\n\"signatures\":[");
    for (uint32_t i = 0; i < d->signature_count; i++) {
        out_words(p.out, i ? ",\n{\"keyid\":" : "\n{\"keyid\":");
        out_json(p.out, d->signatures[i].key_id);
        out_words(p.out, ",\"sig\":");
        put_base64(a, p.out, d->signatures[i].signature);
        out_words(p.out, "}");
    }
    out_words(p.out, "]}\n");
    return printed_end(&p, a);
}
