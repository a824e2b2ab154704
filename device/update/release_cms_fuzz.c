/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/release_cms.h"

#include "tests/support/pki.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the seeds of wire_generate are signed over, and by whom (tests/oracle/release_seeds.h). */
static const uint8_t parts[] = {'p', 'a', 'r', 't', 's'};
static struct pki_key authority;
static struct release_cms *key;

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    BIO *b = BIO_new(BIO_s_mem());
    char *at = NULL;

    (void)argc;
    (void)argv;
    pki_authority_known(&authority, "TEST ONLY release authority", 1);
    must(PEM_write_bio_X509(b, authority.cert) == 1);
    size_t len = (size_t)BIO_get_mem_data(b, &at);
    must(release_cms_new((struct bytes){(const uint8_t *)at, len}, &key) == OK);
    BIO_free(b);
    return 0;
}

static bool taken(struct bytes content, struct bytes der)
{
    const struct release_key *k = release_cms_port(key);
    return k->signed_by(k->board, content, der) == OK;
}

static bool for_code_alone(X509 *who)
{
    EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(who, NID_ext_key_usage, NULL, NULL);
    bool good = sk_ASN1_OBJECT_num(uses) == 1
        && OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, 0)) == NID_code_sign;

    EXTENDED_KEY_USAGE_free(uses);
    return good;
}

/* Read once more, by other questions: whose certificate signed it, and that nothing is inside. */
static void signed_by_one_of_ours(struct bytes der)
{
    const uint8_t *at = der.at;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);

    must(cms != NULL && *CMS_get0_content(cms) == NULL);
    must(sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) == 1);
    STACK_OF(X509) *held = CMS_get1_certs(cms);
    must(CMS_set1_signers_certs(cms, held, 0) == 1);
    X509 *who = NULL;
    CMS_SignerInfo_get0_algs(
        sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0), NULL, &who, NULL, NULL);
    must(who != NULL && X509_verify(who, authority.key) == 1 && for_code_alone(who));
    sk_X509_pop_free(held, X509_free);
    CMS_ContentInfo_free(cms);
}

/* libcrypto is not built for the fuzzer: what leads it is what our own lines make of an input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes der = {data, size};
    uint8_t changed[sizeof parts];

    if (size > LIMIT_UPDATE_SIGNATURE || !taken(BYTES_OF(parts), der))
        return 0;
    signed_by_one_of_ours(der);
    memcpy(changed, parts, sizeof parts);
    changed[size % sizeof parts] ^= 1;
    must(!taken(BYTES_OF(changed), der));
    must(!taken((struct bytes){parts, sizeof parts - 1}, der));
    uint8_t *longer = malloc(size + 1);
    must(longer != NULL);
    memcpy(longer, data, size);
    longer[size] = 0;
    must(!taken(BYTES_OF(parts), (struct bytes){longer, size + 1}));
    free(longer);
    return 0;
}
