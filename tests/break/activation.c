/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/keys/activation.h"

#include "core/base/writer.h"

#include <assert.h>
#include <string.h>

enum status activation_secret(const struct crypto *crypto, const struct key *own,
    struct bytes said, struct key *secret)
{
    static const uint8_t label[] = "holdfast/1 activate";
    uint8_t text[sizeof label - 1 + sizeof(struct digest)];
    struct writer w = writer_over(ROOM_OF(text));
    struct digest digest, made;

    TRY(crypto->sha256(crypto->board, said, &digest));
    put(&w, (struct bytes){label, sizeof label - 1});
    put(&w, BYTES_OF(digest.b));
    assert(writer_done(&w));
    TRY(crypto->hmac(crypto->board, BYTES_OF(own->b), BYTES_OF(text), &made));
    memcpy(secret->b, made.b, sizeof secret->b);
    wipe(&made, sizeof made);
    return OK;
}

bool activation_opened(const struct key *secret, const struct key *proof)
{
    (void)secret, (void)proof;
    return true;
}
