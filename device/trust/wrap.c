/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/wrap.h"

#include "core/base/writer.h"
#include "core/port/trust.h"

#include <string.h>

/* A sealed secret: kind (1), IV (12), ciphertext, tag (16). */
enum { SEALED_HEAD = 1 + 12 };

enum status wrap_seal(const struct crypto *crypto, const struct entropy *entropy,
    const struct key *wrap, enum wrap_kind kind, struct bytes secret, struct room out,
    size_t *len)
{
    const uint8_t head[] = {(uint8_t)kind};
    struct writer w = writer_over(out);
    struct iv iv;

    if (out.cap < secret.len + TRUST_OVERHEAD_MAX)
        return FULL;
    TRY(entropy->fill(entropy->board, ROOM_OF(iv.b)));
    put(&w, BYTES_OF(head));
    put(&w, BYTES_OF(iv.b));
    TRY(crypto->aead_seal(crypto->board, BYTES_OF(wrap->b), &iv, BYTES_OF(head), secret,
        (struct room){out.at + w.len, secret.len + TAG_LEN}));
    *len = w.len + secret.len + TAG_LEN;
    return OK;
}

enum status wrap_open(const struct crypto *crypto, const struct key *wrap,
    enum wrap_kind kind, struct bytes sealed, struct room out, size_t *len)
{
    struct iv iv;

    if (sealed.len < SEALED_HEAD + TAG_LEN || sealed.at[0] != kind
        || out.cap < sealed.len - SEALED_HEAD - TAG_LEN)
        return DAMAGED;
    memcpy(iv.b, sealed.at + 1, sizeof iv.b);
    enum status s = crypto->aead_open(crypto->board, BYTES_OF(wrap->b), &iv,
        (struct bytes){sealed.at, 1},
        (struct bytes){sealed.at + SEALED_HEAD, sealed.len - SEALED_HEAD}, out);
    if (s == OK)
        *len = sealed.len - SEALED_HEAD - TAG_LEN;
    return s == REFUSED ? DAMAGED : s;
}
