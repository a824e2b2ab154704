/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/attest.h"

#include "cloud/attest/boot_rule.h"
#include "cloud/attest/certified_rule.h"
#include "cloud/attest/fresh_rule.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

enum { SIGNATURE_DER = 72 };

static bool sha256(struct bytes a, struct bytes b, struct digest *out)
{
    EVP_MD_CTX *x = EVP_MD_CTX_new();
    bool good = x != NULL && EVP_DigestInit_ex(x, EVP_sha256(), NULL) == 1
        && EVP_DigestUpdate(x, a.at, a.len) == 1
        && EVP_DigestUpdate(x, b.at, b.len) == 1
        && EVP_DigestFinal_ex(x, out->b, NULL) == 1;

    EVP_MD_CTX_free(x);
    return good;
}

static enum status name_of(struct bytes public, struct said_name *out)
{
    struct digest d;

    if (!sha256(public, (struct bytes){0}, &d))
        return BROKEN;
    out->b[0] = 0;
    out->b[1] = 0x0b;
    memcpy(out->b + 2, d.b, sizeof d.b);
    return OK;
}

/* NULL: not a point of the curve, or the library failed. */
static EVP_PKEY *key_of(const uint8_t point[TPM_SAID_POINT])
{
    char group[] = "prime256v1";
    uint8_t copy[TPM_SAID_POINT];
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
        OSSL_PARAM_construct_end()};
    if (x == NULL || EVP_PKEY_fromdata_init(x) != 1
        || EVP_PKEY_fromdata(x, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(x);
    return key;
}

static int der_of(const struct said_signature_p256 *in, uint8_t out[SIGNATURE_DER])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(in->r, sizeof in->r, NULL),
           *s = BN_bin2bn(in->s, sizeof in->s, NULL);
    unsigned char *at = out;
    int n = 0;

    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        n = i2d_ECDSA_SIG(sig, NULL) <= SIGNATURE_DER ? i2d_ECDSA_SIG(sig, &at) : 0;
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    return n;
}

static bool verifies(const uint8_t point[TPM_SAID_POINT], struct bytes text,
    const struct said_signature_p256 *signature)
{
    uint8_t der[SIGNATURE_DER];
    EVP_PKEY *key = key_of(point);
    EVP_MD_CTX *x = EVP_MD_CTX_new();
    int n = der_of(signature, der);
    bool good = key != NULL && x != NULL && n > 0
        && EVP_DigestVerifyInit(x, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestVerify(x, der, (size_t)n, text.at, text.len) == 1;

    EVP_MD_CTX_free(x);
    EVP_PKEY_free(key);
    return good;
}

static enum status refuse(const char **why, const char *word)
{
    *why = word;
    return REFUSED;
}

enum status attest_key_read(
    struct bytes public, struct attest_key *out, const char **why)
{
    static const uint32_t need = SAID_FIXED_TPM | SAID_FIXED_PARENT
        | SAID_SENSITIVE_DATA_ORIGIN | SAID_RESTRICTED | SAID_SIGN;
    struct said_public is;
    struct attest_key got;

    if (said_public_parse(public, &is) != OK)
        return refuse(why, "structure");
    if ((is.attributes & need) != need || (is.attributes & SAID_DECRYPT) != 0)
        return refuse(why, "attributes");
    EVP_PKEY *key = key_of(is.point);
    EVP_PKEY_free(key);
    if (key == NULL)
        return refuse(why, "key");
    memcpy(got.point, is.point, sizeof got.point);
    TRY(name_of(public, &got.name));
    *out = got;
    return OK;
}

/* Signed by this key, and of this kind. */
static enum status read_evidence(const struct attest_key *by,
    const struct attest_evidence *e, enum said_kind kind, struct said_attest *out,
    const char **why)
{
    struct said_signature_p256 signature;

    if (said_signature_parse(e->signature, &signature) != OK)
        return refuse(why, "structure");
    if (!verifies(by->point, e->said, &signature))
        return refuse(why, "signature");
    if (said_attest_parse(e->said, out) != OK)
        return refuse(why, "structure");
    return out->kind == kind ? OK : refuse(why, "kind");
}

/* Req: HF-TPM-006 "The verifier shall take a key for one of a TPM only if that TPM's attestation key certifies that it
 * is fixed to it and was made in it." */
enum status attest_certified(const struct attest_key *by, struct bytes public,
    const struct attest_evidence *e, uint8_t point[TPM_SAID_POINT], const char **why)
{
    struct said_attest said;
    struct said_public is;
    struct said_name name;

    TRY(read_evidence(by, e, SAID_CERTIFY, &said, why));
    if (said_public_parse(public, &is) != OK)
        return refuse(why, "structure");
    TRY(name_of(public, &name));
    TRY(certified_rule(&said.certified, &name, is.attributes, why));
    memcpy(point, is.point, sizeof is.point);
    return OK;
}

/* Of the nonce and the channel that the device names; then whether they are ours. */
static enum status fresh(const struct said_attest *quote,
    const struct attest_fresh *said, const struct attest_fresh *ours, const char **why)
{
    struct digest bound;

    if (!sha256(BYTES_OF(said->nonce.b), BYTES_OF(said->channel.b), &bound))
        return BROKEN;
    if (quote->extra_len != sizeof bound.b
        || !ct_equal(quote->extra, bound.b, sizeof bound.b))
        return refuse(why, "binding");
    if (!quote_nonce_is_ours(&said->nonce, &ours->nonce))
        return refuse(why, "nonce");
    if (!quote_channel_is_ours(&said->channel, &ours->channel))
        return refuse(why, "channel");
    return OK;
}

/* Req: HF-TPM-007 "A quote shall count only for the nonce and the TLS channel for which it was asked, and for
 * measurements that are known and new enough." */
enum status attest_quoted(const struct attest_key *by, const struct attest_evidence *e,
    const struct attest_fresh *said, const struct attest_fresh *ours,
    const struct attest_policy *policy, uint32_t *version, const char **why)
{
    struct said_attest quote;

    TRY(read_evidence(by, e, SAID_QUOTE, &quote, why));
    TRY(fresh(&quote, said, ours, why));
    if (quote.registers != policy->registers)
        return refuse(why, "selection");
    const struct attest_boot *boot = boot_known(policy, &quote.measured);
    if (boot == NULL)
        return refuse(why, "measurements");
    *version = boot->security_version;
    return boot_new_enough(policy, boot) ? OK : refuse(why, "version");
}
