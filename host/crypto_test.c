/* SPDX-License-Identifier: Apache-2.0 */
/* The crypto port against published numbers: whatever seals on it stands on these. */
#include "host/crypto.h"

#include "core/base/hex.h"
#include "tests/support/check.h"

struct hexed {
    uint8_t b[160];
    size_t len;
};

static struct hexed hexed(const char *text)
{
    struct hexed h = {.len = strlen(text) / 2};
    CHECK(h.len <= sizeof h.b
        && hex_parse((struct bytes){(const uint8_t *)text, strlen(text)},
               (struct room){h.b, h.len})
            == OK);
    return h;
}

#define OF(h) ((struct bytes){(h).b, (h).len})

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct host_crypto *host(const struct crypto **port)
{
    struct host_crypto *h = NULL;
    CHECK(host_crypto_new(&h) == OK);
    *port = host_crypto_port(h);
    return h;
}

static void test_sha256_is_that_of_fips_180(void)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    const struct crypto *c;
    struct host_crypto *h = host(&c);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hexed want = hexed(rows[i].want);
        struct digest d;
        CHECK(c->sha256(c->board, text(rows[i].in), &d) == OK);
        CHECK(memcmp(d.b, want.b, sizeof d.b) == 0);
    }
    host_crypto_free(h);
}

/* Cases 1 to 4, 6 and 7 (5 is about cutting the result short). */
static void test_hmac_is_that_of_rfc_4231(void)
{
    uint8_t k1[20], k3[20], k4[25], k6[131], d3[50], d4[50];
    memset(k1, 0x0b, sizeof k1);
    memset(k3, 0xaa, sizeof k3);
    memset(k6, 0xaa, sizeof k6);
    memset(d3, 0xdd, sizeof d3);
    memset(d4, 0xcd, sizeof d4);
    for (size_t i = 0; i < sizeof k4; i++)
        k4[i] = (uint8_t)(i + 1);
    const struct {
        struct bytes key, in;
        const char *want;
    } rows[] = {
        {BYTES_OF(k1), text("Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {text("Jefe"), text("what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {BYTES_OF(k3), BYTES_OF(d3),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {BYTES_OF(k4), BYTES_OF(d4),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {BYTES_OF(k6), text("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {BYTES_OF(k6),
            text("This is a test using a larger than block-size key and a larger than "
                 "block-size data. The key needs to be hashed before being used by the "
                 "HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    const struct crypto *c;
    struct host_crypto *h = host(&c);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hexed want = hexed(rows[i].want);
        struct digest d;
        CHECK(c->hmac(c->board, rows[i].key, rows[i].in, &d) == OK);
        CHECK(memcmp(d.b, want.b, sizeof d.b) == 0);
    }
    host_crypto_free(h);
}

/* OpenSSL takes a NULL key for "the one before": a salt of no bytes must not mean that. */
static void test_a_key_of_no_bytes_is_not_the_key_of_the_call_before(void)
{
    static const uint8_t zeros[32];
    const struct crypto *c;
    struct host_crypto *h = host(&c);
    struct digest none, zero;

    CHECK(c->hmac(c->board, BYTES_OF(zeros), text("x"), &zero) == OK);
    CHECK(c->hmac(c->board, text("another key"), text("x"), &none) == OK);
    CHECK(c->hmac(c->board, (struct bytes){0}, text("x"), &none) == OK);
    CHECK(memcmp(&none, &zero, sizeof none) == 0);
    host_crypto_free(h);
}

/* The cases of the GCM submission to NIST (McGrew and Viega, appendix B) that have 12 byte IVs. */
static const struct {
    const char *key, *iv, *aad, *plain, *sealed;
} gcm[] = {
    {"00000000000000000000000000000000", "000000000000000000000000", "", "",
        "58e2fccefa7e3061367f1d57a4e7455a"},
    {"00000000000000000000000000000000", "000000000000000000000000", "",
        "00000000000000000000000000000000",
        "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        "5bc94fbc3221a5db94fae95ae7121a47"},
    {"0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"},
};
enum { GCM = sizeof gcm / sizeof gcm[0] };

static struct iv iv_of(size_t row)
{
    struct hexed h = hexed(gcm[row].iv);
    struct iv iv;
    CHECK(h.len == sizeof iv.b);
    memcpy(iv.b, h.b, sizeof iv.b);
    return iv;
}

static void test_aes_gcm_is_that_of_nist_both_ways(void)
{
    const struct crypto *c;
    struct host_crypto *h = host(&c);

    for (size_t i = 0; i < GCM; i++) {
        struct hexed key = hexed(gcm[i].key), aad = hexed(gcm[i].aad),
                     plain = hexed(gcm[i].plain), want = hexed(gcm[i].sealed);
        struct iv iv = iv_of(i);
        uint8_t sealed[160], opened[160];
        CHECK(c->aead_seal(c->board, OF(key), &iv, OF(aad), OF(plain), ROOM_OF(sealed))
            == OK);
        CHECK(want.len == plain.len + TAG_LEN && memcmp(sealed, want.b, want.len) == 0);
        CHECK(c->aead_open(c->board, OF(key), &iv, OF(aad), OF(want), ROOM_OF(opened))
            == OK);
        CHECK(memcmp(opened, plain.b, plain.len) == 0);
    }
    host_crypto_free(h);
}

/* Flip each bit of `part` in turn: nothing opens, and nothing of the text comes out. */
static void check_no_flip_opens(
    const struct crypto *c, size_t row, struct hexed in[4], size_t part)
{
    struct hexed plain = hexed(gcm[row].plain);

    for (size_t bit = 0; bit < 8 * in[part].len; bit++) {
        uint8_t out[160];
        struct iv iv;
        memset(out, 0x5a, sizeof out);
        in[part].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memcpy(iv.b, in[1].b, sizeof iv.b);
        CHECK(c->aead_open(c->board, OF(in[0]), &iv, OF(in[2]), OF(in[3]), ROOM_OF(out))
            == REFUSED);
        for (size_t i = 0; i + 4 <= plain.len; i++)
            CHECK(memcmp(out + i, plain.b + i, 4) != 0
                || memcmp(plain.b + i, "\0\0\0\0", 4) == 0);
        in[part].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_one_wrong_bit_of_key_iv_aad_text_or_tag_opens_nothing(void)
{
    const struct crypto *c;
    struct host_crypto *h = host(&c);

    for (size_t i = 0; i < GCM; i++) {
        struct hexed in[] = {hexed(gcm[i].key), hexed(gcm[i].iv), hexed(gcm[i].aad),
            hexed(gcm[i].sealed)};
        for (size_t part = 0; part < 4; part++)
            check_no_flip_opens(c, i, in, part);
        struct iv iv = iv_of(i);
        uint8_t out[160];
        for (size_t cut = 0; cut < in[3].len; cut++)
            CHECK(c->aead_open(c->board, OF(in[0]), &iv, OF(in[2]),
                      (struct bytes){in[3].b, cut}, ROOM_OF(out))
                == REFUSED);
        /* The context is reused: what was refused must not spoil what comes after it. */
        CHECK(c->aead_open(c->board, OF(in[0]), &iv, OF(in[2]), OF(in[3]), ROOM_OF(out))
            == OK);
    }
    host_crypto_free(h);
}

static void test_x25519_is_that_of_rfc_7748(void)
{
    static const struct {
        const char *priv, *pub, *shared;
    } rows[] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
        /* 6.1: Alice with Bob's public key, Bob with Alice's */
        {"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
        {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    };
    const struct crypto *c;
    struct host_crypto *h = host(&c);
    struct x25519_private priv;
    struct x25519_public pub, alice;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hexed want = hexed(rows[i].shared);
        struct key shared;
        memcpy(priv.b, hexed(rows[i].priv).b, sizeof priv.b);
        memcpy(pub.b, hexed(rows[i].pub).b, sizeof pub.b);
        CHECK(c->x25519(c->board, &priv, &pub, &shared) == OK);
        CHECK(memcmp(shared.b, want.b, sizeof shared.b) == 0);
    }
    memcpy(priv.b, hexed(rows[2].priv).b, sizeof priv.b);
    CHECK(c->x25519_public(c->board, &priv, &alice) == OK);
    CHECK(memcmp(alice.b, hexed(rows[3].pub).b, sizeof alice.b) == 0);
    host_crypto_free(h);
}

/* Every point of small order, in every spelling of 32 bytes with the top bit clear or set. */
static void test_points_of_low_order_are_refused_and_write_nothing(void)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    const struct crypto *c;
    struct host_crypto *h = host(&c);

    for (size_t i = 0; i < 2 * sizeof low / sizeof low[0]; i++) {
        struct x25519_private priv;
        struct x25519_public pub;
        struct key shared, untouched;
        memset(&shared, 0x5a, sizeof shared);
        untouched = shared;
        memcpy(pub.b, hexed(low[i / 2]).b, sizeof pub.b);
        pub.b[31] = (uint8_t)(pub.b[31] | (i % 2 ? 0x80 : 0));
        CHECK(host_entropy_port()->fill(NULL, ROOM_OF(priv.b)) == OK);
        CHECK(c->x25519(c->board, &priv, &pub, &shared) == REFUSED);
        CHECK(memcmp(&shared, &untouched, sizeof shared) == 0);
    }
    host_crypto_free(h);
}

static void test_entropy_fills_all_of_the_room_and_only_it(void)
{
    uint8_t seen[64] = {0}, b[66];

    /* After 64 draws a byte that never changed was never written (2^-512 each). */
    for (int round = 0; round < 64; round++) {
        memset(b, 0, sizeof b);
        CHECK(host_entropy_port()->fill(NULL, (struct room){b + 1, 64}) == OK);
        CHECK(b[0] == 0 && b[65] == 0);
        for (size_t i = 0; i < sizeof seen; i++)
            seen[i] |= b[1 + i];
    }
    for (size_t i = 0; i < sizeof seen; i++)
        CHECK(seen[i] != 0);
}

MAIN(TEST(test_sha256_is_that_of_fips_180), TEST(test_hmac_is_that_of_rfc_4231),
    TEST(test_a_key_of_no_bytes_is_not_the_key_of_the_call_before),
    TEST(test_aes_gcm_is_that_of_nist_both_ways),
    TEST(test_one_wrong_bit_of_key_iv_aad_text_or_tag_opens_nothing),
    TEST(test_x25519_is_that_of_rfc_7748),
    TEST(test_points_of_low_order_are_refused_and_write_nothing),
    TEST(test_entropy_fills_all_of_the_room_and_only_it))
