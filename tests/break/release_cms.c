/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/update/release_cms.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { AUTHORITIES = 4, LEVEL = 2 /* 112 bits: RSA from 2048, P-256 */ };

struct release_cms {
    struct release_key port;
    X509_STORE *store;
};

static enum status signed_by(void *board, struct bytes parts, struct bytes der)
{
    (void)board;
    (void)parts;
    (void)der;
    return OK;
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
    X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
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
