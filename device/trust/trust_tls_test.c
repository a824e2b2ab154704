/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 with a key that never leaves the trust port: who signs, how often, and what if not. */
#include "device/trust/trust_file.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/tls.h"

#include "tests/support/check.h"
#include "tests/support/pki.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char id[] = "URI:urn:uuid:01234567-89ab-4def-8123-456789abcdef";
static char folder[] = "/tmp/holdfast-trust-tls-XXXXXX";

/* The file's trust, watched: how often it signed, and from when on it does not. */
struct watched {
    struct trust port;
    struct trust_file file;
    int signed_count, refuse_from;
};

static enum status watched_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    struct watched *w = board;
    return w->file.port.tls_public(w->file.port.board, out);
}

static enum status watched_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    struct watched *w = board;
    if (w->signed_count >= w->refuse_from)
        return REFUSED;
    w->signed_count++;
    return w->file.port.tls_sign(w->file.port.board, digest, der, len);
}

struct scene {
    struct pki_key server_ca, device_ca, server, device;
    struct watched w;
    SSL_CTX *server_ctx, *client_ctx;
};

static void scene_open(struct scene *s, int refuse_from)
{
    struct pki_wish server = {"server", "DNS:cloud.example", "serverAuth", 1000,
                        1ll << 32},
                    device = {"device", id, "clientAuth", 1000, 1ll << 32};
    char path[128];
    const char *why;

    memset(s, 0, sizeof *s);
    pki_authority(&s->server_ca, "server authority");
    pki_authority(&s->device_ca, "device authority");
    pki_issue(&s->server, &s->server_ca, &server);
    pki_issue(&s->device, &s->device_ca, &device);
    (void)snprintf(path, sizeof path, "%s/tls.key", folder);
    CHECK(keyfile_write(path, getuid(), getgid(), pki_private(&s->device), true) == OK);
    CHECK(trust_file_open(&s->w.file, TRUST_TLS, folder, getuid(), NULL, NULL, &why)
        == OK);
    CHECK(unlink(path) == 0);
    s->w.refuse_from = refuse_from;
    s->w.port = (struct trust){.board = &s->w,
        .kind = "software",
        .tls_public = watched_public,
        .tls_sign = watched_sign};
    struct tls_key_pem own = {pki_cert(&s->server), pki_private(&s->server)};
    CHECK(tls_server(&s->server_ctx, own, true, pki_cert(&s->device_ca), "holdfast/1")
        == OK);
}

static void scene_close(struct scene *s)
{
    SSL_CTX_free(s->server_ctx);
    SSL_CTX_free(s->client_ctx);
    trust_file_close(&s->w.file);
    pki_free(&s->server_ca);
    pki_free(&s->device_ca);
    pki_free(&s->server);
    pki_free(&s->device);
    ERR_clear_error();
}

static enum status client_of(struct scene *s, const struct pki_key *cert)
{
    struct bytes anchor = pki_cert(&s->server_ca);
    return tls_client(
        &s->client_ctx, pki_cert(cert), &s->w.port, &anchor, 1, "holdfast/1");
}

/* One connection; true if a byte of the client's reached the server from a known device. */
static bool connects(struct scene *s)
{
    BIO *a = NULL, *b = NULL;
    SSL *server = SSL_new(s->server_ctx), *client = SSL_new(s->client_ctx);
    uint8_t device[16];
    char byte = 0;
    int c = -1, v = -1;

    CHECK(BIO_new_bio_pair(&a, 0, &b, 0) == 1);
    SSL_set_bio(server, a, a);
    SSL_set_bio(client, b, b);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    CHECK(tls_set_name(client, "cloud.example") == OK);
    CHECK(tls_set_time(client, true, (uint64_t)time(NULL), 0) == OK);
    for (int i = 0; i < 20 && (c != 1 || v != 1); i++) {
        c = SSL_do_handshake(client);
        v = SSL_do_handshake(server);
    }
    bool good = c == 1 && v == 1 && SSL_version(server) == TLS1_3_VERSION
        && SSL_write(client, "a", 1) == 1 && SSL_read(server, &byte, 1) == 1
        && byte == 'a' && tls_peer_device(server, device) == OK && device[0] == 0x01
        && device[15] == 0xef;
    SSL_free(server);
    SSL_free(client);
    ERR_clear_error();
    return good;
}

static void test_the_trust_port_signs_once_for_each_connection(void)
{
    struct scene s;

    scene_open(&s, 100);
    CHECK(client_of(&s, &s.device) == OK);
    CHECK(s.w.signed_count == 0);
    for (int i = 1; i <= 20; i++) {
        CHECK(connects(&s));
        CHECK(s.w.signed_count == i);
    }
    scene_close(&s);
}

/* As when a TPM is taken away while the program runs. */
static void test_without_the_trust_port_s_signature_there_is_no_connection(void)
{
    struct scene s;

    scene_open(&s, 2);
    CHECK(client_of(&s, &s.device) == OK);
    CHECK(connects(&s));
    CHECK(connects(&s));
    CHECK(!connects(&s));
    s.w.refuse_from = 3;
    CHECK(connects(&s));
    scene_close(&s);
}

static void test_another_device_s_certificate_does_not_go_with_this_key(void)
{
    struct scene s;
    struct pki_key other;
    struct pki_wish wish = {"device", id, "clientAuth", 1000, 1ll << 32};

    scene_open(&s, 100);
    pki_issue(&other, &s.device_ca, &wish);
    CHECK(client_of(&s, &other) != OK);
    CHECK(s.w.signed_count == 0);
    pki_free(&other);
    scene_close(&s);
}

int main(void)
{
    struct test tests[] = {TEST(test_the_trust_port_signs_once_for_each_connection),
        TEST(test_without_the_trust_port_s_signature_there_is_no_connection),
        TEST(test_another_device_s_certificate_does_not_go_with_this_key)};
    if (!mkdtemp(folder))
        return 1;
    int bad = run_tests(tests, sizeof tests / sizeof tests[0]);
    return rmdir(folder) != 0 || bad;
}
