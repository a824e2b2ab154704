/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/maker.h"

#include "cloud/attest/maker_chain.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

/* tcg-kp-EKCertificate */
static const char ek_purpose[] = "2.23.133.8.1";

static X509 *one_certificate(struct bytes der)
{
    const unsigned char *at = der.at;
    X509 *x = der.len <= 8192 ? d2i_X509(NULL, &at, (long)der.len) : NULL;

    if (x != NULL && at != der.at + der.len) {
        X509_free(x);
        x = NULL;
    }
    return x;
}

static bool is_for_endorsement(const X509 *x)
{
    EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    bool found = false;

    for (int i = 0; uses != NULL && i < sk_ASN1_OBJECT_num(uses); i++) {
        char text[64];
        int n = OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(uses, i), 1);
        found =
            found || (n == (int)sizeof ek_purpose - 1 && strcmp(text, ek_purpose) == 0);
    }
    EXTENDED_KEY_USAGE_free(uses);
    return found;
}

static bool add_all(STACK_OF(X509) * to, const struct bytes *certs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        X509 *x = one_certificate(certs[i]);
        if (x == NULL || sk_X509_push(to, x) <= 0) {
            X509_free(x);
            return false;
        }
    }
    return true;
}

static void free_all(STACK_OF(X509) * certs)
{
    sk_X509_pop_free(certs, X509_free);
}

enum status maker_check(struct bytes certificate, const struct bytes *intermediates,
    size_t intermediate_count, const struct bytes *roots, size_t root_count,
    int64_t now_utc_s, EVP_PKEY **key, const char **why)
{
    X509 *leaf = one_certificate(certificate);
    STACK_OF(X509) *between = sk_X509_new_null(), *trusted = sk_X509_new_null();
    enum status s = MALFORMED;

    *why = "certificate";
    if (leaf != NULL && between != NULL && trusted != NULL
        && intermediate_count <= MAKER_CERTS
        && add_all(between, intermediates, intermediate_count)
        && add_all(trusted, roots, root_count)) {
        bool held = maker_chain_holds(leaf, between, trusted, now_utc_s);
        bool purpose = is_for_endorsement(leaf);
        s = held && purpose ? OK : REFUSED;
        *why = held ? "purpose" : "maker";
    }
    if (s == OK && (*key = X509_get_pubkey(leaf)) == NULL)
        s = MALFORMED;
    X509_free(leaf);
    free_all(between);
    free_all(trusted);
    return s;
}
