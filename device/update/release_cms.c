/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/release_cms.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { AUTHORITIES = 4, LEVEL = 2 /* 112 bits: RSA from 2048, P-256 */ };

struct release_cms {
    struct release_key port;
    X509_STORE *store;
};

static bool digest_is_long_enough(CMS_SignerInfo *signer)
{
    X509_ALGOR *digest = NULL;
    const ASN1_OBJECT *which = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    X509_ALGOR_get0(&which, NULL, NULL, digest);
    int nid = OBJ_obj2nid(which);
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

/* Of who signed, after the signature has verified. */
static bool may_sign_code(CMS_ContentInfo *cms)
{
    STACK_OF(X509) *signers = CMS_get0_signers(cms);
    bool good = sk_X509_num(signers) == 1;

    if (good) {
        X509 *who = sk_X509_value(signers, 0);
        good = (X509_get_extension_flags(who) & EXFLAG_XKUSAGE) != 0
            && X509_get_extended_key_usage(who) == XKU_CODE_SIGN
            && (X509_get_key_usage(who) & KU_DIGITAL_SIGNATURE) != 0;
    }
    sk_X509_free(signers);
    return good;
}

static bool one_signer(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);

    return sk_CMS_SignerInfo_num(signers) == 1
        && digest_is_long_enough(sk_CMS_SignerInfo_value(signers, 0));
}

/* Behind a filter: of a BIO in memory OpenSSL 3.0 makes a copy, and forgets it where a digest is unknown. */
static BIO *content_of(struct bytes parts)
{
    BIO *filter = BIO_new(BIO_f_null());
    BIO *from = BIO_new_mem_buf(parts.at, (int)parts.len);

    if (filter && from)
        return BIO_push(filter, from);
    BIO_free(filter);
    BIO_free(from);
    return NULL;
}

static bool verifies(struct release_cms *c, CMS_ContentInfo *cms, struct bytes parts)
{
    BIO *content = content_of(parts);
    bool good = content && one_signer(cms)
        && CMS_verify(cms, NULL, c->store, content, NULL, CMS_BINARY) == 1
        && may_sign_code(cms);

    BIO_free_all(content);
    return good;
}

static enum status signed_by(void *board, struct bytes parts, struct bytes der)
{
    const uint8_t *at = der.at;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    bool good = cms && at == der.at + der.len
        && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed
        && CMS_is_detached(cms) == 1 && verifies(board, cms, parts);

    CMS_ContentInfo_free(cms);
    return good ? OK : REFUSED;
}

static size_t take_authorities(X509_STORE *store, struct bytes pem)
{
    BIO *from = BIO_new_mem_buf(pem.at, (int)pem.len);
    size_t n = 0;
    X509 *x = NULL;

    while (from && n < AUTHORITIES
        && (x = PEM_read_bio_X509(from, NULL, NULL, NULL)) != NULL) {
        n += X509_check_ca(x) == 1 && X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    BIO_free(from);
    return n;
}

enum status release_cms_new(struct bytes pem, struct release_cms **out)
{
    struct release_cms *c = calloc(1, sizeof *c);
    X509_STORE *store = X509_STORE_new();

    if (!c || !store || take_authorities(store, pem) == 0) {
        X509_STORE_free(store);
        free(c);
        return REFUSED;
    }
    X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME);
    X509_STORE_set_purpose(store, X509_PURPOSE_ANY); /* may_sign_code() is stricter */
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(store), LEVEL);
    c->store = store;
    c->port = (struct release_key){c, signed_by};
    *out = c;
    return OK;
}

void release_cms_free(struct release_cms *c)
{
    if (c)
        X509_STORE_free(c->store);
    free(c);
}

const struct release_key *release_cms_port(struct release_cms *c)
{
    return &c->port;
}
