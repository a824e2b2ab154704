/* SPDX-License-Identifier: Apache-2.0 */
/* Every vector is made by a simulated TPM when the test runs, with tools that are not ours. */
#include "cloud/attest/attest.h"

#include "cloud/attest/credential.h"
#include "cloud/attest/maker.h"
#include "tests/support/check.h"
#include "tests/support/endorsed.h"

#include <openssl/pem.h>
#include <openssl/sha.h>
#include <time.h>

enum { REGISTERS = 1u << 0 | 1u << 4 | 1u << 7 | 1u << 11, FILE_MAX = 4096 };

struct piece { /* of what a device brings */
    uint8_t b[FILE_MAX];
    size_t len;
};

static struct endorsed mine, other;
static const char *why = "";

static struct bytes piece(const struct endorsed *t, const char *name, struct piece *p)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    FILE *f = fopen(path, "rb");
    p->len = f ? fread(p->b, 1, sizeof p->b, f) : 0;
    if (f)
        fclose(f);
    CHECK(p->len > 0);
    return (struct bytes){p->b, p->len};
}

static struct bytes der(const struct endorsed *t, const char *pem, struct piece *p)
{
    char path[160];
    unsigned char *at = p->b;

    snprintf(path, sizeof path, "%s/%s", t->folder, pem);
    FILE *f = fopen(path, "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    CHECK(x && i2d_X509(x, NULL) <= FILE_MAX);
    p->len = x ? (size_t)i2d_X509(x, &at) : 0;
    X509_free(x);
    return (struct bytes){p->b, p->len};
}

/* The tools write a TPM2B_PUBLIC: its size, then what we take. */
static struct bytes public_area(
    const struct endorsed *t, const char *name, struct piece *p)
{
    struct bytes b = piece(t, name, p);
    CHECK(b.len > 2);
    return (struct bytes){b.at + 2, b.len - 2};
}

static bool refused(enum status s, const char *word)
{
    if (s == REFUSED && strcmp(why, word) == 0)
        return true;
    printf("# %s, %s, not %s\n", status_name(s), s == OK ? "-" : why, word);
    return false;
}

static struct attest_key ak_of(const struct endorsed *t)
{
    struct attest_key ak = {{{0}}, {0}};
    struct piece p;

    CHECK(attest_key_read(public_area(t, "ak.pub", &p), &ak, &why) == OK);
    return ak;
}

/* ---- who made it ---- */

static enum status maker(const struct endorsed *t, const struct endorsed *allowed,
    const char *cert, EVP_PKEY **key)
{
    static struct piece leaf, between, root;
    struct bytes intermediates[1] = {der(t, "ca/issuercert.pem", &between)};
    struct bytes roots[1] = {der(allowed, "ca/swtpm-localca-rootca-cert.pem", &root)};

    return maker_check(
        strcmp(cert, "ek.der") == 0 ? piece(t, cert, &leaf) : der(t, cert, &leaf),
        intermediates, 1, roots, 1, time(NULL), key, &why);
}

static void test_certificate_of_an_allowed_maker_is_taken_and_no_other(void)
{
    EVP_PKEY *key = NULL;

    CHECK(maker(&mine, &mine, "ek.der", &key) == OK && key != NULL);
    EVP_PKEY_free(key);
    key = NULL;
    CHECK(refused(maker(&mine, &other, "ek.der", &key), "maker"));
    CHECK(refused(maker(&mine, &mine, "ca/issuercert.pem", &key), "purpose"));
    CHECK(key == NULL);
}

static void test_certificate_that_is_changed_cut_or_over_is_refused(void)
{
    struct piece leaf, between, root;
    EVP_PKEY *key = NULL;
    struct bytes cert = piece(&mine, "ek.der", &leaf);
    struct bytes is[1] = {der(&mine, "ca/issuercert.pem", &between)};
    struct bytes roots[1] = {der(&mine, "ca/swtpm-localca-rootca-cert.pem", &root)};
    int64_t now = time(NULL);

    CHECK(maker_check(
              (struct bytes){cert.at, cert.len - 1}, is, 1, roots, 1, now, &key, &why)
        == MALFORMED);
    CHECK(refused(maker_check(cert, is, 0, roots, 1, now, &key, &why), "maker"));
    CHECK(refused(maker_check(cert, is, 1, roots, 0, now, &key, &why), "maker"));
    CHECK(refused(
        maker_check(cert, is, 1, roots, 1, now - 20LL * 366 * 86400, &key, &why),
        "maker"));
    leaf.b[leaf.len - 1] ^= 1;
    CHECK(refused(maker_check(cert, is, 1, roots, 1, now, &key, &why), "maker"));
    CHECK(key == NULL);
}

/* ---- whose key it is ---- */

static bool write_credential(const struct endorsed *t, const struct credential *c)
{
    static const uint8_t head[8] = {
        0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1}; /* of the tool's file */
    char path[160];

    snprintf(path, sizeof path, "%s/credential", t->folder);
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(head, 1, sizeof head, f) == sizeof head
        && fwrite(c->blob, 1, sizeof c->blob, f) == sizeof c->blob
        && fwrite(c->seed, 1, sizeof c->seed, f) == sizeof c->seed;
    return f && fclose(f) == 0 && good;
}

static bool opens(
    struct endorsed *t, const struct credential *c, const struct key *secret)
{
    struct piece p = {.len = 0};

    if (!write_credential(t, c) || !endorsed_run(t, "activate"))
        return false;
    struct bytes got = piece(t, "opened", &p);
    return got.len == sizeof secret->b && memcmp(got.at, secret->b, got.len) == 0;
}

static void test_a_credential_opens_in_its_tpm_for_its_key_alone(void)
{
    EVP_PKEY *ek = NULL, *other_ek = NULL;
    struct attest_key ak = ak_of(&mine), other_ak = ak_of(&other);
    struct key secret;
    struct credential c;

    for (size_t i = 0; i < sizeof secret.b; i++)
        secret.b[i] = (uint8_t)(i * 5 + 1);
    CHECK(maker(&mine, &mine, "ek.der", &ek) == OK);
    CHECK(maker(&other, &other, "ek.der", &other_ek) == OK);
    CHECK(
        credential_make(ek, &ak.name, &secret, &c) == OK && opens(&mine, &c, &secret));
    CHECK(!opens(&other, &c, &secret)); /* another TPM */
    CHECK(credential_make(ek, &other_ak.name, &secret, &c) == OK);
    CHECK(!opens(&mine, &c, &secret)); /* the name of a key that this TPM has not */
    CHECK(credential_make(other_ek, &ak.name, &secret, &c) == OK);
    CHECK(!opens(&mine, &c, &secret)); /* another TPM's certificate */
    CHECK(credential_make(ek, &ak.name, &secret, &c) == OK);
    c.blob[sizeof c.blob - 1] ^= 1;
    CHECK(!opens(&mine, &c, &secret));
    EVP_PKEY_free(ek);
    EVP_PKEY_free(other_ek);
}

static void test_an_attestation_key_must_be_restricted_and_fixed_to_its_tpm(void)
{
    struct attest_key ak;
    struct piece p;

    CHECK(attest_key_read(public_area(&mine, "ak.pub", &p), &ak, &why) == OK);
    /* What signs by request would sign a made-up quote as well. */
    CHECK(refused(
        attest_key_read(public_area(&mine, "tls.pub", &p), &ak, &why), "attributes"));
    struct bytes b = public_area(&mine, "ak.pub", &p);
    p.b[2 + 4 + 3] &= (uint8_t)~SAID_FIXED_TPM;
    CHECK(refused(attest_key_read(b, &ak, &why), "attributes"));
    CHECK(refused(
        attest_key_read((struct bytes){b.at, b.len - 1}, &ak, &why), "structure"));
    b = public_area(&mine, "ak.pub", &p);
    p.b[p.len - 1] ^= 1; /* y */
    CHECK(refused(attest_key_read(b, &ak, &why), "key"));
}

/* ---- the TLS key is in it ---- */

struct scene {
    struct piece pub, said, signature;
    struct attest_evidence e;
    struct bytes public;
};

static void certified_scene(const struct endorsed *t, const char *key, struct scene *s)
{
    char name[64];

    snprintf(name, sizeof name, "%s.pub", key);
    s->public = public_area(t, name, &s->pub);
    snprintf(name, sizeof name, "%s.certify", key);
    s->e.said = piece(t, name, &s->said);
    snprintf(name, sizeof name, "%s.certify.sig", key);
    s->e.signature = piece(t, name, &s->signature);
}

/* Req: HF-TPM-006 "The verifier shall take a key for one of a TPM only if that TPM's attestation key certifies that it
 * is fixed to it and was made in it." */
static void test_a_key_counts_as_the_tpms_only_if_it_was_made_there_and_stays_there(
    void)
{
    struct attest_key ak = ak_of(&mine), other_ak = ak_of(&other);
    uint8_t point[TPM_SAID_POINT] = {0};
    struct scene s;

    certified_scene(&mine, "tls", &s);
    CHECK(attest_certified(&ak, s.public, &s.e, point, &why) == OK);
    CHECK(
        point[0] == 4 && memcmp(point + 33, s.public.at + s.public.len - 32, 32) == 0);
    CHECK(
        refused(attest_certified(&other_ak, s.public, &s.e, point, &why), "signature"));

    certified_scene(&mine, "free", &s); /* not fixed: it can be duplicated */
    CHECK(refused(attest_certified(&ak, s.public, &s.e, point, &why), "attributes"));
    certified_scene(&mine, "brought", &s); /* made elsewhere, then loaded */
    CHECK(refused(attest_certified(&ak, s.public, &s.e, point, &why), "attributes"));

    struct scene free_one;
    certified_scene(&mine, "free", &free_one);
    certified_scene(&mine, "tls", &s);
    CHECK(refused(attest_certified(&ak, free_one.public, &s.e, point, &why), "name"));
    s.e = (struct attest_evidence){
        piece(&mine, "quote", &s.said), piece(&mine, "quote.sig", &s.signature)};
    CHECK(refused(attest_certified(&ak, s.public, &s.e, point, &why), "kind"));
}

/* ---- what ran, for this nonce, on this channel ---- */

static struct attest_fresh fresh_one(void)
{
    struct attest_fresh f;

    memset(
        &f.nonce, 0xa1, sizeof f.nonce); /* as tests/support/endorsed.c asks the TPM */
    memset(&f.channel, 0xc2, sizeof f.channel);
    return f;
}

static struct attest_boot boot_of(const struct endorsed *t, uint32_t version)
{
    struct attest_boot b = {.security_version = version};
    struct piece p;
    struct bytes values = piece(t, "quote.pcrs", &p); /* of the four registers, raw */

    CHECK(values.len == 4 * 32);
    SHA256(values.at, values.len, b.measured.b);
    return b;
}

/* Req: HF-TPM-007 "A quote shall count only for the nonce and the TLS channel for which it was asked, and for
 * measurements that are known and new enough." */
static void test_each_wrong_quote_is_refused_by_its_own_name(void)
{
    struct attest_key ak = ak_of(&mine), other_ak = ak_of(&other);
    struct attest_boot known[2] = {boot_of(&mine, 7), {9, {{1}}}};
    struct attest_policy policy = {REGISTERS, 7, known, 2};
    struct attest_fresh ours = fresh_one(), said = ours;
    struct piece p, q;
    struct attest_evidence e = {
        piece(&mine, "quote", &p), piece(&mine, "quote.sig", &q)};
    uint32_t version = 0;

    CHECK(attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why) == OK);
    CHECK(version == 7);

    CHECK(refused(attest_quoted(&other_ak, &e, &said, &ours, &policy, &version, &why),
        "signature")); /* another TPM's key */
    ours.nonce.b[0] ^= 1;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "nonce"));
    said.nonce = ours.nonce; /* it says ours, and signed another */
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "binding"));
    said = ours = fresh_one();
    ours.channel.b[31] ^= 1;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "channel"));
    said.channel = ours.channel;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "binding"));
    said = ours = fresh_one();

    policy.registers ^= 1u << 7;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "selection"));
    policy.registers = REGISTERS;
    policy.least_security_version = 8;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "version"));
    policy.least_security_version = 7;
    known[0].measured.b[0] ^= 1;
    CHECK(refused(
        attest_quoted(&ak, &e, &said, &ours, &policy, &version, &why), "measurements"));
    known[0].measured.b[0] ^= 1;

    struct scene s;
    certified_scene(&mine, "tls", &s);
    CHECK(refused(
        attest_quoted(&ak, &s.e, &said, &ours, &policy, &version, &why), "kind"));
    CHECK(version == 7);
}

static void test_no_bit_of_a_quote_can_be_changed(void)
{
    struct attest_key ak = ak_of(&mine);
    struct attest_boot known[1] = {boot_of(&mine, 7)};
    struct attest_policy policy = {REGISTERS, 7, known, 1};
    struct attest_fresh ours = fresh_one();
    struct piece p, q;
    struct attest_evidence e = {
        piece(&mine, "quote", &p), piece(&mine, "quote.sig", &q)};
    uint32_t version = 0, taken = 0;

    for (size_t bit = 0; bit < 8 * p.len; bit++) {
        p.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        taken += attest_quoted(&ak, &e, &ours, &ours, &policy, &version, &why) == OK;
        p.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * q.len; bit++) {
        q.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        taken += attest_quoted(&ak, &e, &ours, &ours, &policy, &version, &why) == OK;
        q.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(taken == 0);
    for (size_t len = 0; len < p.len; len++) {
        e.said.len = len;
        taken += attest_quoted(&ak, &e, &ours, &ours, &policy, &version, &why) == OK;
    }
    CHECK(taken == 0);
    e.said.len = p.len;
    CHECK(attest_quoted(&ak, &e, &ours, &ours, &policy, &version, &why) == OK);
}

int main(void)
{
    struct test tests[] = {
        TEST(test_certificate_of_an_allowed_maker_is_taken_and_no_other),
        TEST(test_certificate_that_is_changed_cut_or_over_is_refused),
        TEST(test_a_credential_opens_in_its_tpm_for_its_key_alone),
        TEST(test_an_attestation_key_must_be_restricted_and_fixed_to_its_tpm),
        TEST(test_a_key_counts_as_the_tpms_only_if_it_was_made_there_and_stays_there),
        TEST(test_each_wrong_quote_is_refused_by_its_own_name),
        TEST(test_no_bit_of_a_quote_can_be_changed)};
    bool ready = endorsed_begin(&mine) && endorsed_run(&mine, "make")
        && endorsed_begin(&other) && endorsed_run(&other, "make");
    int bad = ready ? run_tests(tests, sizeof tests / sizeof tests[0]) : 1;

    if (!ready)
        printf("1..1\nnot ok 1 - two TPMs with certificates\n");
    endorsed_end(&mine);
    endorsed_end(&other);
    return bad;
}
