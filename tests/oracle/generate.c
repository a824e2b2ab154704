/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire-generate: messages for other judges than our own parser.
 *
 *   wire_generate COUNT SEED          lines `kind hex verdict`, every other message spoiled
 *   wire_generate --corpus DIR COUNT  small seeds for the fuzz targets, DIR/<target>/<n>
 */
#include "core/base/hex.h"
#include "wire/attest.h"
#include "wire/enrol.h"

#include "tests/oracle/release_seeds.h"
#include "tests/support/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint8_t message[MESSAGE_MAX];

static int lines(unsigned long count, uint64_t seed)
{
    static char hex[2 * MESSAGE_MAX + 1];
    struct dice d = {seed * 2 + 1};

    for (unsigned long i = 0; i < count; i++) {
        enum message_kind kind = (enum message_kind)(i / 2 % MESSAGE_KINDS);
        size_t len = any_message(&d, kind, ROOM_OF(message));
        if (i % 2)
            len = spoil(&d, ROOM_OF(message), len);
        struct bytes m = {message, len};
        hex_of(m, (struct room){(uint8_t *)hex, sizeof hex});
        printf("%s %s %s\n", message_kind_name(kind), len ? hex : "-",
            message_accepted(kind, m) ? "ok" : "no");
    }
    return 0;
}

static bool keep(const char *dir, const char *target, unsigned long n, struct bytes b)
{
    char path[512];

    (void)mkdir(dir, 0755);
    (void)snprintf(path, sizeof path, "%s/%s", dir, target);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/%s/%03lu", dir, target, n);
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    bool good = fwrite(b.at, 1, b.len, f) == b.len;
    return fclose(f) == 0 && good;
}

static struct bytes any_m1(struct dice *d)
{
    for (size_t i = 0; i < ENROL_M1_LEN; i++)
        message[i] = (uint8_t)roll(d, 256);
    message[0] = 1;
    return (struct bytes){message, ENROL_M1_LEN};
}

static struct bytes any_part(struct dice *d, size_t most)
{
    static uint8_t part[LIMIT_ENDORSEMENT];

    for (size_t i = 0; i < sizeof part; i++)
        part[i] = (uint8_t)roll(d, 256);
    return (struct bytes){part, 1 + roll(d, most)};
}

/* By turns E1 without and with a proof, E2, the cloud's question, a quote; small ones. */
static struct bytes any_attest(struct dice *d, unsigned long i)
{
    struct bytes p = any_part(d, 40);
    size_t len = 0;

    if (i % 5 < 2) {
        struct enrol_tpm e = {.m1 = any_m1(d),
            .proven = i % 5 == 1,
            .certificate = p,
            .between_count = (uint8_t)roll(d, LIMIT_BETWEEN + 1),
            .between = {p, p, p},
            .attestation_key = p,
            .tls_key = p,
            .said = p,
            .signature = p};
        uint8_t m1[ENROL_M1_LEN];
        memcpy(m1, e.m1.at, sizeof m1);
        e.m1 = BYTES_OF(m1);
        if (enrol_tpm_build(&e, ROOM_OF(message), &len) != OK)
            return (struct bytes){0};
    } else if (i % 5 == 2) {
        struct enrol_credential e;
        memcpy(e.blob, p.at, sizeof e.blob);
        memcpy(e.seed, p.at, sizeof e.seed);
        enrol_credential_build(&e, message);
        len = ENROL_CREDENTIAL_LEN;
    } else if (i % 5 == 3) {
        struct attest_ask a = {.registers = 1u << roll(d, ATTEST_REGISTERS)};
        memcpy(a.nonce.b, p.at, sizeof a.nonce.b);
        attest_ask_build(&a, message);
        len = ATTEST_ASK_LEN;
    } else {
        struct attest_quote q = {.said = p, .signature = p};
        memcpy(q.nonce.b, p.at, sizeof q.nonce.b);
        len = attest_quote_build(&q, ROOM_OF(message)).len;
    }
    return (struct bytes){message, len};
}

static struct bytes any_bundle(struct dice *d)
{
    static struct bundle b;
    size_t len = 0;

    b = (struct bundle){.port = 8443, .enrol_port = 8444, .kid.generation = 1};
    (void)snprintf(b.address, sizeof b.address, "10.0.0.%u", (unsigned)roll(d, 256));
    (void)snprintf(b.name, sizeof b.name, "cloud.test");
    b.ca_active.len = (uint16_t)(1 + roll(d, 12));
    b.ca_backup.len = 3;
    b.expires_utc_s = 1 + roll(d, 4000000000);
    for (size_t i = 0; i < DEVICE_ID_LEN; i++)
        b.kid.device.b[i] = (uint8_t)roll(d, 256);
    b.kid.device.b[6] = (uint8_t)(0x40 | (b.kid.device.b[6] & 15));
    b.kid.device.b[8] = (uint8_t)(0x80 | (b.kid.device.b[8] & 63));
    if (bundle_build(&b, ROOM_OF(message), &len) != OK)
        return (struct bytes){0};
    return (struct bytes){message, len};
}

/* An answer whose ward fills the message: what is copied before its length is judged runs out of the whole answer. */
static struct bytes ward_too_long(struct dice *d)
{
    enum { WARD = 64, LONG = 4000 };
    static struct answer a;
    size_t len, at = 0;

    do
        len = any_message(d, MESSAGE_ANSWER, ROOM_OF(message));
    while (len > LIMIT_ANSWER - LONG - 64
        || answer_parse((struct bytes){message, len}, &a) != OK || !a.has_config);
    memset(a.config.ward, 'w', WARD);
    a.config.ward[WARD] = 0;
    if (answer_build(&a, ROOM_OF(message), &len) != OK)
        return (struct bytes){0};
    while (at + WARD < len
        && (message[at] != 0x78 || message[at + 1] != WARD || message[at + 2] != 'w'))
        at++;
    memmove(message + at + 3 + LONG, message + at + 2 + WARD, len - at - 2 - WARD);
    memcpy(message + at, (const uint8_t[]){0x79, LONG >> 8, LONG & 0xff}, 3);
    memset(message + at + 3, 'w', LONG);
    return (struct bytes){message, len + LONG - WARD + 1};
}

static int corpus(const char *dir, unsigned long count)
{
    static const struct {
        enum message_kind kind;
        const char *target;
    } rows[] = {{MESSAGE_BATCH, "wire_batch_fuzz"},
        {MESSAGE_ANSWER, "wire_answer_fuzz"}, {MESSAGE_UP, "wire_envelope_fuzz"},
        {MESSAGE_DOWN, "wire_envelope_fuzz"}, {MESSAGE_TICKET, "wire_ticket_fuzz"},
        {MESSAGE_LOG, "wire_service_log_fuzz"}, {MESSAGE_RELEASE, "wire_release_fuzz"},
        {MESSAGE_RELEASE, "wire_sign1_fuzz"}};
    struct dice d = {99};
    bool good = true;

    for (unsigned long i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            size_t len;
            do {
                len = any_message(&d, rows[k].kind, ROOM_OF(message));
                if (i % 4 == 3)
                    len = spoil(&d, ROOM_OF(message), len);
            } while (len > 1024);
            good &= keep(dir, rows[k].target, 2 * i + (rows[k].kind == MESSAGE_DOWN),
                (struct bytes){message, len});
        }
        good &= keep(dir, "wire_enrol_fuzz", i, any_m1(&d));
        good &= keep(dir, "wire_attest_fuzz", i, any_attest(&d, i));
        good &= keep(dir, "wire_bundle_fuzz", i, any_bundle(&d));
        good &= keep(dir, "device_update_release_cms_fuzz", i, release_seed_cms(i));
        good &= keep(dir, "core_update_bundle_fuzz", i, release_seed_bundle(i));
    }
    good &= keep(dir, "wire_answer_fuzz", 2 * count, ward_too_long(&d));
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--corpus") == 0)
        return corpus(argv[2], strtoul(argv[3], NULL, 10));
    if (argc == 3)
        return lines(strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
    (void)fprintf(
        stderr, "error: wire_generate: expected COUNT SEED or --corpus DIR COUNT\n");
    return 2;
}
