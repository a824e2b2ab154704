/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include <openssl/x509v3.h>

/* The bound travels as the parameter's time, which NO_CHECK_TIME keeps OpenSSL from using. */
static int still_valid_at_bound(int ok, X509_STORE_CTX *ctx)
{
    time_t bound = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx));
    const X509 *cert = X509_STORE_CTX_get_current_cert(ctx);

    if (ok != 1)
        return 0;
    if (cert != NULL && X509_cmp_time(X509_get0_notAfter(cert), &bound) <= 0) {
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_HAS_EXPIRED);
        return 0;
    }
    return 1;
}

enum status tls_set_time(
    SSL *ssl, bool clock_known, uint64_t now_utc_s, uint64_t bound_utc_s)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    X509_VERIFY_PARAM_set_time(param, (time_t)(clock_known ? now_utc_s : bound_utc_s));
    if (clock_known)
        return OK;
    X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_USE_CHECK_TIME); /* it would win */
    if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME) != 1)
        return BROKEN;
    SSL_set_verify(ssl, SSL_get_verify_mode(ssl), still_valid_at_bound);
    return OK;
}
