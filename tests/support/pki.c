/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/pki.h"

#include <assert.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

static void add_extension(X509 *cert, const X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509 *ca = X509_dup(issuer);

    X509V3_set_ctx(&ctx, ca, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert(e != NULL && X509_add_ext(cert, e, -1) == 1);
    X509_EXTENSION_free(e);
    X509_free(ca);
}

static void write_der(struct pki_key *k)
{
    uint8_t *at = k->cert_der;
    int len = i2d_X509(k->cert, NULL);

    assert(len > 0 && (size_t)len <= sizeof k->cert_der);
    k->cert_len = (size_t)i2d_X509(k->cert, &at);
    at = k->key_der;
    len = i2d_PrivateKey(k->key, NULL);
    assert(len > 0 && (size_t)len <= sizeof k->key_der);
    k->key_len = (size_t)i2d_PrivateKey(k->key, &at);
}

static void certify(struct pki_key *out, EVP_PKEY *key, const struct pki_key *by,
    const struct pki_wish *wish)
{
    uint8_t serial[8];
    uint32_t number;

    memset(out, 0, sizeof *out);
    out->key = key;
    out->cert = X509_new();
    assert(out->key != NULL && out->cert != NULL);
    assert(RAND_bytes(serial, sizeof serial) == 1);
    memcpy(&number, serial, sizeof number);
    X509_set_version(out->cert, 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(out->cert), number | 1u);
    ASN1_TIME_set(X509_getm_notBefore(out->cert), wish->not_before_s);
    ASN1_TIME_set(X509_getm_notAfter(out->cert), wish->not_after_s);
    X509_set_pubkey(out->cert, out->key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out->cert), "CN", MBSTRING_UTF8,
        (const unsigned char *)wish->subject, -1, -1, 0);

    const struct pki_key *issuer = by != NULL ? by : out;
    X509_set_issuer_name(out->cert, X509_get_subject_name(issuer->cert));
    add_extension(out->cert, issuer->cert, NID_basic_constraints,
        by == NULL ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE");
    add_extension(out->cert, issuer->cert, NID_key_usage,
        by == NULL ? "critical,keyCertSign" : "critical,digitalSignature");
    add_extension(out->cert, issuer->cert, NID_subject_key_identifier, "hash");
    if (by != NULL)
        add_extension(
            out->cert, issuer->cert, NID_authority_key_identifier, "keyid:always");
    if (wish->san != NULL)
        add_extension(out->cert, issuer->cert, NID_subject_alt_name, wish->san);
    if (wish->eku != NULL)
        add_extension(out->cert, issuer->cert, NID_ext_key_usage, wish->eku);
    assert(X509_sign(out->cert, issuer->key, EVP_sha256()) > 0);
    write_der(out);
}

void pki_authority(struct pki_key *out, const char *subject)
{
    struct pki_wish wish = {subject, NULL, NULL, 0, 4102444800};
    certify(out, EVP_EC_gen("P-256"), NULL, &wish);
}

/* An ECPrivateKey of RFC 5915 whose number is one byte. */
static EVP_PKEY *known_key(uint8_t number)
{
    static const uint8_t head[] = {0x30, 0x31, 2, 1, 1, 4, 32};
    static const uint8_t p256[] = {
        0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
    uint8_t der[sizeof head + 32 + sizeof p256] = {0};
    const uint8_t *at = der;

    memcpy(der, head, sizeof head);
    der[sizeof head + 31] = number;
    memcpy(der + sizeof head + 32, p256, sizeof p256);
    return d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, sizeof der);
}

void pki_authority_known(struct pki_key *out, const char *subject, uint8_t key)
{
    struct pki_wish wish = {subject, NULL, NULL, 0, 4102444800};
    certify(out, known_key(key), NULL, &wish);
}

void pki_issue(
    struct pki_key *out, const struct pki_key *by, const struct pki_wish *wish)
{
    assert(by != NULL);
    certify(out, EVP_EC_gen("P-256"), by, wish);
}

void pki_free(struct pki_key *k)
{
    X509_free(k->cert);
    EVP_PKEY_free(k->key);
}
