/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/cert_build.h"

#include "core/base/hex.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, BACKDATE = 3600 };

enum status cert_new_key(EVP_PKEY **out)
{
    *out = EVP_EC_gen("P-256");
    return *out ? OK : BROKEN;
}

static bool add(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = e && X509_add_ext(cert, e, -1) == 1;
    X509_EXTENSION_free(e);
    return ok;
}

static bool add_names(X509 *cert, GENERAL_NAMES *names)
{
    return X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) == 1;
}

/* A name that OpenSSL's own extension language never sees: no injection through it. */
static bool push_name(GENERAL_NAMES *names, int type, const char *text)
{
    GENERAL_NAME *n = GENERAL_NAME_new();
    ASN1_OCTET_STRING *ip = type == GEN_DNS ? a2i_IPADDRESS(text) : NULL;
    ASN1_IA5STRING *s = ip ? NULL : ASN1_IA5STRING_new();

    if (ip)
        GENERAL_NAME_set0_value(n, GEN_IPADD, ip);
    else if (n && s && ASN1_STRING_set(s, text, (int)strlen(text)) == 1)
        GENERAL_NAME_set0_value(n, type, s);
    else {
        ASN1_IA5STRING_free(s);
        GENERAL_NAME_free(n);
        return false;
    }
    return sk_GENERAL_NAME_push(names, n) > 0;
}

static bool set_serial(X509 *cert)
{
    uint8_t raw[16];
    if (RAND_bytes(raw, sizeof raw) != 1)
        return false;
    raw[0] = (uint8_t)((raw[0] & 0x3f) | 0x40); /* positive, full length */
    BIGNUM *bn = BN_bin2bn(raw, sizeof raw, NULL);
    bool ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert));
    BN_free(bn);
    return ok;
}

/* Everything that all our certificates have in common. */
static X509 *blank(
    EVP_PKEY *subject_key, const char *common_name, X509 *issuer, long days)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_NAME_new();
    bool ok = cert && name && X509_set_version(cert, X509_VERSION_3) == 1
        && set_serial(cert)
        && X509_NAME_add_entry_by_txt(
               name, "O", MBSTRING_ASC, (const uint8_t *)"Holdfast", -1, -1, 0)
            == 1
        && X509_NAME_add_entry_by_txt(
               name, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1, -1, 0)
            == 1
        && X509_set_subject_name(cert, name) == 1
        && X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : name)
            == 1
        && X509_gmtime_adj(X509_getm_notBefore(cert), -BACKDATE)
        && X509_gmtime_adj(X509_getm_notAfter(cert), days * DAY)
        && X509_set_pubkey(cert, subject_key) == 1;
    X509_NAME_free(name);
    if (ok)
        return cert;
    X509_free(cert);
    return NULL;
}

static enum status finish(X509 *cert, bool ok, EVP_PKEY *ca_key, X509 **out)
{
    if (ok && X509_sign(cert, ca_key, EVP_sha256()) > 0) {
        *out = cert;
        return OK;
    }
    ERR_clear_error();
    X509_free(cert);
    return BROKEN;
}

enum status cert_authority(EVP_PKEY *key, const char *common_name, X509 **out)
{
    X509 *c = blank(key, common_name, NULL, 20 * 365);
    bool ok = c && add(c, c, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        && add(c, c, NID_key_usage, "critical,keyCertSign,cRLSign")
        && add(c, c, NID_subject_key_identifier, "hash");
    return finish(c, ok, key, out);
}

static bool add_leaf(X509 *c, X509 *ca, const char *purpose)
{
    return add(c, ca, NID_basic_constraints, "critical,CA:FALSE")
        && add(c, ca, NID_key_usage, "critical,digitalSignature")
        && add(c, ca, NID_ext_key_usage, purpose)
        && add(c, ca, NID_authority_key_identifier, "keyid");
}

enum status cert_server(EVP_PKEY *ca_key, X509 *ca, EVP_PKEY *key, const char *name,
    const char *also, const char *also2, X509 **out)
{
    X509 *c = blank(key, "Holdfast server", ca, 5 * 365);
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    bool ok = c && names && push_name(names, GEN_DNS, name)
        && (!also || push_name(names, GEN_DNS, also))
        && (!also2 || push_name(names, GEN_DNS, also2)) && add_names(c, names)
        && add_leaf(c, ca, "critical,serverAuth");
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    return finish(c, ok, ca_key, out);
}

static enum status point_key(const uint8_t point[P256_PUBLIC_LEN], EVP_PKEY **out)
{
    char group[] = "prime256v1";
    uint8_t copy[P256_PUBLIC_LEN];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    /* uncompressed only, and OpenSSL checks that the point is on the curve */
    bool ok = point[0] == 4 && ctx && EVP_PKEY_fromdata_init(ctx) == 1
        && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_CTX *check = ok ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    ok = check && EVP_PKEY_public_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    ERR_clear_error();
    if (!ok) {
        EVP_PKEY_free(key);
        return REFUSED;
    }
    *out = key;
    return OK;
}

enum status cert_device(EVP_PKEY *ca_key, X509 *ca, const struct device_id *device,
    const uint8_t point[P256_PUBLIC_LEN], struct room der, size_t *len)
{
    char uuid[UUID_TEXT], urn[UUID_TEXT + 9];
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;

    TRY(point_key(point, &key));
    uuid_of(device->b, uuid);
    snprintf(urn, sizeof urn, "urn:uuid:%s", uuid);
    X509 *c = blank(key, uuid, ca, LIMIT_DEVICE_CERT_DAYS);
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    bool ok = c && names && push_name(names, GEN_URI, urn) && add_names(c, names)
        && add_leaf(c, ca, "critical,clientAuth");
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    EVP_PKEY_free(key);
    enum status s = finish(c, ok, ca_key, &cert);
    if (s != OK)
        return s;
    if (der.cap > LIMIT_CERT)
        der.cap = LIMIT_CERT;
    s = cert_der(cert, der, len);
    X509_free(cert);
    return s;
}

enum status cert_der(X509 *cert, struct room der, size_t *len)
{
    int n = i2d_X509(cert, NULL);
    if (n <= 0 || (size_t)n > der.cap)
        return BROKEN;
    uint8_t *at = der.at;
    *len = (size_t)i2d_X509(cert, &at);
    return OK;
}

enum status cert_key_der(EVP_PKEY *key, struct room der, size_t *len)
{
    PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(key);
    int n = p8 ? i2d_PKCS8_PRIV_KEY_INFO(p8, NULL) : -1;
    enum status s = BROKEN;
    if (n > 0 && (size_t)n <= der.cap) {
        uint8_t *at = der.at;
        *len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(p8, &at);
        s = OK;
    }
    PKCS8_PRIV_KEY_INFO_free(p8);
    return s;
}
