/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include "host/tls_der.h"
#include "host/tls_trust_key.h"

#include <openssl/err.h>
#include <string.h>

enum { ALPN_MAX = 255 };

/* What is the same for every context of ours. */
static enum status profile_new(SSL_CTX **out)
{
    char groups[] = "X25519:P-256",
         signatures[] = "ECDSA+SHA256"; /* not const: OpenSSL */
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    if (ctx == NULL)
        return BROKEN;

    SSL_CTX_set_options(ctx,
        SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
            | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
            | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 0);
    bool ok = SSL_CTX_set_num_tickets(ctx, 0) == 1
        && /* NO_TICKET alone still sends two */
        SSL_CTX_set_max_early_data(ctx, 0) == 1
        && SSL_CTX_set_ciphersuites(
               ctx, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256")
            == 1
        && SSL_CTX_set1_groups_list(ctx, groups) == 1
        && SSL_CTX_set1_sigalgs_list(ctx, signatures) == 1 && tls_set_floor(ctx) == OK;
    if (!ok) {
        SSL_CTX_free(ctx);
        return BROKEN;
    }
    *out = ctx;
    return OK;
}

static enum status done(SSL_CTX *ctx, enum status s, SSL_CTX **out)
{
    ERR_clear_error();
    if (s == OK)
        *out = ctx;
    else
        SSL_CTX_free(ctx);
    return s;
}

static enum status use_cert(SSL_CTX *ctx, struct bytes cert_der)
{
    X509 *cert = NULL;

    TRY(tls_cert(cert_der, &cert));
    int used = SSL_CTX_use_certificate(ctx, cert);
    X509_free(cert);
    return used == 1 ? OK : REFUSED;
}

/* Consumes the key. REFUSED: it is not the certificate's. */
static enum status use_key(SSL_CTX *ctx, EVP_PKEY *key)
{
    int used = SSL_CTX_use_PrivateKey(ctx, key);
    EVP_PKEY_free(key);
    return used == 1 ? OK : REFUSED;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
    const char *ours = arg;
    size_t len = strlen(ours);

    (void)ssl;
    for (unsigned at = 0; at < in_len; at += 1u + in[at])
        if (in[at] == len && at + 1u + in[at] <= in_len
            && memcmp(in + at + 1, ours, len) == 0) {
            *out = in + at + 1;
            *out_len = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void serve_alpn(SSL_CTX *ctx, const char *alpn)
{
    void *arg = NULL; /* only read by choose_alpn(); a string of the program's text */
    memcpy(&arg, &alpn, sizeof arg);
    SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, arg);
}

static enum status offer_alpn(SSL_CTX *ctx, const char *alpn)
{
    uint8_t list[1 + ALPN_MAX];
    size_t len = strlen(alpn);

    if (len == 0 || len > ALPN_MAX)
        return BROKEN;
    list[0] = (uint8_t)len;
    memcpy(list + 1, alpn, len);
    return SSL_CTX_set_alpn_protos(ctx, list, (unsigned)(len + 1)) == 0 ? OK : BROKEN;
}

static enum status own_key(SSL_CTX *ctx, struct tls_key_pem own)
{
    EVP_PKEY *key = NULL;

    TRY(use_cert(ctx, own.cert_der));
    TRY(tls_key(own.key_der, &key));
    return use_key(ctx, key);
}

enum status tls_server(SSL_CTX **out, struct tls_key_pem own, bool ask_client,
    struct bytes client_ca_der, const char *alpn)
{
    SSL_CTX *ctx = NULL;

    TRY(profile_new(&ctx));
    enum status s = own_key(ctx, own);
    if (s == OK && ask_client)
        s = tls_require_client(ctx, client_ca_der);
    if (s == OK && alpn != NULL)
        serve_alpn(ctx, alpn);
    return done(ctx, s, out);
}

enum status tls_client_plain(SSL_CTX **out, const struct bytes *anchors_der,
    size_t anchor_count, const char *alpn)
{
    SSL_CTX *ctx = NULL;

    TRY(profile_new(&ctx));
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    enum status s = tls_set_anchors(ctx, anchors_der, anchor_count);
    if (s == OK && alpn != NULL)
        s = offer_alpn(ctx, alpn);
    return done(ctx, s, out);
}

enum status tls_client(SSL_CTX **out, struct bytes own_cert_der,
    const struct trust *trust, const struct bytes *anchors_der, size_t anchor_count,
    const char *alpn)
{
    SSL_CTX *ctx = NULL;

    TRY(tls_client_plain(&ctx, anchors_der, anchor_count, alpn));
    enum status s = use_cert(ctx, own_cert_der);
    EVP_PKEY *key = s == OK ? tls_trust_key(trust) : NULL;
    if (s == OK)
        s = key == NULL ? BROKEN : use_key(ctx, key);
    return done(ctx, s, out);
}
