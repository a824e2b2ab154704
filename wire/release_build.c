/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/release.h"

#include "wire/cbor.h"

#include <assert.h>
#include <string.h>

static void put_key_uint(struct writer *w, uint64_t key, uint64_t value)
{
    cbor_put_uint(w, key);
    cbor_put_uint(w, value);
}

static void put_parts(struct writer *w, const struct release *r)
{
    cbor_put_array(w, r->part_count);
    for (size_t i = 0; i < r->part_count; i++) {
        cbor_put_array(w, 2);
        cbor_put_uint(w, r->parts[i].len);
        cbor_put_bstr(w, BYTES_OF(r->parts[i].digest.b));
    }
}

struct bytes release_payload_build(const struct release *r, struct room out)
{
    struct writer w = writer_over(out);

    assert(release_rules_hold(r));
    cbor_put_map(&w, 8);
    put_key_uint(&w, 1, 1);
    cbor_put_uint(&w, 2);
    cbor_put_tstr(&w, (struct bytes){(const uint8_t *)r->product, strlen(r->product)});
    cbor_put_uint(&w, 3);
    cbor_put_array(&w, 3);
    cbor_put_uint(&w, r->version.major);
    cbor_put_uint(&w, r->version.minor);
    cbor_put_uint(&w, r->version.patch);
    put_key_uint(&w, 4, r->security_version);
    cbor_put_uint(&w, 5);
    cbor_put_bstr(&w, BYTES_OF(r->build.b));
    put_key_uint(&w, 6, r->bundle_len);
    cbor_put_uint(&w, 7);
    cbor_put_bstr(&w, BYTES_OF(r->bundle_digest.b));
    cbor_put_uint(&w, 8);
    put_parts(&w, r);
    assert(writer_done(&w));
    return written(&w);
}

struct bytes release_to_sign(struct bytes payload, struct room out)
{
    return sign1_to_sign("release", payload, out);
}

struct bytes release_build(
    struct bytes payload, const struct signature *signature, struct room out)
{
    return sign1_build(payload, signature, out);
}
