/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pins.h"

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

struct bytes pins_payload_build(const struct pin_set *set, struct room out)
{
    struct writer w = writer_over(out);

    assert(pins_rules_hold(set));
    cbor_put_map(&w, 3);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 2);
    cbor_put_uint(&w, set->version);
    cbor_put_uint(&w, 3);
    cbor_put_array(&w, set->count);
    for (uint8_t i = 0; i < set->count; i++)
        cbor_put_bstr(&w, (struct bytes){set->pins[i].der, set->pins[i].len});
    return done(&w);
}

struct bytes pins_signed_bytes(struct bytes payload, struct room out)
{
    uint8_t external[32];
    struct writer e = writer_over(ROOM_OF(external)), w = writer_over(out);

    cbor_put_array(&e, 2);
    put_word(&e, "holdfast/1");
    put_word(&e, "pins");
    cbor_put_array(&w, 4);
    put_word(&w, "Signature1");
    cbor_put_bstr(&w, BYTES_OF(head));
    cbor_put_bstr(&w, done(&e));
    cbor_put_bstr(&w, payload);
    return done(&w);
}

struct bytes pins_build(
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
