/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tls: the one TLS profile (protocol.md, Transport) as OpenSSL contexts.
 *
 * 1.3 only; AES-128-GCM, ChaCha20; X25519, P-256; no tickets, no cache, no early data, no
 * renegotiation of trust; ALPN for the device path. Each single control has a file of its own so
 * that script/prove-controls can take it away: tls_floor.c (protocol floor), tls_anchor.c (only
 * these CA certificates), tls_name.c (name check), tls_client_cert.c (client certificate).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/port/trust.h"

#include <openssl/ssl.h>

struct tls_key_pem { /* certificate chain and key as read before confinement */
    struct bytes cert_der, key_der;
};

/*
 * All three: MALFORMED: a certificate or key is not one. REFUSED: key and certificate do not
 * belong together. BROKEN: the library failed. `alpn` (may be NULL) is a string that outlives
 * the context. A client that offers another protocol is turned away; one that offers none is
 * not: whoever serves devices looks at SSL_get0_alpn_selected().
 */
/* Server context. ask_client: require a client certificate under client_ca (DER). */
MUST_USE enum status tls_server(SSL_CTX **out, struct tls_key_pem own, bool ask_client,
    struct bytes client_ca_der, const char *alpn);
/* Client context: anchors are the only CA certificates; own key behind the trust port. */
MUST_USE enum status tls_client(SSL_CTX **out, struct bytes own_cert_der,
    const struct trust *trust, const struct bytes *anchors_der, size_t anchor_count,
    const char *alpn);
/* Client without a certificate (enrolment). */
MUST_USE enum status tls_client_plain(SSL_CTX **out, const struct bytes *anchors_der,
    size_t anchor_count, const char *alpn);

/* the single controls */
MUST_USE enum status tls_set_floor(SSL_CTX *ctx);
MUST_USE enum status tls_set_anchors(
    SSL_CTX *ctx, const struct bytes *anchors_der, size_t count);
MUST_USE enum status tls_set_name(SSL *ssl, const char *name);
MUST_USE enum status tls_require_client(SSL_CTX *ctx, struct bytes client_ca_der);
/* While the clock is unset: no date check, but notAfter > bound_utc_s; else full. */
MUST_USE enum status tls_set_time(
    SSL *ssl, bool clock_known, uint64_t now_utc_s, uint64_t bound_utc_s);
/* The device id in a verified peer certificate: exactly one SAN, urn:uuid:<id>, EKU clientAuth. */
MUST_USE enum status tls_peer_device(SSL *ssl, uint8_t id[16]);
