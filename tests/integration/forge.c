/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forge: the product's own cryptography in an attacker's hands, for the integration tests.
 *
 * Reads a device's long-term keys (as who is root on it can) and writes to stdout what a forked
 * firmware or a faulty store could seal: batches and answers of any content, right key, right
 * form or not. It builds CBOR by itself, so that no rule of wire/ stands in its way. With a bundle
 * it asks to be enrolled, for a TLS key that everybody knows, with or without the invitation.
 *
 *   forge ROOT keys
 *   forge ROOT batch  [--seq N] [--device UUID] [--set FIELD=VALUE] [--mutate SEED]
 *                     [--keep-epoch FILE | --epoch FILE]     the key of its epoch, out or in
 *   forge ROOT answer --nonce HEX --for ENVELOPE_HEX [--digest HEX] [--outcome N]
 *                     [--config-version N --batch-s N --ward TEXT --zone TEXT] [--mutate SEED]
 *   forge BUNDLE m1   [--device UUID] [--secret HEX | --invited yes]
 */
#include "core/base/hex.h"
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "device/keeper/identity.h"
#include "device/trust/trust_file.h"
#include "host/crypto.h"
#include "wire/cbor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct wish { /* of a batch; 64 bits wide, so that the impossible can be said */
    uint64_t seq, spo2, pulse, pi, quality, clock, first_dt, merged, records, lost, tpm;
    bool has_merged;
};

struct forge {
    struct host_crypto *crypto;
    struct identity_record id;
    int argc;
    char **argv;
};

static void die(const char *what)
{
    fprintf(stderr, "forge: %s\n", what);
    exit(2);
}

static const char *option(const struct forge *f, const char *name)
{
    for (int i = 3; i + 1 < f->argc; i++)
        if (strcmp(f->argv[i], name) == 0)
            return f->argv[i + 1];
    return NULL;
}

static uint64_t number(const struct forge *f, const char *name, uint64_t otherwise)
{
    const char *v = option(f, name);
    return v ? strtoull(v, NULL, 10) : otherwise;
}

static struct bytes hex_option(
    const struct forge *f, const char *name, struct room into)
{
    const char *v = option(f, name);
    size_t n = v ? strlen(v) / 2 : 0;

    if (!v || n > into.cap
        || hex_parse(
               (struct bytes){(const uint8_t *)v, strlen(v)}, (struct room){into.at, n})
            != OK)
        die(name);
    return (struct bytes){into.at, n};
}

static void read_identity(struct forge *f)
{
    char folder[4096], path[4200];
    struct trust_file trust;
    struct stat st;
    const char *why = "?";

    snprintf(folder, sizeof folder, "%s/var/lib/holdfast/keeper", f->argv[1]);
    snprintf(path, sizeof path, "%s/identity", folder);
    if (stat(path, &st) != 0
        || trust_file_open(&trust, TRUST_WRAP, folder, st.st_uid,
               host_crypto_port(f->crypto), host_entropy_port(), &why)
            != OK
        || identity_read(path, st.st_uid, &trust.port, &f->id, &why) != OK)
        die("no identity of an enrolled device below this root");
    trust_file_close(&trust);
}

static void wish_for(struct wish *w, const char *text)
{
    static const struct {
        const char *name;
        size_t at;
    } fields[] = {
        {"spo2", offsetof(struct wish, spo2)},
        {"pulse", offsetof(struct wish, pulse)},
        {"pi", offsetof(struct wish, pi)},
        {"quality", offsetof(struct wish, quality)},
        {"clock", offsetof(struct wish, clock)},
        {"first-dt", offsetof(struct wish, first_dt)},
        {"merged", offsetof(struct wish, merged)},
        {"tpm", offsetof(struct wish, tpm)},
        {"records", offsetof(struct wish, records)},
        {"lost", offsetof(struct wish, lost)},
    };
    const char *eq = strchr(text, '=');
    for (size_t i = 0; eq && i < sizeof fields / sizeof fields[0]; i++) {
        if (strncmp(text, fields[i].name, (size_t)(eq - text)) != 0
            || strlen(fields[i].name) != (size_t)(eq - text))
            continue;
        uint64_t v = strtoull(eq + 1, NULL, 10);
        memcpy((char *)w + fields[i].at, &v, sizeof v);
        w->has_merged = w->has_merged || strcmp(fields[i].name, "merged") == 0;
        return;
    }
    die("--set FIELD=VALUE: no such field");
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void pair(struct writer *w, uint64_t key, uint64_t value)
{
    cbor_put_uint(w, key);
    cbor_put_uint(w, value);
}

static void build_batch(struct writer *w, const struct wish *x)
{
    static const uint8_t algorithm[ALGORITHM_LEN] = "FORGED";

    cbor_put_map(w, 12u + x->has_merged + (x->tpm > 0));
    pair(w, 1, 1);
    pair(w, 2, x->seq);
    pair(w, 3, 1);
    pair(w, 4, 1000);
    pair(w, 5, now_ms());
    pair(w, 6, x->clock);
    cbor_put_uint(w, 7);
    cbor_put_null(w);
    cbor_put_uint(w, 8);
    cbor_put_array(w, x->records);
    for (uint64_t i = 0; i < x->records; i++) {
        cbor_put_array(w, 6);
        cbor_put_uint(w, i == 0 ? x->first_dt : 1000);
        cbor_put_uint(w, x->spo2);
        cbor_put_uint(w, x->pulse);
        cbor_put_uint(w, x->pi);
        cbor_put_uint(w, 0);
        cbor_put_uint(w, x->quality);
    }
    cbor_put_uint(w, 9);
    cbor_put_bstr(w, BYTES_OF(algorithm));
    pair(w, 10, x->lost);
    pair(w, 11, 0);
    cbor_put_uint(w, 12);
    cbor_put_bool(w, true);
    if (x->has_merged)
        pair(w, 14, x->merged);
    if (x->tpm > 0)
        pair(w, 16, x->tpm);
}

/* One seeded change: a bit, a byte, a cut, or a byte more. */
static size_t mutate(uint8_t *b, size_t len, uint64_t seed)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15 + 0x7f4a7c15;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9;
    x ^= x >> 32;
    size_t at = (size_t)(x >> 8) % len;
    switch (x % 4) {
    case 0: b[at] ^= (uint8_t)(1u << (x >> 4) % 8); return len;
    case 1: b[at] = (uint8_t)(x >> 16); return len;
    case 2: return at ? at : 1;
    default: memmove(b + at + 1, b + at, len - at); return len + 1;
    }
}

static void out(const uint8_t *b, size_t len)
{
    if (fwrite(b, 1, len, stdout) != len)
        die("stdout");
}

/* The epoch's name and key, as they lie in the memory of keeper and store. */
static void keep_epoch(const struct forge *f, const struct sealer *s)
{
    FILE *to =
        option(f, "--keep-epoch") ? fopen(option(f, "--keep-epoch"), "we") : NULL;
    if (!to || fwrite(&s->epoch, sizeof s->epoch, 1, to) != 1
        || fwrite(&s->key, sizeof s->key, 1, to) != 1 || fclose(to) != 0)
        die("--keep-epoch");
}

static bool take_epoch(const struct forge *f, struct sealer *s)
{
    FILE *from = fopen(option(f, "--epoch"), "re");
    bool whole = from && fread(&s->epoch, sizeof s->epoch, 1, from) == 1
        && fread(&s->key, sizeof s->key, 1, from) == 1;
    if (from)
        fclose(from);
    s->kid = f->id.kid;
    s->seals = 1000; /* past what the device itself has sealed under it */
    return whole;
}

static bool sealer_of(const struct forge *f, const struct kid *kid, struct sealer *s)
{
    if (option(f, "--epoch"))
        return take_epoch(f, s);
    if (sealer_init(s, host_crypto_port(f->crypto), host_entropy_port(), &f->id.cloud,
            kid, &f->id.up)
        != OK)
        return false;
    if (option(f, "--keep-epoch"))
        keep_epoch(f, s);
    return true;
}

static int forge_batch(struct forge *f)
{
    static uint8_t plain[LIMIT_BATCH * 4], envelope[LIMIT_ENVELOPE * 4];
    struct wish x = {.seq = number(f, "--seq", 0),
        .spo2 = 970,
        .pulse = 720,
        .pi = 300,
        .quality = 90,
        .clock = 2,
        .records = 30};
    struct sealer s = {0};
    struct digest d;
    struct kid kid = f->id.kid;
    const char *device = option(f, "--device");

    if (option(f, "--set"))
        wish_for(&x, option(f, "--set"));
    if (device
        && uuid_parse(
               (struct bytes){(const uint8_t *)device, strlen(device)}, kid.device.b)
            != OK)
        die("--device");
    struct writer w = writer_over(ROOM_OF(plain));
    build_batch(&w, &x);
    size_t len = w.len;
    if (option(f, "--mutate"))
        len = mutate(plain, len, number(f, "--mutate", 0));
    if (!sealer_of(f, &kid, &s)
        || seal_batch(&s, host_crypto_port(f->crypto), (struct bytes){plain, len},
               ROOM_OF(envelope), &len, &d)
            != OK)
        die("cannot seal");
    out(envelope, len);
    return 0;
}

static uint32_t seq_of(const struct envelope *e, const struct forge *f)
{
    /* The plaintext is the device's own secret; what is needed is in the log: --seq. */
    (void)e;
    return (uint32_t)number(f, "--seq", 0);
}

static void build_answer(struct writer *w, const struct forge *f)
{
    static uint8_t envelope[LIMIT_ENVELOPE];
    uint8_t nonce[16], digest[32];
    static const uint8_t store[STORE_ID_LEN] = "FORGED STORE ID";
    struct bytes sent = hex_option(f, "--for", ROOM_OF(envelope));
    struct envelope e;
    struct digest d;
    bool config = option(f, "--config-version") != NULL;

    if (envelope_parse(ENVELOPE_BATCH, sent, &e) != OK)
        die("--for: not an envelope");
    const struct crypto *c = host_crypto_port(f->crypto);
    if (c->sha256(c->board, sent, &d) != OK)
        die("sha256");
    cbor_put_map(w, config ? 6 : 5);
    pair(w, 1, 1);
    cbor_put_uint(w, 2);
    cbor_put_bstr(w, hex_option(f, "--nonce", ROOM_OF(nonce)));
    cbor_put_uint(w, 3);
    cbor_put_array(w, 1);
    cbor_put_array(w, 4);
    cbor_put_bstr(w, BYTES_OF(e.epoch.b));
    cbor_put_uint(w, seq_of(&e, f));
    cbor_put_bstr(w,
        option(f, "--digest") ? hex_option(f, "--digest", ROOM_OF(digest))
                              : BYTES_OF(d.b));
    cbor_put_uint(w, number(f, "--outcome", 0));
    pair(w, 4, now_ms());
    cbor_put_uint(w, 5);
    cbor_put_bstr(w, BYTES_OF(store));
    if (!config)
        return;
    const char *ward = option(f, "--ward"), *zone = option(f, "--zone");
    cbor_put_uint(w, 6);
    cbor_put_map(w, 4);
    pair(w, 1, number(f, "--config-version", 0));
    pair(w, 2, number(f, "--batch-s", 60));
    cbor_put_uint(w, 3);
    cbor_put_tstr(w,
        (struct bytes){
            (const uint8_t *)(ward ? ward : "ward"), strlen(ward ? ward : "ward")});
    cbor_put_uint(w, 4);
    cbor_put_tstr(w,
        (struct bytes){
            (const uint8_t *)(zone ? zone : "UTC"), strlen(zone ? zone : "UTC")});
}

static int forge_answer(struct forge *f)
{
    static uint8_t plain[LIMIT_ANSWER * 2], envelope[LIMIT_ENVELOPE];
    struct writer w = writer_over(ROOM_OF(plain));
    size_t len;

    build_answer(&w, f);
    len = w.len;
    if (option(f, "--mutate"))
        len = mutate(plain, len, number(f, "--mutate", 0));
    if (seal_answer(host_crypto_port(f->crypto), host_entropy_port(), &f->id.kid,
            &f->id.down, (struct bytes){plain, len}, ROOM_OF(envelope), &len)
        != OK)
        die("cannot seal");
    out(envelope, len);
    return 0;
}

/* The curve's generator: the public key whose private key is 1.
 * holdfast-review: not a secret, a constant of the standard */
static const uint8_t known_key[P256_PUBLIC_LEN] = {0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1,
    0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d,
    0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
    0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37,
    0xbf, 0x51, 0xf5};

static int forge_m1(struct forge *f)
{
    static uint8_t text[LIMIT_CONF_FILE];
    static struct bundle b;
    struct conf_error why;
    struct device_keys keys;
    uint8_t m1[ENROL_M1_LEN];
    const char *device = option(f, "--device");
    FILE *in = fopen(f->argv[1], "re");
    size_t len = in ? fread(text, 1, sizeof text, in) : 0;

    if (in)
        fclose(in);
    if (bundle_parse((struct bytes){text, len}, &b, &why) != OK)
        die("no bundle there");
    if (!option(f, "--invited"))
        memset(&b.secret, 0, sizeof b.secret);
    if (option(f, "--secret"))
        (void)hex_option(f, "--secret", ROOM_OF(b.secret.b));
    if (device
        && uuid_parse(
               (struct bytes){(const uint8_t *)device, strlen(device)}, b.kid.device.b)
            != OK)
        die("--device");
    if (enrol_begin(host_crypto_port(f->crypto), host_entropy_port(), &b.s, &b.kid,
            &b.secret, known_key, m1, &keys)
        != OK)
        die("cannot make M1");
    out(m1, sizeof m1);
    return 0;
}

int main(int argc, char **argv)
{
    struct forge f = {.argc = argc, .argv = argv};
    char hex[129];
    uint8_t keys[64];

    if (argc < 3 || host_crypto_new(&f.crypto) != OK)
        die("ROOT and what to forge are wanted");
    if (strcmp(argv[2], "m1") == 0)
        return forge_m1(&f);
    read_identity(&f);
    if (strcmp(argv[2], "batch") == 0)
        return forge_batch(&f);
    if (strcmp(argv[2], "answer") == 0)
        return forge_answer(&f);
    if (strcmp(argv[2], "keys") != 0)
        die("batch, answer, m1 or keys");
    memcpy(keys, f.id.up.b, 32);
    memcpy(keys + 32, f.id.down.b, 32);
    hex_of(BYTES_OF(keys), (struct room){(uint8_t *)hex, sizeof hex});
    puts(hex);
    return 0;
}
