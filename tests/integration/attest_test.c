/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this device's TPM says of itself, judged by this cloud's verifier: both ends agree, and each wrong case is refused.
 * The TPM is simulated, with an endorsement certificate of a maker of its own.
 */
/* Req: HF-TPM-009 "A device with a TPM shall prove whose TPM it is, that its TLS key is in it, and what ran at boot." */
#include "device/tpm/attest.h"

#include "cloud/attest/attest.h"
#include "cloud/attest/credential.h"
#include "cloud/attest/maker.h"
#include "device/tpm/dial.h"
#include "tests/support/check.h"
#include "tests/support/endorsed.h"

#include <assert.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <time.h>

enum { REGISTERS = 1u << 0 | 1u << 4 | 1u << 7 | 1u << 11, FILE_MAX = 4096 };

static const struct key wrap = {{1, 2, 3, 4}}, authorisation = {{9, 8, 7}},
                        secret = {{0x5e, 0xc2, 0xe7}};
static const struct attest_fresh fresh = {{{0xa1}}, {{0xc2}}};
static const char *why = "";

static struct endorsed mine, other;
static struct tpm_keys keys_of_mine, keys_of_other;
static struct trust_identity identity; /* of mine */

static bool is(enum status s, enum status expected, const char *word)
{
    if (s == expected && strcmp(why, word) == 0)
        return true;
    printf("# %s, %s, not %s\n", status_name(s), why, word);
    return false;
}

static struct tpm *open_tpm(const struct endorsed *e)
{
    struct tpm *t = NULL;
    int fd = -1;

    if (tpm_dial(e->tpm.spec, &fd, &why) != OK
        || tpm_adopt_line(fd, TPM_WAIT_MS, &t, &why) != OK)
        return NULL;
    return t;
}

static struct tpm *found(const struct endorsed *e, const struct tpm_keys *k)
{
    struct tpm *t = open_tpm(e);
    CHECK(t != NULL && tpm_find(t, k, &why) == OK);
    return t;
}

static bool endow(struct endorsed *e, struct tpm_keys *k)
{
    struct tpm *t = NULL;

    *k = (struct tpm_keys){.authorisation = authorisation};
    bool good = endorsed_begin(e) && (t = open_tpm(e)) != NULL
        && tpm_make(t, &wrap, k, &why) == OK && tpm_make_attest(t, k, &why) == OK;
    tpm_close(t);
    return good;
}

static struct bytes der(const struct endorsed *e, const char *pem, uint8_t *room)
{
    char path[160];
    unsigned char *at = room;

    snprintf(path, sizeof path, "%s/%s", e->folder, pem);
    FILE *f = fopen(path, "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    CHECK(x && i2d_X509(x, NULL) <= FILE_MAX);
    size_t len = x ? (size_t)i2d_X509(x, &at) : 0;
    X509_free(x);
    return (struct bytes){room, len};
}

static struct bytes said(const struct trust_said *v)
{
    return (struct bytes){v->b, v->len};
}

static struct attest_evidence evidence(const struct trust_evidence *v)
{
    return (struct attest_evidence){said(&v->said), said(&v->signature)};
}

static EVP_PKEY *endorsement_of(
    const struct endorsed *e, const struct trust_identity *i)
{
    static uint8_t between[FILE_MAX], root[FILE_MAX];
    struct bytes is_[1] = {der(e, "ca/issuercert.pem", between)};
    struct bytes roots[1] = {der(e, "ca/swtpm-localca-rootca-cert.pem", root)};
    EVP_PKEY *key = NULL;

    CHECK(maker_check((struct bytes){i->endorsement, i->endorsement_len}, is_, 1, roots,
              1, time(NULL), &key, &why)
        == OK);
    return key;
}

static struct attest_key ak_of(const struct trust_identity *i)
{
    struct attest_key ak = {{{0}}, {0}};

    bool good = attest_key_read(said(&i->attestation_key), &ak, &why) == OK;
    CHECK(good);
    if (!good)
        printf("# %s\n", why);
    return ak;
}

static struct trust_credential credential_for(const struct endorsed *e,
    const struct trust_identity *i, const struct said_name *name)
{
    struct trust_credential out;
    struct credential made;
    EVP_PKEY *key = endorsement_of(e, i);

    static_assert(sizeof made.blob == sizeof out.blob, "one form");
    static_assert(sizeof made.seed == sizeof out.seed, "one form");
    CHECK(key && credential_make(key, name, &secret, &made) == OK);
    EVP_PKEY_free(key);
    memcpy(out.blob, made.blob, sizeof out.blob);
    memcpy(out.seed, made.seed, sizeof out.seed);
    return out;
}

static void bound_of(const struct attest_fresh *f, struct digest *out)
{
    uint8_t both[64];

    memcpy(both, f->nonce.b, 32);
    memcpy(both + 32, f->channel.b, 32);
    SHA256(both, sizeof both, out->b);
}

/* ---- whose it is ---- */

static void test_cloud_believes_whose_tpm_it_is_and_that_the_tls_key_is_in_it(void)
{
    struct tpm *t = found(&mine, &keys_of_mine);
    uint8_t certified[TPM_SAID_POINT] = {0}, point[P256_PUBLIC_LEN] = {1};
    size_t used = 99;

    CHECK(tpm_identity(t, &identity, &why) == OK);
    CHECK(identity.endorsement_len > 500);
    EVP_PKEY_free(endorsement_of(&mine, &identity));
    struct attest_key ak = ak_of(&identity);
    struct attest_evidence e = evidence(&identity.certified);
    CHECK(attest_certified(&ak, said(&identity.tls), &e, certified, &why) == OK);
    CHECK(tpm_public(t, point, &why) == OK);
    CHECK(memcmp(certified, point, sizeof point) == 0); /* what TLS is done with */
    CHECK(memcmp(ak.name.b, keys_of_mine.names[TPM_ATTEST].b, sizeof ak.name.b) == 0);
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
}

static void test_credential_opens_in_its_own_tpm_for_its_own_key_and_in_no_other(void)
{
    static struct trust_identity of_other;
    struct tpm *t = found(&mine, &keys_of_mine), *u = found(&other, &keys_of_other);
    struct key out = {{0}};
    size_t used = 99;

    CHECK(tpm_identity(u, &of_other, &why) == OK);
    struct attest_key ak = ak_of(&identity), ak_of_other = ak_of(&of_other);
    struct trust_credential good = credential_for(&mine, &identity, &ak.name);
    CHECK(tpm_activate(t, &good, &out, &why) == OK);
    CHECK(memcmp(&out, &secret, sizeof out) == 0);

    out = (struct key){{0}};
    CHECK(is(tpm_activate(u, &good, &out, &why), DAMAGED, "credential"));
    struct trust_credential another_key =
        credential_for(&mine, &identity, &ak_of_other.name);
    CHECK(is(tpm_activate(t, &another_key, &out, &why), DAMAGED, "credential"));
    CHECK(out.b[0] == 0);
    CHECK(tpm_activate(t, &good, &out, &why) == OK); /* and it still serves */
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    CHECK(tpm_slots(u, &used, &why) == OK && used == 0);
    tpm_close(t);
    tpm_close(u);
}

static void test_credential_changed_in_any_byte_does_not_open_and_leaves_no_slot_taken(
    void)
{
    struct tpm *t = found(&mine, &keys_of_mine);
    struct attest_key ak = ak_of(&identity);
    const struct trust_credential good = credential_for(&mine, &identity, &ak.name);
    struct key out = {{0}};
    size_t used = 99;

    for (size_t i = 0; i < sizeof good.blob; i++) {
        struct trust_credential bad = good;
        bad.blob[i] ^= 1;
        CHECK(is(tpm_activate(t, &bad, &out, &why), DAMAGED, "credential"));
    }
    for (size_t i = 0; i < sizeof good.seed; i += 37) { /* of 258, of RSA: 7 */
        struct trust_credential bad = good;
        bad.seed[i] ^= 1;
        CHECK(is(tpm_activate(t, &bad, &out, &why), DAMAGED, "credential"));
    }
    CHECK(out.b[0] == 0 && tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
}

/* Where nobody has made the endorsement key persistent, it is made for the moment of the call. */
static void test_endorsement_key_that_is_not_kept_is_made_and_flushed(void)
{
    struct attest_key ak = ak_of(&identity);
    struct trust_credential good = credential_for(&mine, &identity, &ak.name);
    struct key out = {{0}};
    char command[512];
    size_t used = 99;

    snprintf(command, sizeof command,
        "TPM2TOOLS_TCTI=%s tpm2_evictcontrol -C p -c 0x81010001 >/dev/null 2>&1 || "
        "TPM2TOOLS_TCTI=%s tpm2_evictcontrol -C o -c 0x81010001 >/dev/null 2>&1",
        mine.tpm.spec, mine.tpm.spec);
    CHECK(system(command) == 0);
    struct tpm *t = found(&mine, &keys_of_mine);
    CHECK(tpm_activate(t, &good, &out, &why) == OK);
    CHECK(memcmp(&out, &secret, sizeof out) == 0);
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
}

/* ---- what ran at boot ---- */

static enum status judged(const struct trust_evidence *e,
    const struct attest_fresh *device_says, uint32_t registers, uint32_t *version)
{
    struct attest_key ak = ak_of(&identity);
    struct attest_boot known = {.security_version = 3};
    struct attest_policy policy = {registers, 0, &known, 1};
    struct attest_evidence it = evidence(e);
    struct said_attest is_;

    /* What was measured is the simulator's: taken from its own words, and then it is known. */
    if (said_attest_parse(it.said, &is_) == OK)
        known.measured = is_.measured;
    return attest_quoted(&ak, &it, device_says, &fresh, &policy, version, &why);
}

static void test_quote_counts_for_the_nonce_and_channel_that_it_was_made_for(void)
{
    struct tpm *t = found(&mine, &keys_of_mine);
    static struct trust_evidence e;
    struct attest_fresh old = fresh;
    struct digest bound;
    uint32_t version = 0;
    size_t used = 99;

    bound_of(&fresh, &bound);
    CHECK(tpm_quote(t, REGISTERS, &bound, &e, &why) == OK);
    CHECK(judged(&e, &fresh, REGISTERS, &version) == OK && version == 3);
    CHECK(is(judged(&e, &fresh, REGISTERS | 2, &version), REFUSED, "selection"));
    old.channel.b[31] ^= 1;
    CHECK(is(judged(&e, &old, REGISTERS, &version), REFUSED, "binding"));
    bound_of(&old, &bound);
    CHECK(tpm_quote(t, REGISTERS, &bound, &e, &why) == OK);
    CHECK(is(judged(&e, &old, REGISTERS, &version), REFUSED, "channel"));
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
}

static void test_quote_of_every_register_and_of_one_is_read_by_the_cloud(void)
{
    static const uint32_t rows[] = {1, 1u << 23, TRUST_REGISTERS};
    struct tpm *t = found(&mine, &keys_of_mine);
    static struct trust_evidence e;
    struct digest bound;
    uint32_t version = 0;

    bound_of(&fresh, &bound);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK(tpm_quote(t, rows[i], &bound, &e, &why) == OK);
        CHECK(judged(&e, &fresh, rows[i], &version) == OK);
    }
    tpm_close(t);
}

static void test_quote_of_another_tpm_is_nobodys_signature(void)
{
    struct tpm *u = found(&other, &keys_of_other);
    static struct trust_evidence e;
    struct digest bound;
    uint32_t version = 0;

    bound_of(&fresh, &bound);
    CHECK(tpm_quote(u, REGISTERS, &bound, &e, &why) == OK);
    CHECK(is(judged(&e, &fresh, REGISTERS, &version), REFUSED, "signature"));
    tpm_close(u);
}

/* ---- life and death ---- */

static void test_a_hundred_proofs_leave_no_slot_of_the_tpm_taken(void)
{
    struct tpm *t = found(&mine, &keys_of_mine);
    static struct trust_identity again;
    static struct trust_evidence e;
    struct digest bound = {{1}};
    int good = 0;
    size_t used = 99;

    for (int i = 0; i < 50; i++)
        good += (tpm_identity(t, &again, &why) == OK)
            + (tpm_quote(t, REGISTERS, &bound, &e, &why) == OK);
    CHECK(good == 100 && again.endorsement_len == identity.endorsement_len);
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
}

static void test_another_authorisation_proves_nothing(void)
{
    struct tpm_keys k = keys_of_mine;
    static struct trust_evidence e;
    static struct trust_identity i;
    struct attest_key ak = ak_of(&identity);
    struct trust_credential good = credential_for(&mine, &identity, &ak.name);
    struct digest bound = {{1}};
    struct key out;

    k.authorisation.b[5] ^= 1;
    struct tpm *t = found(&mine, &k);
    CHECK(is(tpm_quote(t, REGISTERS, &bound, &e, &why), REFUSED, "authorisation"));
    CHECK(is(tpm_identity(t, &i, &why), REFUSED, "authorisation"));
    CHECK(is(tpm_activate(t, &good, &out, &why), REFUSED, "authorisation"));
    tpm_close(t);
}

static void test_tpm_pulled_out_between_two_proofs_is_said_to_be_gone(void)
{
    struct tpm *t = found(&mine, &keys_of_mine);
    struct attest_key ak = ak_of(&identity);
    struct trust_credential good = credential_for(&mine, &identity, &ak.name);
    static struct trust_evidence e;
    static struct trust_identity i;
    struct digest bound = {{1}};
    struct key out;

    CHECK(tpm_quote(t, REGISTERS, &bound, &e, &why) == OK);
    swtpm_stop(&mine.tpm);
    CHECK(is(tpm_quote(t, REGISTERS, &bound, &e, &why), BROKEN, "gone"));
    CHECK(is(tpm_identity(t, &i, &why), BROKEN, "gone"));
    CHECK(is(tpm_activate(t, &good, &out, &why), BROKEN, "gone"));
    tpm_close(t);
    CHECK(swtpm_start(&mine.tpm));
    t = found(&mine, &keys_of_mine);
    CHECK(tpm_quote(t, REGISTERS, &bound, &e, &why) == OK);
    tpm_close(t);
}

/* Its place has a key, of the same kind and authorisation: only its name is not ours. */
static void test_attestation_key_exchanged_for_another_is_refused(void)
{
    struct tpm *t = open_tpm(&other);
    struct tpm_keys again = keys_of_other;

    CHECK(is(tpm_vacant(t, TPM_ATTEST, &why), REFUSED, "occupied"));
    CHECK(tpm_make_attest(t, &again, &why) == OK);
    CHECK(tpm_find(t, &again, &why) == OK);
    CHECK(is(tpm_find(t, &keys_of_other, &why), REFUSED, "other"));
    tpm_close(t);
}

/* A device from before there were attestation keys: its three objects stay as they are. */
static void test_attestation_key_is_made_beside_older_keys_and_for_no_stranger(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k = {.authorisation = authorisation};
    static struct trust_identity i;
    int fd = -1;

    CHECK(swtpm_begin(&s) && tpm_dial(s.spec, &fd, &why) == OK
        && tpm_adopt_line(fd, TPM_WAIT_MS, &t, &why) == OK
        && tpm_make(t, &wrap, &k, &why) == OK);
    struct tpm_keys before = k;
    CHECK(tpm_vacant(t, TPM_ATTEST, &why) == OK);
    k.names[TPM_WRAP].b[9] ^= 1;
    CHECK(is(tpm_make_attest(t, &k, &why), REFUSED, "other"));
    CHECK(tpm_vacant(t, TPM_ATTEST, &why) == OK);
    k = before;
    CHECK(tpm_make_attest(t, &k, &why) == OK && tpm_find(t, &k, &why) == OK);
    CHECK(memcmp(&before.names, &k.names, TPM_ATTEST * sizeof k.names[0]) == 0);
    /* Its maker gave it no certificate: said as none, and the rest is there. */
    CHECK(tpm_identity(t, &i, &why) == OK && i.endorsement_len == 0);
    CHECK(
        attest_key_read(said(&i.attestation_key), &(struct attest_key){0}, &why) == OK);
    tpm_close(t);
    swtpm_end(&s);
}

static void test_tpm_that_was_cleared_has_no_keys_to_prove_anything_with(void)
{
    char command[256];

    snprintf(command, sizeof command,
        "TPM2TOOLS_TCTI=%s tpm2_clear -c p >/dev/null 2>&1", mine.tpm.spec);
    CHECK(system(command) == 0);
    struct tpm *t = open_tpm(&mine);
    CHECK(t != NULL && is(tpm_find(t, &keys_of_mine, &why), REFUSED, "cleared"));
    tpm_close(t);
}

int main(void)
{
    struct test tests[] = {
        TEST(test_cloud_believes_whose_tpm_it_is_and_that_the_tls_key_is_in_it),
        TEST(test_credential_opens_in_its_own_tpm_for_its_own_key_and_in_no_other),
        TEST(
            test_credential_changed_in_any_byte_does_not_open_and_leaves_no_slot_taken),
        TEST(test_endorsement_key_that_is_not_kept_is_made_and_flushed),
        TEST(test_quote_counts_for_the_nonce_and_channel_that_it_was_made_for),
        TEST(test_quote_of_every_register_and_of_one_is_read_by_the_cloud),
        TEST(test_quote_of_another_tpm_is_nobodys_signature),
        TEST(test_a_hundred_proofs_leave_no_slot_of_the_tpm_taken),
        TEST(test_another_authorisation_proves_nothing),
        TEST(test_tpm_pulled_out_between_two_proofs_is_said_to_be_gone),
        TEST(test_attestation_key_exchanged_for_another_is_refused),
        TEST(test_attestation_key_is_made_beside_older_keys_and_for_no_stranger),
        TEST(test_tpm_that_was_cleared_has_no_keys_to_prove_anything_with)};

    bool ready = endow(&mine, &keys_of_mine) && endow(&other, &keys_of_other);
    int bad = ready ? run_tests(tests, sizeof tests / sizeof tests[0]) : 1;

    if (!ready)
        printf("1..1\nnot ok 1 - two TPMs with certificates and keys (%s)\n", why);
    endorsed_end(&mine);
    endorsed_end(&other);
    return bad;
}
