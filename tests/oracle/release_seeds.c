/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/oracle/release_seeds.h"

#include "core/base/limits.h"
#include "core/base/writer.h"
#include "tests/support/bundle_sign.h"

#include <assert.h>
#include <openssl/cms.h>

static const uint8_t parts[] = {'p', 'a', 'r', 't', 's'};

struct bytes release_seed_cms(unsigned long i)
{
    static const int64_t far_s = 4102444800;
    enum { DETACHED = CMS_DETACHED | CMS_BINARY, SMALL = DETACHED | CMS_NOATTR };
    static uint8_t der[LIMIT_UPDATE_SIGNATURE];
    struct pki_key ours, others;

    pki_authority_known(&ours, "TEST ONLY release authority", 1);
    pki_authority_known(&others, "TEST ONLY release authority", 2);
    const struct bundle_signing rows[] = {
        {&ours, "codeSigning", far_s, EVP_sha256(), SMALL, 1},
        {&ours, "codeSigning", far_s, EVP_sha512(), DETACHED, 1},
        {&others, "codeSigning", far_s, EVP_sha256(), SMALL, 1},
        {&ours, "clientAuth", far_s, EVP_sha256(), SMALL, 1},
        {&ours, "codeSigning", far_s, EVP_sha1(), SMALL, 1},
        {&ours, "codeSigning", far_s, EVP_sha256(), SMALL, 2},
        {&ours, "codeSigning", far_s, EVP_sha256(), CMS_BINARY | CMS_NOATTR, 1},
        {&ours, "codeSigning", far_s, EVP_sha256(), SMALL, 0},
    };
    size_t len = bundle_sign(
        &rows[i % (sizeof rows / sizeof rows[0])], BYTES_OF(parts), ROOM_OF(der));
    pki_free(&ours);
    pki_free(&others);
    return (struct bytes){der, len};
}

struct bytes release_seed_bundle(unsigned long i)
{
    static uint8_t bundle[sizeof parts + LIMIT_UPDATE_SIGNATURE + 8];
    static const uint8_t smallest[] = {'s'};
    struct bytes cms = i % 2 ? BYTES_OF(smallest) : release_seed_cms(i);
    struct writer w = writer_over(ROOM_OF(bundle));

    put(&w, BYTES_OF(parts));
    put(&w, cms);
    put_u64(&w, cms.len);
    assert(writer_done(&w));
    return written(&w);
}
