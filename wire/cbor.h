/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cbor: deterministic CBOR (RFC 8949, 4.2), read strictly and written, without a heap.
 *
 * Of CBOR only what holdfast.cddl uses: unsigned and negative integers, byte and text strings,
 * arrays, maps, tags, false, true, null. Shortest heads only, definite lengths only. A fault is
 * remembered, every later take yields zero, and cbor_done() says whether all was well and
 * nothing is left: one check at the end, as with core/base/reader.
 */
#pragma once

#include "core/base/reader.h"
#include "core/base/writer.h"

struct cbor_in {
    struct reader r;
    bool bad;
};

static inline struct cbor_in cbor_over(struct bytes in)
{
    return (struct cbor_in){.r = reader_over(in)};
}

uint64_t cbor_take_uint(struct cbor_in *c);
uint64_t cbor_take_array(struct cbor_in *c); /* count of elements */
uint64_t cbor_take_map(struct cbor_in *c);   /* count of pairs */
struct bytes cbor_take_bstr(struct cbor_in *c);
struct bytes cbor_take_tstr(struct cbor_in *c); /* well-formed UTF-8 */
void cbor_take_tag(struct cbor_in *c, uint64_t tag);
bool cbor_take_bool(struct cbor_in *c);
bool cbor_take_null(struct cbor_in *c); /* true and taken if null is next */
void cbor_take_key(
    struct cbor_in *c, int64_t key); /* an integer that must be this one */
bool cbor_take_key_if(struct cbor_in *c, int64_t key);
bool cbor_done(const struct cbor_in *c);

void cbor_put_uint(struct writer *w, uint64_t v);
void cbor_put_int(struct writer *w, int64_t v);
void cbor_put_array(struct writer *w, uint64_t count);
void cbor_put_map(struct writer *w, uint64_t pairs);
void cbor_put_bstr_head(struct writer *w, uint64_t len);
void cbor_put_bstr(struct writer *w, struct bytes b);
void cbor_put_tstr(struct writer *w, struct bytes utf8);
void cbor_put_tag(struct writer *w, uint64_t tag);
void cbor_put_bool(struct writer *w, bool v);
void cbor_put_null(struct writer *w);
