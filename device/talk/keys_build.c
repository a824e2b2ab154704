/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/talk/keys.h"

#include <assert.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w)); /* the caller brings room enough */
    return written(w);
}

/* Then zeros, so that the length of a message tells nothing. */
static void put_filled(struct writer *w, const uint8_t *at, size_t len, size_t field)
{
    put(w, (struct bytes){at, len});
    for (size_t i = len; i < field; i++)
        put_u8(w, 0);
}

struct bytes secret_build(const struct said_secret *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u16(&w, v->len);
    put_filled(&w, v->b, v->len, sizeof v->b);
    return done(&w);
}

struct bytes signature_build(const struct said_signature *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, v->len);
    put_filled(&w, v->b, v->len, sizeof v->b);
    return done(&w);
}

struct bytes no_key_build(enum no_key why, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, (uint8_t)why);
    return done(&w);
}
