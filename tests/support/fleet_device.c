/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fleet_device.h"

#include "core/base/hex.h"
#include "host/tls.h"
#include "wire/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- a software key behind the trust port ---- */

static enum status tls_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    const struct fleet_device *d = board;
    size_t len = 0;

    return EVP_PKEY_get_octet_string_param(
               d->tls_key, "encoded-pub-key", out, P256_PUBLIC_LEN, &len)
                == 1
            && len == P256_PUBLIC_LEN
        ? OK
        : BROKEN;
}

static enum status tls_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    const struct fleet_device *d = board;
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(d->tls_key, NULL);

    *len = der.cap;
    bool good = x && EVP_PKEY_sign_init(x) == 1
        && EVP_PKEY_sign(x, der.at, len, digest->b, sizeof digest->b) == 1;
    EVP_PKEY_CTX_free(x);
    return good ? OK : BROKEN;
}

/* ---- enrolment ---- */

static enum status read_bundle(
    struct fleet_device *d, const char *path, const char **why)
{
    static uint8_t text[LIMIT_CONF_FILE];
    struct conf_error err = {0};
    FILE *f = fopen(path, "r");

    *why = "the bundle cannot be read";
    if (!f)
        return BROKEN;
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    enum status s = bundle_parse((struct bytes){text, len}, &d->bundle, &err);
    if (s != OK)
        *why = err.what;
    return s;
}

enum status fleet_dial(const struct fleet_device *d, uint16_t port, bool waits, int *fd)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;

    if (inet_pton(AF_INET, d->bundle.address, &at.sin_addr) != 1)
        return REFUSED;
    int s =
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (waits ? 0 : SOCK_NONBLOCK), 0);
    if (s < 0)
        return BROKEN;
    (void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(s, (struct sockaddr *)&at, sizeof at) != 0 && errno != EINPROGRESS) {
        close(s);
        return BROKEN;
    }
    *fd = s;
    return OK;
}

/* What our own cloud writes; not a parser for anybody's answers. */
enum status fleet_answer_parse(struct bytes in, uint16_t *status, struct bytes *body)
{
    static const char length[] = "Content-Length: ";
    const uint8_t *end = memmem(in.at, in.len, "\r\n\r\n", 4);

    if (!end)
        return AGAIN;
    size_t head = (size_t)(end - in.at) + 4;
    const char *l = memmem(in.at, head, length, sizeof length - 1);
    if (head < 16 || memcmp(in.at, "HTTP/1.1 ", 9) != 0 || !l)
        return MALFORMED;
    *status = (uint16_t)strtoul((const char *)in.at + 9, NULL, 10);
    size_t len = strtoul(l + sizeof length - 1, NULL, 10);
    if (in.len < head + len)
        return AGAIN;
    *body = (struct bytes){in.at + head, len};
    return in.len == head + len ? OK : MALFORMED;
}

static enum status exchange(SSL *ssl, const struct fleet_device *d,
    const uint8_t m1[ENROL_M1_LEN], struct room into, struct bytes *m2)
{
    uint8_t request[512];
    uint16_t status = 0;
    size_t have = 0;
    enum status s = AGAIN;

    int n = snprintf((char *)request, sizeof request,
        "POST /v1/enrol HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n",
        d->bundle.name, (int)ENROL_M1_LEN);
    if (n < 0 || (size_t)n + ENROL_M1_LEN > sizeof request)
        return FULL;
    memcpy(request + n, m1, ENROL_M1_LEN);
    if (SSL_connect(ssl) != 1 || SSL_write(ssl, request, n + ENROL_M1_LEN) <= 0)
        return REFUSED;
    while (s == AGAIN && have < into.cap) {
        n = SSL_read(ssl, into.at + have, (int)(into.cap - have));
        if (n <= 0)
            return BROKEN;
        have += (size_t)n;
        s = fleet_answer_parse((struct bytes){into.at, have}, &status, m2);
    }
    return s != OK ? s : status == 200 ? OK : REFUSED;
}

static enum status ask(struct fleet_device *d, const uint8_t m1[ENROL_M1_LEN],
    struct room into, struct bytes *m2)
{
    struct bytes anchors[2] = {{d->bundle.ca_active.at, d->bundle.ca_active.len},
        {d->bundle.ca_backup.at, d->bundle.ca_backup.len}};
    SSL_CTX *ctx = NULL;
    int fd = -1;

    TRY(tls_client_plain(&ctx, anchors, 2, NULL));
    SSL *ssl = SSL_new(ctx);
    enum status s = ssl ? tls_set_name(ssl, d->bundle.name) : BROKEN;
    if (s == OK)
        s = fleet_dial(d, d->bundle.enrol_port, true, &fd);
    if (s == OK && SSL_set_fd(ssl, fd) != 1)
        s = BROKEN;
    if (s == OK)
        s = exchange(ssl, d, m1, into, m2);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    if (fd >= 0)
        close(fd);
    return s;
}

static enum status take_in(struct fleet_device *d, const char **why)
{
    const struct crypto *c = host_crypto_port(d->crypto);
    uint8_t m1[ENROL_M1_LEN], point[P256_PUBLIC_LEN], answer[4096];
    struct bytes m2, cert;

    *why = "keys";
    d->tls_key = EVP_EC_gen("P-256");
    if (!d->tls_key)
        return BROKEN;
    d->trust = (struct trust){
        .board = d, .kind = "software", .tls_public = tls_public, .tls_sign = tls_sign};
    TRY(tls_public(d, point));
    TRY(enrol_begin(c, host_entropy_port(), &d->bundle.s, &d->bundle.kid,
        &d->bundle.secret, point, m1, &d->keys));
    *why = "the exchange with the cloud";
    TRY(ask(d, m1, ROOM_OF(answer), &m2));
    *why = "the cloud's answer";
    TRY(enrol_check(c, &d->keys.ok, BYTES_OF(m1), m2, &cert));
    memcpy(d->cert, cert.at, cert.len);
    d->cert_len = cert.len;
    return OK;
}

static enum status get_ready(struct fleet_device *d, const char **why)
{
    struct bytes anchors[2] = {{d->bundle.ca_active.at, d->bundle.ca_active.len},
        {d->bundle.ca_backup.at, d->bundle.ca_backup.len}};

    *why = "the certificate";
    TRY(tls_client(&d->ctx, (struct bytes){d->cert, d->cert_len}, &d->trust, anchors, 2,
        "holdfast/1"));
    *why = "the epoch";
    return sealer_init(&d->sealer, host_crypto_port(d->crypto), host_entropy_port(),
        &d->bundle.s, &d->bundle.kid, &d->keys.up);
}

enum status fleet_enrol(
    struct fleet_device **out, const char *bundle_path, const char **why)
{
    struct fleet_device *d = calloc(1, sizeof *d);

    *why = "memory";
    if (!d)
        return BROKEN;
    enum status s = host_crypto_new(&d->crypto);
    if (s == OK)
        s = read_bundle(d, bundle_path, why);
    if (s == OK)
        s = take_in(d, why);
    if (s == OK)
        s = get_ready(d, why);
    if (s == OK)
        *out = d;
    else
        fleet_device_free(d);
    return s;
}

void fleet_device_free(struct fleet_device *d)
{
    if (!d)
        return;
    SSL_CTX_free(d->ctx);
    EVP_PKEY_free(d->tls_key);
    host_crypto_free(d->crypto);
    wipe(d, sizeof *d);
    free(d);
}

const struct device_id *fleet_id(const struct fleet_device *d)
{
    return &d->bundle.kid.device;
}

static uint64_t now_ms(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void fill_batch(struct batch *b, uint32_t seq, uint16_t count)
{
    *b = (struct batch){.seq = seq,
        .start_count = 1,
        .mono_ms = 1000 + (uint64_t)seq * count * 1000,
        .has_utc = true,
        .utc_ms = now_ms(CLOCK_REALTIME),
        .clock = 2,
        .record_count = count,
        .algorithm = {'F', 'L', 'E', 'E', 'T'},
        .test_data = true};
    for (uint16_t i = 0; i < count; i++)
        b->records[i] = (struct record){.dt_ms = i == 0 ? 0 : 1000,
            .spo2 = {true, (uint16_t)(960 + (seq + i) % 30)},
            .pulse = {true, (uint16_t)(700 + (seq * 7 + i * 3) % 90)},
            .pi = {true, (uint16_t)(250 + i)},
            .quality = (uint8_t)(80 + i % 20)};
}

enum status fleet_seal(
    struct fleet_device *d, uint16_t record_count, struct fleet_batch *out)
{
    static struct batch b;
    static uint8_t plain[LIMIT_BATCH], envelope[LIMIT_ENVELOPE];
    size_t len = 0;

    fill_batch(&b, d->next_seq, record_count);
    TRY(batch_build(&b, ROOM_OF(plain), &len));
    out->plain_len = len;
    TRY(seal_batch(&d->sealer, host_crypto_port(d->crypto), (struct bytes){plain, len},
        ROOM_OF(envelope), &len, &out->digest));
    out->envelope = malloc(len);
    if (!out->envelope)
        return BROKEN;
    memcpy(out->envelope, envelope, len);
    out->len = len;
    out->seq = d->next_seq++;
    return OK;
}

enum status fleet_credential(const struct fleet_device *d, FILE *cert, FILE *key)
{
    const uint8_t *at = d->cert;
    X509 *x = d2i_X509(NULL, &at, (long)d->cert_len);
    bool good = x && PEM_write_X509(cert, x) == 1
        && PEM_write_PrivateKey(key, d->tls_key, NULL, NULL, 0, NULL, NULL) == 1;

    X509_free(x);
    return good ? OK : BROKEN;
}
