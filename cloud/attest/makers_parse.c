/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/makers.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

static const char *take_one(const X509 *x, struct makers *out, size_t *used)
{
    X509 *copy = X509_dup(x); /* asking what it is for fills in its own notes */
    bool authority = copy != NULL && X509_check_ca(copy) > 0;
    int len = i2d_X509(x, NULL);

    X509_free(copy);
    if (!authority)
        return "certificates of authorities only";
    if (out->count == MAKERS_MAX)
        return "at most 32 certificates";
    if (len <= 0 || (size_t)len > sizeof out->mem - *used)
        return "at most 65536 bytes";
    unsigned char *at = out->mem + *used;
    out->der[out->count++] = (struct bytes){at, (size_t)len};
    (void)i2d_X509(x, &at);
    *used += (size_t)len;
    return NULL;
}

/* NULL: nothing more, and nothing that was begun. */
static const char *take_all(BIO *in, struct makers *out)
{
    size_t used = 0;
    const char *expected = NULL;
    char none[] = ""; /* nobody is asked for a password */

    ERR_clear_error();
    for (X509 *x; expected == NULL && (x = PEM_read_bio_X509(in, NULL, NULL, none));
         X509_free(x))
        expected = take_one(x, out, &used);
    unsigned long e = ERR_peek_last_error();
    if (expected == NULL
        && (ERR_GET_LIB(e) != ERR_LIB_PEM || ERR_GET_REASON(e) != PEM_R_NO_START_LINE))
        expected = "whole certificates in PEM";
    ERR_clear_error();
    return expected == NULL && out->count == 0 ? "one certificate in PEM at least"
                                               : expected;
}

enum status makers_parse(struct bytes pem, struct makers *out, const char **why)
{
    *why = "at most 65536 bytes";
    if (pem.len > LIMIT_CONF_FILE)
        return MALFORMED;
    BIO *in = BIO_new_mem_buf(pem.at, (int)pem.len);
    if (in == NULL)
        return BROKEN;
    out->count = 0;
    *why = take_all(in, out);
    BIO_free(in);
    if (*why != NULL)
        out->count = 0;
    return *why == NULL ? OK : MALFORMED;
}
