/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/release_cms.h"

#include "tests/support/check.h"
#include "tests/support/pki.h"

#include <openssl/cms.h>
#include <openssl/pem.h>

static const uint8_t parts[] = "root file system and boot image";

static struct pki_key authority, other_authority;

struct signing {
    const struct pki_key *by;
    const char *eku;
    int64_t not_after_s;
    const EVP_MD *md;
    unsigned flags, signers;
};

/* DER of a CMS over `parts`; *len of it. */
static size_t sign(const struct signing *s, uint8_t *out, size_t cap)
{
    struct pki_wish wish = {"release", NULL, s->eku, 0, s->not_after_s};
    BIO *content = BIO_new_mem_buf(parts, sizeof parts);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, content, s->flags | CMS_PARTIAL);
    struct pki_key who[2];

    for (unsigned i = 0; i < s->signers; i++) {
        pki_issue(&who[i], s->by, &wish);
        CHECK(CMS_add1_signer(cms, who[i].cert, who[i].key, s->md, 0) != NULL);
    }
    CHECK(CMS_final(cms, content, NULL, s->flags) == 1 || s->signers == 0);
    int len = i2d_CMS_ContentInfo(cms, NULL);
    uint8_t *at = out;
    CHECK(len > 0 && (size_t)len <= cap);
    (void)i2d_CMS_ContentInfo(cms, &at);
    for (unsigned i = 0; i < s->signers; i++)
        pki_free(&who[i]);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    return (size_t)len;
}

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
        struct signing how;
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
        struct bytes cms = {der, sign(&rows[i].how, der, sizeof der)};
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
    struct signing good = {&authority, "codeSigning", 4102444800, EVP_sha256(),
        CMS_DETACHED | CMS_BINARY, 1};
    struct release_cms *c = trusting(&authority);
    const struct release_key *key = release_cms_port(c);
    uint8_t der[8192], changed[sizeof parts];
    size_t len = sign(&good, der, sizeof der);

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

static void test_without_an_authority_there_is_no_release_key(void)
{
    static const uint8_t text[] = "no certificate";
    struct release_cms *c = NULL;

    CHECK(release_cms_new(BYTES_OF(text), &c) == REFUSED);
    CHECK(release_cms_new((struct bytes){text, 0}, &c) == REFUSED);
}

MAIN(TEST(test_only_one_certificate_of_our_authority_for_signing_code_signs_a_bundle),
    TEST(test_no_changed_bit_of_the_parts_and_no_byte_more_is_signed),
    TEST(test_without_an_authority_there_is_no_release_key))
