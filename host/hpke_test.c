/* SPDX-License-Identifier: Apache-2.0 */
/* HPKE against the RFC's own numbers (wire/vectors/hpke-rfc9180.txt). */
#include "core/seal/hpke.h"

#include "host/crypto.h"
#include "tests/support/vector.h"

static struct vector vector(const char *name)
{
    return vector_of(VECTORS "/hpke-rfc9180.txt", name);
}

static bool same(struct bytes got, const char *name)
{
    struct vector want = vector(name);
    return got.len == want.len && memcmp(got.at, want.b, got.len) == 0;
}

static void set_up(
    struct host_crypto **host, struct hpke *sender, struct hpke *receiver)
{
    struct vector info = vector("info"), psk = vector("psk"), id = vector("psk_id"),
                  ske = vector("skE"), skr = vector("skR"), pkr = vector("pkR");
    struct x25519_private eph, self;
    struct x25519_public to, enc, own;

    CHECK(host_crypto_new(host) == OK);
    const struct crypto *c = host_crypto_port(*host);
    memcpy(eph.b, ske.b, sizeof eph.b);
    memcpy(self.b, skr.b, sizeof self.b);
    memcpy(to.b, pkr.b, sizeof to.b);
    CHECK(c->x25519_public(c->board, &self, &own) == OK
        && memcmp(&own, &to, sizeof to) == 0);
    CHECK(hpke_sender(c, HPKE_AES_128_GCM, &to, OF(info),
              (struct hpke_psk){OF(psk), OF(id)}, &eph, &enc, sender)
        == OK);
    CHECK(same(BYTES_OF(enc.b), "enc"));
    CHECK(hpke_receiver(c, HPKE_AES_128_GCM, &self, &enc, OF(info),
              (struct hpke_psk){OF(psk), OF(id)}, receiver)
        == OK);
}

static void test_the_key_schedule_is_that_of_the_rfc(void)
{
    struct host_crypto *host;
    struct hpke s, r;

    set_up(&host, &s, &r);
    CHECK(memcmp(&s, &r, sizeof s) == 0);
    CHECK(same((struct bytes){s.key, 16}, "key"));
    CHECK(same(BYTES_OF(s.base_nonce.b), "base_nonce"));
    CHECK(same(BYTES_OF(s.exporter_secret.b), "exporter_secret"));
    host_crypto_free(host);
}

static void test_seals_and_opens_are_those_of_the_rfc(void)
{
    static const unsigned shown[] = {0, 1, 2, 4, 255, 256};
    struct vector plain = vector("plain");
    struct host_crypto *host;
    struct hpke s, r;
    size_t next = 0;

    set_up(&host, &s, &r);
    const struct crypto *c = host_crypto_port(host);
    for (unsigned n = 0; n <= 256; n++) {
        char aad[16], name[16];
        uint8_t sealed[64], opened[64];
        int len = snprintf(aad, sizeof aad, "Count-%u", n);
        struct bytes a = {(uint8_t *)aad, (size_t)len},
                     all = {sealed, plain.len + TAG_LEN};
        CHECK(hpke_seal(c, &s, a, OF(plain), ROOM_OF(sealed)) == OK);
        CHECK(hpke_open(c, &r, a, all, ROOM_OF(opened)) == OK);
        CHECK(memcmp(opened, plain.b, plain.len) == 0);
        if (next == sizeof shown / sizeof shown[0] || shown[next] != n)
            continue;
        snprintf(name, sizeof name, "seal_%u", n);
        CHECK(same(all, name));
        next++;
    }
    CHECK(next == sizeof shown / sizeof shown[0]);
    host_crypto_free(host);
}

static void test_exports_are_those_of_the_rfc(void)
{
    static const struct {
        const char *context, *name;
        size_t len;
    } cases[] = {{"", "export_", 0}, {"\0", "export_00", 1},
        {"TestContext", "export_54657374436f6e74657874", 11}};
    struct host_crypto *host;
    struct hpke s, r;

    set_up(&host, &s, &r);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[32];
        struct bytes context = {(const uint8_t *)cases[i].context, cases[i].len};
        CHECK(hpke_export(host_crypto_port(host), &s, context, ROOM_OF(out)) == OK);
        CHECK(same(BYTES_OF(out), cases[i].name));
    }
    host_crypto_free(host);
}

MAIN(TEST(test_the_key_schedule_is_that_of_the_rfc),
    TEST(test_seals_and_opens_are_those_of_the_rfc),
    TEST(test_exports_are_those_of_the_rfc))
