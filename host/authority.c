/* SPDX-License-Identifier: Apache-2.0 */
#include "host/authority.h"

#include "host/tls_der.h"

#include <openssl/x509v3.h>

bool authority_may_sign(const struct pin *pin)
{
    X509 *cert = NULL;
    bool good = tls_cert((struct bytes){pin->der, pin->len}, &cert) == OK
        && X509_check_ca(cert) == 1;

    X509_free(cert);
    return good;
}

/* Req: HF-PIN-003 "each with a key of its own" */
static bool share_a_key(const struct pin *a, const struct pin *b)
{
    X509 *x = NULL, *y = NULL;
    bool shared = true;

    if (tls_cert((struct bytes){a->der, a->len}, &x) == OK
        && tls_cert((struct bytes){b->der, b->len}, &y) == OK)
        shared = EVP_PKEY_eq(X509_get0_pubkey(x), X509_get0_pubkey(y)) != 0;
    X509_free(x);
    X509_free(y);
    return shared;
}

bool authorities_have_own_keys(const struct pin_set *set)
{
    for (uint8_t i = 0; i < set->count; i++)
        for (uint8_t k = 0; k < i; k++)
            if (share_a_key(&set->pins[i], &set->pins[k]))
                return false;
    return true;
}
