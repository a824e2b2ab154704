/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/keeper/identity.h"

#include <assert.h>

enum { IDENTITY_VERSION = 2, ENROLMENT_VERSION = 1 };

static void put_head(struct writer *w, uint8_t version, const struct kid *kid,
    const struct x25519_public *cloud)
{
    put_u8(w, version);
    put(w, BYTES_OF(kid->device.b));
    put_u32(w, kid->generation);
    put(w, BYTES_OF(cloud->b));
}

void identity_build(const struct identity_record *v, uint8_t out[IDENTITY_LEN])
{
    struct writer w = writer_over((struct room){out, IDENTITY_LEN});

    put_head(&w, IDENTITY_VERSION, &v->kid, &v->cloud);
    put(&w, BYTES_OF(v->service.b));
    put(&w, BYTES_OF(v->up.b));
    put(&w, BYTES_OF(v->down.b));
    assert(writer_done(&w) && w.len == IDENTITY_LEN);
}

void enrolment_build(const struct enrolment_record *v, uint8_t out[ENROLMENT_LEN])
{
    struct writer w = writer_over((struct room){out, ENROLMENT_LEN});

    put_head(&w, ENROLMENT_VERSION, &v->kid, &v->cloud);
    put(&w, BYTES_OF(v->invitation.b));
    put(&w, BYTES_OF(v->keys.up.b));
    put(&w, BYTES_OF(v->keys.down.b));
    put(&w, BYTES_OF(v->keys.ok.b));
    put(&w, BYTES_OF(v->m1));
    assert(writer_done(&w) && w.len == ENROLMENT_LEN);
}
