/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attestant: a device with a TPM that proves what it is told to prove, rightly or wrongly, for the integration tests.
 *
 *   attestant BUNDLE TPM [BETWEEN.der]
 *
 * Commands on stdin, one a line; each is answered by one line of words, `failed ...` if it could not be done:
 *   make                          keys in the TPM
 *   enrol [m1|noproof|wrong|changed|elsewhere|uninvited|FILE.der]   HTTP status of each round; `yes` if it is taken in.
 *                                 m1: as without a TPM; wrong: another proof; changed: one bit of the certification;
 *                                 elsewhere: M1 for a key outside; uninvited: M1 by another secret; FILE: another TPM's certificate
 *   connect N                     a TLS connection, with the key in the TPM
 *   ask N                         HTTP status: a nonce
 *   quote N [nonce M] [channel M] [bit] [register R] [again]   HTTP status; for nonce and channel of N, unless said otherwise
 *   send N [SEQ]                  a batch: HTTP status, outcome (- if none is sealed)
 *   close N
 */
#include "core/base/hex.h"
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "device/tpm/attest.h"
#include "device/tpm/dial.h"
#include "host/crypto.h"
#include "host/tls.h"
#include "wire/attest.h"
#include "wire/message.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4, WORDS = 8, TEXT = 16384, BOUND_S = 30 };

struct connection {
    int fd;
    SSL *ssl;
    struct attest_ask ask;
    uint8_t last[ATTEST_QUOTE_MAX]; /* what was said last */
    size_t last_len;
};

struct attestant {
    const char *spec;
    struct host_crypto *crypto;
    const struct crypto *port;
    struct bundle bundle;
    uint8_t between[LIMIT_ENDORSEMENT];
    size_t between_len;
    struct tpm_keys tpm_keys;
    struct device_keys keys;
    struct trust trust;
    uint8_t cert[LIMIT_CERT];
    size_t cert_len;
    SSL_CTX *ctx;
    struct sealer sealer;
    struct connection connections[CONNECTIONS];
};

static const char *why = "";

static void die(const char *what)
{
    fprintf(stderr, "attestant: %s\n", what);
    exit(2);
}

static void failed(const char *what)
{
    printf("failed %s (%s)\n", what, why);
}

/* ---- the TPM: opened for each use, so that others may use it in between ---- */

static struct tpm *open_tpm(const struct attestant *a, bool find)
{
    struct tpm *t = NULL;
    int fd = -1;

    if (tpm_dial(a->spec, &fd, &why) != OK
        || tpm_adopt_line(fd, TPM_WAIT_MS, &t, &why) != OK)
        return NULL;
    if (find && tpm_find(t, &a->tpm_keys, &why) != OK) {
        tpm_close(t);
        return NULL;
    }
    return t;
}

static enum status key_public(void *board, uint8_t out[P256_PUBLIC_LEN])
{
    struct tpm *t = open_tpm(board, true);
    enum status s = t ? tpm_public(t, out, &why) : BROKEN;

    tpm_close(t);
    return s;
}

static enum status key_sign(
    void *board, const struct digest *digest, struct room der, size_t *len)
{
    struct tpm *t = open_tpm(board, true);
    enum status s = t ? tpm_sign(t, digest, der, len, &why) : BROKEN;

    tpm_close(t);
    return s;
}

static void make(struct attestant *a)
{
    const struct entropy *e = host_entropy_port();
    struct key wrap;
    struct tpm *t = open_tpm(a, false);

    a->tpm_keys = (struct tpm_keys){.authorisation = {{0}}};
    bool good = t && e->fill(e->board, ROOM_OF(a->tpm_keys.authorisation.b)) == OK
        && e->fill(e->board, ROOM_OF(wrap.b)) == OK
        && tpm_make(t, &wrap, &a->tpm_keys, &why) == OK
        && tpm_make_attest(t, &a->tpm_keys, &why) == OK;
    tpm_close(t);
    if (good)
        printf("made\n");
    else
        failed("make");
}

/* ---- HTTP over TLS, blocking ---- */

static int dial(const struct attestant *a, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval bound = {BOUND_S, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || inet_pton(AF_INET, a->bundle.address, &at.sin_addr) != 1
        || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) != 0
        || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        die("the cloud is not there");
    return fd;
}

static SSL *shake(const struct attestant *a, SSL_CTX *ctx, uint16_t port, int *fd)
{
    SSL *ssl = SSL_new(ctx);

    *fd = dial(a, port);
    if (!ssl || tls_set_name(ssl, a->bundle.name) != OK || SSL_set_fd(ssl, *fd) != 1
        || SSL_connect(ssl) != 1) {
        SSL_free(ssl);
        close(*fd);
        return NULL;
    }
    return ssl;
}

/* The status of one answer, 0 if none came; its body. What our own cloud writes. */
static unsigned exchange(
    SSL *ssl, const char *head, struct bytes body, struct room in, struct bytes *answer)
{
    static uint8_t out[TEXT];
    static const char field[] = "Content-Length: ";
    size_t n = strlen(head), have = 0;

    *answer = (struct bytes){in.at, 0};
    memcpy(out, head, n);
    if (body.len > 0)
        memcpy(out + n, body.at, body.len);
    if (SSL_write(ssl, out, (int)(n + body.len)) <= 0)
        return 0;
    while (have < in.cap - 1) {
        int got = SSL_read(ssl, in.at + have, (int)(in.cap - 1 - have));
        if (got <= 0)
            return 0;
        have += (size_t)got;
        in.at[have] = 0;
        const uint8_t *end = memmem(in.at, have, "\r\n\r\n", 4);
        const char *length = memmem(in.at, have, field, sizeof field - 1);
        if (!end)
            continue;
        size_t whole = (size_t)(end - in.at) + 4,
               len = length ? strtoul(length + sizeof field - 1, NULL, 10) : 0;
        if (have < whole + len)
            continue;
        *answer = (struct bytes){in.at + whole, len};
        return (unsigned)strtoul((const char *)in.at + 9, NULL, 10);
    }
    return 0;
}

/* ---- enrolment ---- */

struct evidence {
    struct trust_identity identity;
    uint8_t m1[ENROL_M1_LEN];
    bool has_proof;
    struct key proof;
};

static struct bytes said(const struct trust_said *v)
{
    return (struct bytes){v->b, v->len};
}

static unsigned enrol_once(struct attestant *a, const struct evidence *e, bool kind_1,
    struct room in, struct bytes *answer)
{
    static uint8_t e1[LIMIT_ENROL_TPM];
    struct bytes anchors[2] = {{a->bundle.ca_active.at, a->bundle.ca_active.len},
        {a->bundle.ca_backup.at, a->bundle.ca_backup.len}};
    struct enrol_tpm v = {.m1 = BYTES_OF(e->m1),
        .proven = e->has_proof,
        .proof = e->proof,
        .certificate = {e->identity.endorsement, e->identity.endorsement_len},
        .between_count = a->between_len > 0,
        .between = {{a->between, a->between_len}},
        .attestation_key = said(&e->identity.attestation_key),
        .tls_key = said(&e->identity.tls),
        .said = said(&e->identity.certified.said),
        .signature = said(&e->identity.certified.signature)};
    SSL_CTX *ctx = NULL;
    size_t len = 0;
    char head[512];
    int fd = -1;

    if (!kind_1 && enrol_tpm_build(&v, ROOM_OF(e1), &len) != OK)
        die("E1 is too long");
    struct bytes body = kind_1 ? v.m1 : (struct bytes){e1, len};
    (void)snprintf(head, sizeof head,
        "POST /v1/enrol HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n",
        a->bundle.name, body.len);
    if (tls_client_plain(&ctx, anchors, 2, NULL) != OK)
        die("no TLS");
    SSL *ssl = shake(a, ctx, a->bundle.enrol_port, &fd);
    unsigned status = ssl ? exchange(ssl, head, body, in, answer) : 0;
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    if (ssl)
        close(fd);
    return status;
}

static bool take_in(struct attestant *a, const struct evidence *e, struct bytes m2)
{
    struct bytes anchors[2] = {{a->bundle.ca_active.at, a->bundle.ca_active.len},
        {a->bundle.ca_backup.at, a->bundle.ca_backup.len}};
    struct bytes cert;

    if (enrol_check(a->port, &a->keys.ok, BYTES_OF(e->m1), m2, &cert) != OK)
        return false;
    memcpy(a->cert, cert.at, cert.len);
    a->cert_len = cert.len;
    a->trust = (struct trust){
        .board = a, .kind = "tpm", .tls_public = key_public, .tls_sign = key_sign};
    return tls_client(&a->ctx, (struct bytes){a->cert, a->cert_len}, &a->trust, anchors,
               2, "holdfast/1")
        == OK
        && sealer_init(&a->sealer, a->port, host_entropy_port(), &a->bundle.s,
               &a->bundle.kid, &a->keys.up)
        == OK;
}

static bool read_file(const char *path, struct room into, size_t *len)
{
    FILE *f = fopen(path, "rb");

    *len = f ? fread(into.at, 1, into.cap, f) : 0;
    if (f)
        (void)fclose(f);
    return *len > 0;
}

static bool prepare(struct attestant *a, const char *variant, struct evidence *e)
{
    struct tpm *t = open_tpm(a, true);
    uint8_t point[P256_PUBLIC_LEN];
    size_t len = 0;

    bool good = t && tpm_identity(t, &e->identity, &why) == OK
        && tpm_public(t, point, &why) == OK;
    tpm_close(t);
    if (good && strcmp(variant, "elsewhere") == 0) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        good = key
            && EVP_PKEY_get_octet_string_param(
                   key, "encoded-pub-key", point, sizeof point, &len)
                == 1;
        EVP_PKEY_free(key);
    }
    if (good && strstr(variant, ".der")) {
        good = read_file(variant, ROOM_OF(e->identity.endorsement), &len);
        e->identity.endorsement_len = (uint16_t)len;
    }
    if (good && strcmp(variant, "changed") == 0)
        e->identity.certified.said.b[e->identity.certified.said.len - 1] ^= 1;
    struct key secret = a->bundle.secret;
    secret.b[0] ^= strcmp(variant, "uninvited") == 0;
    return good
        && enrol_begin(a->port, host_entropy_port(), &a->bundle.s, &a->bundle.kid,
               &secret, point, e->m1, &a->keys)
        == OK;
}

static bool activate(struct attestant *a, struct bytes e2, struct key *proof)
{
    struct enrol_credential c;
    struct trust_credential in;

    why = "the answer is no credential";
    if (enrol_credential_parse(e2, &c) != OK)
        return false;
    memcpy(in.blob, c.blob, sizeof in.blob);
    memcpy(in.seed, c.seed, sizeof in.seed);
    struct tpm *t = open_tpm(a, true);
    bool good = t && tpm_activate(t, &in, proof, &why) == OK;
    tpm_close(t);
    return good;
}

static void enrol(struct attestant *a, const char *variant)
{
    static struct evidence e;
    static uint8_t in[TEXT];
    struct bytes answer;
    bool kind_1 = strcmp(variant, "m1") == 0;

    e = (struct evidence){.has_proof = false};
    if (!prepare(a, variant, &e)) {
        failed("evidence");
        return;
    }
    unsigned first = enrol_once(a, &e, kind_1, ROOM_OF(in), &answer);
    if (first != 200 || kind_1 || answer.len != ENROL_CREDENTIAL_LEN) {
        printf("%u %s\n", first, first == 200 && take_in(a, &e, answer) ? "yes" : "no");
        return;
    }
    if (strcmp(variant, "noproof") == 0) {
        printf("%u no\n", first);
        return;
    }
    e.has_proof = true;
    if (!activate(a, answer, &e.proof)) {
        printf("%u unopened\n", first);
        return;
    }
    if (strcmp(variant, "wrong") == 0)
        e.proof.b[31] ^= 1;
    unsigned second = enrol_once(a, &e, false, ROOM_OF(in), &answer);
    printf("%u %u %s\n", first, second,
        second == 200 && take_in(a, &e, answer) ? "yes" : "no");
}

/* ---- connections ---- */

static void hang_up(struct connection *c)
{
    SSL_free(c->ssl);
    if (c->ssl)
        close(c->fd);
    *c = (struct connection){.ssl = NULL};
}

static void connect_one(struct attestant *a, struct connection *c)
{
    hang_up(c);
    c->ssl = a->ctx ? shake(a, a->ctx, a->bundle.port, &c->fd) : NULL;
    printf(c->ssl ? "connected\n" : "failed connect\n");
}

static unsigned post(const struct attestant *a, const struct connection *c,
    const char *what, const char *fields, struct bytes body, struct room in,
    struct bytes *answer)
{
    char head[768], id[UUID_TEXT];

    uuid_of(a->bundle.kid.device.b, id);
    (void)snprintf(head, sizeof head,
        "POST /v1/d/%s/%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n%s\r\n", id,
        what, a->bundle.name, body.len, fields);
    return c->ssl ? exchange(c->ssl, head, body, in, answer) : 0;
}

static void ask(const struct attestant *a, struct connection *c)
{
    static uint8_t in[TEXT];
    struct bytes answer;

    unsigned status = post(a, c, "attest", "", (struct bytes){0}, ROOM_OF(in), &answer);
    if (status == 200 && attest_ask_parse(answer, &c->ask) != OK)
        failed("no question");
    else
        printf("%u\n", status);
}

static bool channel_of(const struct connection *c, struct digest *out)
{
    return c->ssl
        && SSL_export_keying_material(c->ssl, out->b, sizeof out->b, ATTEST_EXPORTER,
               sizeof ATTEST_EXPORTER - 1, NULL, 0, 0)
        == 1;
}

static bool make_quote(const struct attestant *a, struct connection *c,
    const struct connection *nonce, const struct connection *channel, bool bit,
    uint32_t registers)
{
    struct trust_evidence e;
    struct attest_quote q = {.nonce = nonce->ask.nonce};
    struct digest bound;

    if (!channel_of(channel, &q.channel))
        return false;
    attest_bound(&q.nonce, &q.channel, &bound);
    struct tpm *t = open_tpm(a, true);
    bool good = t && tpm_quote(t, registers, &bound, &e, &why) == OK;
    tpm_close(t);
    if (!good)
        return false;
    if (bit)
        e.said.b[e.said.len - 1] ^= 1;
    q.said = said(&e.said);
    q.signature = said(&e.signature);
    c->last_len = attest_quote_build(&q, ROOM_OF(c->last)).len;
    return true;
}

static void quote(struct attestant *a, struct connection *c, char *words[WORDS])
{
    static uint8_t in[TEXT];
    const struct connection *nonce = c, *channel = c;
    uint32_t registers = c->ask.registers;
    bool bit = false, again = false;
    struct bytes answer;

    for (size_t i = 2; i < WORDS && words[i]; i++) {
        size_t n = i + 1 < WORDS && words[i + 1] ? strtoul(words[i + 1], NULL, 10) : 0;
        bit |= strcmp(words[i], "bit") == 0;
        again |= strcmp(words[i], "again") == 0;
        if (strcmp(words[i], "nonce") == 0)
            nonce = &a->connections[n % CONNECTIONS];
        if (strcmp(words[i], "channel") == 0)
            channel = &a->connections[n % CONNECTIONS];
        if (strcmp(words[i], "register") == 0)
            registers = 1u << n % ATTEST_REGISTERS;
    }
    if (!again && !make_quote(a, c, nonce, channel, bit, registers)) {
        failed("no quote");
        return;
    }
    struct bytes body = {c->last, c->last_len};
    printf("%u\n", post(a, c, "attest", "", body, ROOM_OF(in), &answer));
}

static void fill(struct batch *b, uint32_t seq)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    *b = (struct batch){.seq = seq,
        .start_count = 1,
        .mono_ms = 1000 + UINT64_C(10000) * seq,
        .has_utc = true,
        .utc_ms = (uint64_t)t.tv_sec * 1000,
        .clock = 2,
        .record_count = 10,
        .algorithm = {'A', 'T', 'T', 'E', 'S', 'T'},
        .test_data = true,
        .tpm = true};
    for (uint16_t i = 0; i < b->record_count; i++)
        b->records[i] = (struct record){.dt_ms = i == 0 ? 0 : 1000,
            .spo2 = {true, (uint16_t)(960 + i)},
            .pulse = {true, (uint16_t)(700 + i)},
            .pi = {true, 250},
            .quality = 90};
}

static int outcome_of(const struct attestant *a, struct bytes sealed)
{
    static struct answer got;
    uint8_t plain[LIMIT_ANSWER];
    size_t len = 0;

    return open_answer(
               a->port, sealed, &a->bundle.kid, &a->keys.down, ROOM_OF(plain), &len)
                == OK
            && answer_parse((struct bytes){plain, len}, &got) == OK
        ? (int)got.verdicts[0].outcome
        : -1;
}

static void send_batch(struct attestant *a, const struct connection *c, uint32_t seq)
{
    static struct batch b;
    static uint8_t plain[LIMIT_BATCH], envelope[LIMIT_ENVELOPE], in[TEXT];
    const struct entropy *e = host_entropy_port();
    size_t len = 0, sealed = 0;
    struct digest digest;
    struct nonce nonce;
    struct bytes answer;
    char fields[80], hex[2 * sizeof nonce.b + 1];

    fill(&b, seq);
    if (e->fill(e->board, ROOM_OF(nonce.b)) != OK
        || batch_build(&b, ROOM_OF(plain), &len) != OK
        || seal_batch(&a->sealer, a->port, (struct bytes){plain, len},
               ROOM_OF(envelope), &sealed, &digest)
            != OK)
        die("no batch");
    hex_of(BYTES_OF(nonce.b), (struct room){(uint8_t *)hex, sizeof hex});
    (void)snprintf(fields, sizeof fields, "Holdfast-Nonce: %s\r\n", hex);
    unsigned status = post(a, c, "batches", fields, (struct bytes){envelope, sealed},
        ROOM_OF(in), &answer);
    int outcome = outcome_of(a, answer);
    if (outcome < 0)
        printf("%u -\n", status);
    else
        printf("%u %d\n", status, outcome);
}

static void obey(struct attestant *a, char *line)
{
    char *words[WORDS] = {NULL}, *rest = NULL;
    size_t count = 0;

    for (char *w = strtok_r(line, " \n", &rest); w && count < WORDS;
         w = strtok_r(NULL, " \n", &rest))
        words[count++] = w;
    size_t n = count > 1 ? strtoul(words[1], NULL, 10) : 0;
    struct connection *c = &a->connections[n % CONNECTIONS];
    if (count == 0)
        die("no command");
    if (strcmp(words[0], "make") == 0) {
        make(a);
    } else if (strcmp(words[0], "enrol") == 0) {
        enrol(a, count > 1 ? words[1] : "");
    } else if (strcmp(words[0], "connect") == 0) {
        connect_one(a, c);
    } else if (strcmp(words[0], "ask") == 0) {
        ask(a, c);
    } else if (strcmp(words[0], "quote") == 0) {
        quote(a, c, words);
    } else if (strcmp(words[0], "send") == 0) {
        send_batch(a, c, count > 2 ? (uint32_t)strtoul(words[2], NULL, 10) : 0);
    } else if (strcmp(words[0], "close") == 0) {
        hang_up(c);
        printf("closed\n");
    } else {
        die("no such command");
    }
    (void)fflush(stdout);
}

static void read_bundle(struct attestant *a, const char *path)
{
    static uint8_t text[LIMIT_CONF_FILE];
    struct conf_error err = {0};
    size_t len = 0;

    if (!read_file(path, ROOM_OF(text), &len)
        || bundle_parse((struct bytes){text, len}, &a->bundle, &err) != OK)
        die("no bundle");
}

int main(int argc, char **argv)
{
    static struct attestant a;
    char line[1024];

    if (argc < 3 || argc > 4 || host_crypto_new(&a.crypto) != OK)
        die("BUNDLE TPM [BETWEEN.der]");
    a.port = host_crypto_port(a.crypto);
    a.spec = argv[2];
    read_bundle(&a, argv[1]);
    if (argc == 4 && !read_file(argv[3], ROOM_OF(a.between), &a.between_len))
        die("no certificate between");
    while (fgets(line, sizeof line, stdin))
        obey(&a, line);
    for (size_t i = 0; i < CONNECTIONS; i++)
        hang_up(&a.connections[i]);
    SSL_CTX_free(a.ctx);
    host_crypto_free(a.crypto);
    return 0;
}
