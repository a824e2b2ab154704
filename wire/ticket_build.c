/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include "wire/cbor.h"

#include <assert.h>
#include <string.h>

static const uint8_t head[] = {0xa1, 0x01, 0x27}; /* { 1: -8 } */

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
    uint8_t external[32];
    struct writer e = writer_over(ROOM_OF(external)), w = writer_over(out);

    cbor_put_array(&e, 2);
    put_word(&e, "holdfast/1");
    put_word(&e, "ticket");
    cbor_put_array(&w, 4);
    put_word(&w, "Signature1");
    cbor_put_bstr(&w, BYTES_OF(head));
    cbor_put_bstr(&w, done(&e));
    cbor_put_bstr(&w, payload);
    return done(&w);
}

struct bytes ticket_build(
    struct bytes payload, const struct signature *signature, struct room out)
{
    struct writer w = writer_over(out);

    cbor_put_tag(&w, 18);
    cbor_put_array(&w, 4);
    cbor_put_bstr(&w, BYTES_OF(head));
    cbor_put_map(&w, 0);
    cbor_put_bstr(&w, payload);
    cbor_put_bstr(&w, BYTES_OF(signature->b));
    return done(&w);
}
