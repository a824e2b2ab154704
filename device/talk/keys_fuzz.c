/* SPDX-License-Identifier: Apache-2.0 */
/* What a parser accepts is, built again, the same bytes: the first byte chooses the parser, the
 * second whether zeros fill the body up. */
#include "device/talk/keys.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct bytes built, struct bytes in)
{
    if (built.len != in.len || memcmp(built.at, in.at, in.len) != 0)
        abort();
}

static void try(uint8_t which, struct bytes in, struct room out)
{
    struct said_secret secret;
    struct said_signature signature;
    struct digest digest;
    uint8_t point[P256_PUBLIC_LEN];
    enum no_key why;
    struct trust_credential credential;
    struct said_quote quote;
    struct trust_evidence evidence;
    struct trust_identity identity;

    if (which == 0 && secret_parse(in, &secret) == OK)
        same(secret_build(&secret, out), in);
    if (which == 1 && signature_parse(in, &signature) == OK)
        same(signature_build(&signature, out), in);
    if (which == 2 && digest_parse(in, &digest) == OK)
        same(BYTES_OF(digest.b), in);
    if (which == 3 && public_parse(in, point) == OK)
        same(BYTES_OF(point), in);
    if (which == 4 && no_key_parse(in, &why) == OK)
        same(no_key_build(why, out), in);
    if (which == 5 && credential_parse(in, &credential) == OK)
        same(credential_build(&credential, out), in);
    if (which == 6 && quote_parse(in, &quote) == OK)
        same(quote_build(&quote, out), in);
    if (which == 7 && evidence_parse(in, &evidence) == OK)
        same(evidence_build(&evidence, out), in);
    if (which == 8 && identity_said_parse(in, &identity) == OK)
        same(identity_said_build(&identity, out), in);
}

static size_t length_of(uint8_t which)
{
    static const size_t lengths[] = {SAID_SECRET_LEN, SAID_SIGNATURE_LEN,
        sizeof(struct digest), P256_PUBLIC_LEN, 1, SAID_CREDENTIAL_LEN, SAID_QUOTE_LEN,
        SAID_EVIDENCE_LEN, SAID_IDENTITY_LEN};
    return which < sizeof lengths / sizeof lengths[0] ? lengths[which] : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t out[SAID_IDENTITY_LEN];

    if (size < 2)
        return 0;
    bool fill = data[1] % 4 != 0;
    struct bytes in =
        filled((struct bytes){data + 2, size - 2}, fill ? length_of(data[0]) : 0);
    try(data[0], in, ROOM_OF(out));
    filled_free(in);
    return 0;
}
