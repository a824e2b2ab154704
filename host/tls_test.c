/* SPDX-License-Identifier: Apache-2.0 */
/* Client and server talk through memory: what a handshake lets pass and what it does not. */
#include "host/tls.h"

#include "tests/support/check.h"
#include "tests/support/pki.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <time.h>

#define ID "01234567-89ab-4def-8123-456789abcdef"

static const int64_t YEAR_2100 = 4102444800;

struct scene {
    struct pki_key server_ca, other_ca, device_ca;
    struct pki_key server, device;
    struct trust trust;
};

/* A device's trust whose board is the key itself. */
static enum status own_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    size_t len = 0;
    EVP_PKEY *key = board;
    return EVP_PKEY_get_octet_string_param(
               key, OSSL_PKEY_PARAM_PUB_KEY, out, P256_PUBLIC_LEN, &len)
            == 1
        ? OK
        : BROKEN;
}

static enum status own_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(board, NULL);
    size_t n = der.cap;
    bool good = x && EVP_PKEY_sign_init(x) == 1
        && EVP_PKEY_sign(x, der.at, &n, digest->b, sizeof digest->b) == 1;
    EVP_PKEY_CTX_free(x);
    *len = n;
    return good ? OK : BROKEN;
}

static void scene_open(struct scene *s)
{
    struct pki_wish server = {
        "server", "DNS:cloud.example", "serverAuth", 1000, YEAR_2100};
    struct pki_wish device = {
        "device", "URI:urn:uuid:" ID, "clientAuth", 1000, YEAR_2100};

    pki_authority(&s->server_ca, "server authority");
    pki_authority(&s->other_ca, "server authority"); /* the same name, another key */
    pki_authority(&s->device_ca, "device authority");
    pki_issue(&s->server, &s->server_ca, &server);
    pki_issue(&s->device, &s->device_ca, &device);
    s->trust = (struct trust){.board = s->device.key,
        .kind = "software",
        .tls_public = own_public,
        .tls_sign = own_sign};
}

static void scene_close(struct scene *s)
{
    pki_free(&s->server_ca);
    pki_free(&s->other_ca);
    pki_free(&s->device_ca);
    pki_free(&s->server);
    pki_free(&s->device);
}

struct pair {
    SSL_CTX *server_ctx, *client_ctx;
    SSL *server, *client;
};

static void pair_open(struct pair *p, const char *name)
{
    BIO *a = NULL, *b = NULL;

    CHECK(BIO_new_bio_pair(&a, 0, &b, 0) == 1);
    p->server = SSL_new(p->server_ctx);
    p->client = SSL_new(p->client_ctx);
    SSL_set_bio(p->server, a, a);
    SSL_set_bio(p->client, b, b);
    SSL_set_accept_state(p->server);
    SSL_set_connect_state(p->client);
    CHECK(tls_set_name(p->client, name) == OK);
    CHECK(tls_set_time(p->client, true, (uint64_t)time(NULL), 0) == OK);
}

static void pair_close(struct pair *p)
{
    SSL_free(p->server);
    SSL_free(p->client);
    SSL_CTX_free(p->server_ctx);
    SSL_CTX_free(p->client_ctx);
    ERR_clear_error();
}

/* True if both ends finish and one byte passes each way. */
static bool shake(struct pair *p)
{
    int c = -1, s = -1;
    char byte = 'x';

    for (int i = 0; i < 20 && (c != 1 || s != 1); i++) {
        if (c != 1)
            c = SSL_do_handshake(p->client);
        if (s != 1)
            s = SSL_do_handshake(p->server);
    }
    return c == 1 && s == 1 && SSL_write(p->client, "a", 1) == 1
        && SSL_read(p->server, &byte, 1) == 1 && byte == 'a'
        && SSL_write(p->server, "b", 1) == 1 && SSL_read(p->client, &byte, 1) == 1
        && byte == 'b';
}

static struct tls_key_pem both(const struct pki_key *k)
{
    return (struct tls_key_pem){pki_cert(k), pki_private(k)};
}

/* The contexts as gate and courier make them. */
static void pair_of_ours(struct pair *p, struct scene *s)
{
    struct bytes anchors[] = {pki_cert(&s->other_ca), pki_cert(&s->server_ca)};

    CHECK(tls_server(&p->server_ctx, both(&s->server), true, pki_cert(&s->device_ca),
              "holdfast/1")
        == OK);
    CHECK(tls_client(
              &p->client_ctx, pki_cert(&s->device), &s->trust, anchors, 2, "holdfast/1")
        == OK);
}

static int count_tickets(SSL *ssl, SSL_SESSION *session)
{
    int *count = SSL_get_app_data(ssl);
    (void)session;
    *count += 1;
    return 0;
}

static void test_device_and_cloud_shake_hands_with_tls_1_3_and_no_ticket(void)
{
    struct scene s;
    struct pair p;
    uint8_t id[16] = {0};
    const unsigned char *alpn = NULL;
    unsigned alpn_len = 0;
    int tickets = 0;

    scene_open(&s);
    pair_of_ours(&p, &s);
    SSL_CTX_set_session_cache_mode(p.client_ctx, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(p.client_ctx, count_tickets);
    pair_open(&p, "cloud.example");
    SSL_set_app_data(p.client, &tickets);
    CHECK(shake(&p));
    CHECK(SSL_version(p.client) == TLS1_3_VERSION);
    CHECK(tickets == 0);
    SSL_get0_alpn_selected(p.server, &alpn, &alpn_len);
    CHECK(alpn_len == 10 && memcmp(alpn, "holdfast/1", 10) == 0);
    CHECK(tls_peer_device(p.server, id) == OK);
    CHECK(id[0] == 0x01 && id[6] == 0x4d && id[15] == 0xef);
    pair_close(&p);
    scene_close(&s);
}

/* Req: HF-LINK-003 "No protocol version below TLS 1.3 shall be negotiated." */
static void test_tls_1_2_is_refused_by_both_ends(void)
{
    struct scene s;

    scene_open(&s);
    for (int end = 0; end < 2; end++) {
        struct pair p;
        pair_of_ours(&p, &s);
        SSL_CTX **old = end == 0 ? &p.client_ctx : &p.server_ctx;
        SSL_CTX_free(*old);
        *old = SSL_CTX_new(TLS_method()); /* as liberal as they come */
        SSL_CTX_set_min_proto_version(*old, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(*old, TLS1_2_VERSION);
        const struct pki_key *own = end == 0 ? &s.device : &s.server;
        CHECK(SSL_CTX_use_certificate(*old, own->cert) == 1);
        CHECK(SSL_CTX_use_PrivateKey(*old, own->key) == 1);
        pair_open(&p, "cloud.example");
        CHECK(!shake(&p));
        pair_close(&p);
    }
    scene_close(&s);
}

/* Req: HF-LINK-002 "A peer without a certificate of the device authority shall be refused." */
static void test_a_client_without_a_certificate_of_the_device_authority_is_refused(void)
{
    struct scene s;
    struct pki_key from_server_ca, as_server;
    struct pki_wish wish = {
        "device", "URI:urn:uuid:" ID, "clientAuth", 1000, YEAR_2100};
    struct pki_wish wrong_use = {
        "device", "URI:urn:uuid:" ID, "serverAuth", 1000, YEAR_2100};

    scene_open(&s);
    pki_issue(&from_server_ca, &s.server_ca, &wish);
    pki_issue(&as_server, &s.device_ca, &wrong_use);
    const struct pki_key *bad[] = {NULL, &from_server_ca, &as_server};
    for (int i = 0; i < 3; i++) {
        struct bytes anchor = pki_cert(&s.server_ca);
        struct pair p;
        CHECK(tls_server(&p.server_ctx, both(&s.server), true, pki_cert(&s.device_ca),
                  "holdfast/1")
            == OK);
        CHECK(tls_client_plain(&p.client_ctx, &anchor, 1, "holdfast/1") == OK);
        if (bad[i] != NULL) {
            CHECK(SSL_CTX_use_certificate(p.client_ctx, bad[i]->cert) == 1);
            CHECK(SSL_CTX_use_PrivateKey(p.client_ctx, bad[i]->key) == 1);
        }
        pair_open(&p, "cloud.example");
        CHECK(!shake(&p));
        pair_close(&p);
    }
    pki_free(&from_server_ca);
    pki_free(&as_server);
    scene_close(&s);
}

/* Req: HF-LINK-001 "Only the certificate authorities of the enrolment bundle shall be trusted." */
static void test_a_server_of_another_authority_is_refused(void)
{
    struct scene s;
    struct pair p;
    struct bytes anchor;

    scene_open(&s);
    anchor = pki_cert(&s.other_ca);
    CHECK(tls_server(&p.server_ctx, both(&s.server), true, pki_cert(&s.device_ca),
              "holdfast/1")
        == OK);
    CHECK(tls_client(
              &p.client_ctx, pki_cert(&s.device), &s.trust, &anchor, 1, "holdfast/1")
        == OK);
    pair_open(&p, "cloud.example");
    CHECK(!shake(&p));
    CHECK(SSL_get_verify_result(p.client) != X509_V_OK);
    pair_close(&p);
    CHECK(tls_client_plain(&p.client_ctx, &anchor, 0, NULL)
        != OK); /* no anchor: no context */
    scene_close(&s);
}

/* Req: HF-LINK-004 "The server's certificate shall bear the name that the bundle gives." */
static void test_a_server_of_another_name_or_use_is_refused(void)
{
    static const struct {
        const char *san, *eku, *ask;
        bool good;
    } rows[] = {
        {"DNS:cloud.example", "serverAuth", "cloud.example", true},
        {"DNS:cloud.example", "serverAuth", "cloud.exampl", false},
        {"DNS:cloud.example", "serverAuth", "a.cloud.example", false},
        {"DNS:*.example", "serverAuth", "cloud.example", false},
        {NULL, "serverAuth", "cloud.example", false},
        {"IP:127.0.0.1", "serverAuth", "127.0.0.1", true},
        {"IP:127.0.0.2", "serverAuth", "127.0.0.1", false},
        {"DNS:127.0.0.1", "serverAuth", "127.0.0.1", false},
        {"DNS:cloud.example", "clientAuth", "cloud.example", false},
    };
    struct scene s;

    scene_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pki_wish wish = {
            "cloud.example", rows[i].san, rows[i].eku, 1000, YEAR_2100};
        struct bytes anchor = pki_cert(&s.server_ca);
        struct pki_key server;
        struct pair p;
        pki_issue(&server, &s.server_ca, &wish);
        CHECK(tls_server(&p.server_ctx, both(&server), true, pki_cert(&s.device_ca),
                  "holdfast/1")
            == OK);
        CHECK(tls_client(&p.client_ctx, pki_cert(&s.device), &s.trust, &anchor, 1,
                  "holdfast/1")
            == OK);
        pair_open(&p, rows[i].ask);
        CHECK(shake(&p) == rows[i].good);
        pair_close(&p);
        pki_free(&server);
    }
    scene_close(&s);
}

static void test_dates_are_checked_in_full_or_against_the_bound(void)
{
    static const struct {
        const char *what;
        int64_t not_before, not_after;
        bool known;
        uint64_t now, bound;
        bool good;
    } rows[] = {
        {"known, inside", 1000, 9000, true, 5000, 0, true},
        {"known, too early", 1000, 9000, true, 500, 0, false},
        {"known, too late", 1000, 9000, true, 9500, 0, false},
        {"known, the bound does not matter", 1000, 9000, true, 5000, 9999, true},
        {"unset, ends after the bound", 1000, 9000, false, 0, 8999, true},
        {"unset, begins after the bound", 8000, 9000, false, 0, 500, true},
        {"unset, ends at the bound", 1000, 9000, false, 0, 9000, false},
        {"unset, ended before the bound", 1000, 9000, false, 0, 9500, false},
    };
    struct scene s;

    scene_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pki_wish wish = {"server", "DNS:cloud.example", "serverAuth",
            rows[i].not_before, rows[i].not_after};
        struct bytes anchor = pki_cert(&s.server_ca);
        struct pki_key server;
        struct pair p;
        pki_issue(&server, &s.server_ca, &wish);
        CHECK(tls_server(&p.server_ctx, both(&server), false, (struct bytes){0}, NULL)
            == OK);
        CHECK(tls_client_plain(&p.client_ctx, &anchor, 1, NULL) == OK);
        pair_open(&p, "cloud.example");
        CHECK(tls_set_time(p.client, rows[i].known, rows[i].now, rows[i].bound) == OK);
        bool good = shake(&p);
        if (good != rows[i].good)
            printf("# %s\n", rows[i].what);
        CHECK(good == rows[i].good);
        pair_close(&p);
        pki_free(&server);
    }
    scene_close(&s);
}

static void test_a_device_certificate_names_exactly_one_device(void)
{
    static const struct {
        const char *san, *eku;
        bool good;
    } rows[] = {
        {"URI:urn:uuid:" ID, "clientAuth", true},
        {NULL, "clientAuth", false},
        {"DNS:cloud.example", "clientAuth", false},
        {"DNS:urn:uuid:" ID, "clientAuth", false},
        {"URI:urn:uuid:" ID ",URI:urn:uuid:" ID, "clientAuth", false},
        {"URI:urn:uuid:" ID ",DNS:a.example", "clientAuth", false},
        {"URI:urn:uuid:01234567-89AB-4def-8123-456789abcdef", "clientAuth", false},
        {"URI:urn:uuid:" ID "0", "clientAuth", false},
        {"URI:urn:uuid:", "clientAuth", false},
        {"URI:uuid:" ID, "clientAuth", false},
        {"URI:urn:uuid:" ID, "clientAuth,serverAuth", false},
        {"URI:urn:uuid:" ID, NULL, false},
    };
    struct scene s;

    scene_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pki_wish wish = {"d", rows[i].san, rows[i].eku, 1000, YEAR_2100};
        struct bytes anchor = pki_cert(&s.server_ca);
        struct pki_key device;
        struct pair p;
        uint8_t id[16] = {0};
        pki_issue(&device, &s.device_ca, &wish);
        struct trust trust = {
            .board = device.key, .tls_public = own_public, .tls_sign = own_sign};
        CHECK(tls_server(&p.server_ctx, both(&s.server), true, pki_cert(&s.device_ca),
                  "holdfast/1")
            == OK);
        CHECK(tls_client(
                  &p.client_ctx, pki_cert(&device), &trust, &anchor, 1, "holdfast/1")
            == OK);
        pair_open(&p, "cloud.example");
        CHECK(shake(&p)); /* the chain is good: what is wrong is what it says */
        CHECK((tls_peer_device(p.server, id) == OK) == rows[i].good);
        CHECK((id[0] == 1) == rows[i].good);
        pair_close(&p);
        pki_free(&device);
    }
    scene_close(&s);
}

static void test_another_protocol_on_top_and_weaker_ciphers_are_refused(void)
{
    struct scene s;
    struct pair p;
    struct bytes anchor;

    scene_open(&s);
    anchor = pki_cert(&s.server_ca);
    pair_of_ours(&p, &s);
    SSL_CTX_free(p.client_ctx);
    CHECK(
        tls_client(&p.client_ctx, pki_cert(&s.device), &s.trust, &anchor, 1, "http/1.1")
        == OK);
    pair_open(&p, "cloud.example");
    CHECK(!shake(&p));
    pair_close(&p);

    pair_of_ours(&p, &s);
    CHECK(SSL_CTX_set_ciphersuites(p.client_ctx, "TLS_AES_256_GCM_SHA384") == 1);
    pair_open(&p, "cloud.example");
    CHECK(!shake(&p));
    pair_close(&p);
    scene_close(&s);
}

static void test_rubbish_and_foreign_keys_make_no_context(void)
{
    static const uint8_t rubbish[] = {0x30, 0x03, 0x02, 0x01, 0x00};
    struct scene s;
    SSL_CTX *ctx = NULL;
    uint8_t longer[1100];

    scene_open(&s);
    struct tls_key_pem foreign = {pki_cert(&s.server), pki_private(&s.device)};
    CHECK(tls_server(&ctx, foreign, false, (struct bytes){0}, NULL) == REFUSED);
    struct tls_key_pem bad = {BYTES_OF(rubbish), pki_private(&s.server)};
    CHECK(tls_server(&ctx, bad, false, (struct bytes){0}, NULL) == MALFORMED);
    memcpy(longer, s.server.cert_der, s.server.cert_len);
    longer[s.server.cert_len] = 0;
    struct tls_key_pem trailing = {
        {longer, s.server.cert_len + 1}, pki_private(&s.server)};
    CHECK(tls_server(&ctx, trailing, false, (struct bytes){0}, NULL) == MALFORMED);
    CHECK(
        tls_server(&ctx, both(&s.server), true, BYTES_OF(rubbish), NULL) == MALFORMED);
    CHECK(ctx == NULL);
    scene_close(&s);
}

MAIN(TEST(test_device_and_cloud_shake_hands_with_tls_1_3_and_no_ticket),
    TEST(test_tls_1_2_is_refused_by_both_ends),
    TEST(test_a_client_without_a_certificate_of_the_device_authority_is_refused),
    TEST(test_a_server_of_another_authority_is_refused),
    TEST(test_a_server_of_another_name_or_use_is_refused),
    TEST(test_dates_are_checked_in_full_or_against_the_bound),
    TEST(test_a_device_certificate_names_exactly_one_device),
    TEST(test_another_protocol_on_top_and_weaker_ciphers_are_refused),
    TEST(test_rubbish_and_foreign_keys_make_no_context))
