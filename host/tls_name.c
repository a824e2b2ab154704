/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include <openssl/x509v3.h>
#include <string.h>

/* Req: HF-LINK-004 "The server's certificate shall bear the name that the bundle gives." */
enum status tls_set_name(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    char sni[256]; /* not const: OpenSSL */

    if (strlen(name) >= sizeof sni)
        return BROKEN;
    memcpy(sni, name, strlen(name) + 1);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
        return OK;
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_host(param, name, 0) != 1)
        return BROKEN;
    return SSL_set_tlsext_host_name(ssl, sni) == 1 ? OK : BROKEN;
}
