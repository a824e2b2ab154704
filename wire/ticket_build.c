/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include "wire/cbor.h"
#include "wire/sign1.h"

#include <assert.h>
#include <string.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w)); /* the caller brings room enough */
    return written(w);
}

static void put_word(struct writer *w, const char *word)
{
    cbor_put_tstr(w, (struct bytes){(const uint8_t *)word, strlen(word)});
}

struct bytes ticket_payload_build(const struct ticket *t, struct room out)
{
    struct writer w = writer_over(out);

    assert(ticket_rules_hold(t));
    cbor_put_map(&w, 6);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 2);
    cbor_put_bstr(&w, BYTES_OF(t->device.b));
    cbor_put_uint(&w, 3);
    cbor_put_bstr(&w, BYTES_OF(t->serial.b));
    cbor_put_uint(&w, 4);
    cbor_put_uint(&w, t->not_before_s);
    cbor_put_uint(&w, 5);
    cbor_put_uint(&w, t->not_after_s);
    cbor_put_uint(&w, 6);
    put_word(&w, t->holder);
    return done(&w);
}

struct bytes ticket_signed_bytes(struct bytes payload, struct room out)
{
    return sign1_to_sign("ticket", payload, out);
}

struct bytes ticket_build(
    struct bytes payload, const struct signature *signature, struct room out)
{
    return sign1_build(payload, signature, out);
}
