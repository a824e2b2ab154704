/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/maker_chain.h"

#include <openssl/x509v3.h>
#include <time.h>

bool maker_chain_holds(
    X509 *leaf, STACK_OF(X509) * between, STACK_OF(X509) * anchors, int64_t now_utc_s)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *x = X509_STORE_CTX_new();

    bool good =
        store != NULL && x != NULL && X509_STORE_CTX_init(x, store, leaf, between) == 1;
    if (good) {
        X509_STORE_CTX_set0_trusted_stack(x, anchors);
        X509_STORE_CTX_set_time(x, 0, (time_t)now_utc_s);
        X509_STORE_CTX_set_flags(x, X509_V_FLAG_PARTIAL_CHAIN);
        good = X509_verify_cert(x) == 1;
    }
    X509_STORE_CTX_free(x);
    X509_STORE_free(store);
    return good;
}
