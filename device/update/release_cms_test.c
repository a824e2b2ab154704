/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/release_cms.h"

#include "tests/support/bundle_sign.h"
#include "tests/support/check.h"

#include <openssl/cms.h>
#include <openssl/pem.h>

static const uint8_t parts[] = "root file system and boot image";

static struct pki_key authority, other_authority;

static struct release_cms *trusting(const struct pki_key *a)
{
    BIO *b = BIO_new(BIO_s_mem());
    char *at = NULL;
    struct release_cms *c = NULL;

    CHECK(PEM_write_bio_X509(b, a->cert) == 1);
    size_t len = (size_t)BIO_get_mem_data(b, &at);
    CHECK(release_cms_new((struct bytes){(const uint8_t *)at, len}, &c) == OK);
    BIO_free(b);
    return c;
}

static void make_authorities(void)
{
    if (authority.key == NULL) {
        pki_authority(&authority, "TEST ONLY release authority");
        pki_authority(&other_authority, "TEST ONLY release authority");
    }
}

/* Req: HF-UPD-001 "A device shall write no byte of a release before two signatures of two keys over it have been verified." */
static void test_only_one_certificate_of_our_authority_for_signing_code_signs_a_bundle(
    void)
{
    static const int64_t far_s = 4102444800;
    enum { DETACHED = CMS_DETACHED | CMS_BINARY };
    make_authorities();
    const struct {
        const char *what;
        struct bundle_signing how;
        enum status is;
    } rows[] = {
        {"as it should be",
            {&authority, "codeSigning", far_s, EVP_sha256(), DETACHED, 1}, OK},
        {"SHA-512", {&authority, "codeSigning", far_s, EVP_sha512(), DETACHED, 1}, OK},
        {"a certificate that has ended: the counter ends releases, not the clock",
            {&authority, "codeSigning", 1000, EVP_sha256(), DETACHED, 1}, OK},
        {"another authority of the same name",
            {&other_authority, "codeSigning", far_s, EVP_sha256(), DETACHED, 1},
            REFUSED},
        {"a certificate of a device",
            {&authority, "clientAuth", far_s, EVP_sha256(), DETACHED, 1}, REFUSED},
        {"a certificate for mail",
            {&authority, "emailProtection", far_s, EVP_sha256(), DETACHED, 1}, REFUSED},
        {"a certificate for everything",
            {&authority, "codeSigning,clientAuth", far_s, EVP_sha256(), DETACHED, 1},
            REFUSED},
        {"a certificate for nothing said",
            {&authority, NULL, far_s, EVP_sha256(), DETACHED, 1}, REFUSED},
        {"SHA-1", {&authority, "codeSigning", far_s, EVP_sha1(), DETACHED, 1}, REFUSED},
        {"two signers", {&authority, "codeSigning", far_s, EVP_sha256(), DETACHED, 2},
            REFUSED},
        {"no signer", {&authority, "codeSigning", far_s, EVP_sha256(), DETACHED, 0},
            REFUSED},
        {"the content inside",
            {&authority, "codeSigning", far_s, EVP_sha256(), CMS_BINARY, 1}, REFUSED},
    };
    struct release_cms *c = trusting(&authority);
    const struct release_key *key = release_cms_port(c);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t der[8192];
        struct bytes cms = {
            der, bundle_sign(&rows[i].how, BYTES_OF(parts), ROOM_OF(der))};
        enum status got = key->signed_by(key->board, BYTES_OF(parts), cms);
        if (got != rows[i].is)
            printf("# %s: %d\n", rows[i].what, (int)got);
        CHECK(got == rows[i].is);
    }
    release_cms_free(c);
}

static void test_no_changed_bit_of_the_parts_and_no_byte_more_is_signed(void)
{
    make_authorities();
    struct bundle_signing good = {&authority, "codeSigning", 4102444800, EVP_sha256(),
        CMS_DETACHED | CMS_BINARY, 1};
    struct release_cms *c = trusting(&authority);
    const struct release_key *key = release_cms_port(c);
    uint8_t der[8192], changed[sizeof parts];
    size_t len = bundle_sign(&good, BYTES_OF(parts), ROOM_OF(der));

    memcpy(changed, parts, sizeof parts);
    for (size_t bit = 0; bit < sizeof parts * 8; bit++) {
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(key->signed_by(key->board, BYTES_OF(changed), (struct bytes){der, len})
            == REFUSED);
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(key->signed_by(key->board, (struct bytes){parts, sizeof parts - 1},
              (struct bytes){der, len})
        == REFUSED);
    der[len] = 0;
    CHECK(key->signed_by(key->board, BYTES_OF(parts), (struct bytes){der, len + 1})
        == REFUSED);
    for (size_t n = 0; n < len; n += 7)
        CHECK(key->signed_by(key->board, BYTES_OF(parts), (struct bytes){der, n})
            == REFUSED);
    release_cms_free(c);
}

/* Found by release_cms_fuzz. */
static void test_a_digest_that_nobody_knows_is_refused_and_leaves_no_memory_behind(void)
{
    static const uint8_t sha256[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1};
    make_authorities();
    struct bundle_signing good = {&authority, "codeSigning", 4102444800, EVP_sha256(),
        CMS_DETACHED | CMS_BINARY, 1};
    struct release_cms *c = trusting(&authority);
    const struct release_key *key = release_cms_port(c);
    uint8_t der[8192];
    size_t len = bundle_sign(&good, BYTES_OF(parts), ROOM_OF(der));

    uint8_t *named = memmem(der, len, sha256, sizeof sha256);
    CHECK(named != NULL);
    named[sizeof sha256 - 1] = 0x74;
    CHECK(key->signed_by(key->board, BYTES_OF(parts), (struct bytes){der, len})
        == REFUSED);
    release_cms_free(c);
}

static void test_without_an_authority_there_is_no_release_key(void)
{
    static const uint8_t text[] = "no certificate";
    struct release_cms *c = NULL;

    CHECK(release_cms_new(BYTES_OF(text), &c) == REFUSED);
    CHECK(release_cms_new((struct bytes){text, 0}, &c) == REFUSED);
}

MAIN(TEST(test_only_one_certificate_of_our_authority_for_signing_code_signs_a_bundle),
    TEST(test_no_changed_bit_of_the_parts_and_no_byte_more_is_signed),
    TEST(test_a_digest_that_nobody_knows_is_refused_and_leaves_no_memory_behind),
    TEST(test_without_an_authority_there_is_no_release_key))
