/* SPDX-License-Identifier: Apache-2.0 */
/* Devices with a TPM are taken in by what the TPM proves. Two simulated TPMs with a maker each, by tools that are not ours. */
#include "cloud/attest/credential.h"
#include "cloud/keys/cert_build.h"
#include "cloud/keys/keys.h"
#include "host/crypto.h"
#include "tests/support/check.h"
#include "tests/support/endorsed.h"

#include <openssl/pem.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

struct piece {
    uint8_t b[FILE_MAX];
    size_t len;
};

struct evidence { /* what one TPM says, as files of its folder */
    struct piece certificate, between, root, ak, tls, said, signature;
};

struct rig {
    char folder[64];
    struct host_crypto *crypto;
    struct keys_secrets secrets;
    struct keys_policy policy;
    struct makers makers;
    EVP_PKEY *ca_key;
    X509 *ca;
    struct keys keys;
    struct kid kid;
    struct door_invited invited;
    uint64_t now_s;
    struct device_keys device;
    uint8_t m1[ENROL_M1_LEN], e1[LIMIT_ENROL_TPM], out[ENROL_M2_MAX];
    size_t e1_len, out_len;
    struct kid who;
    const char *why;
};

static struct endorsed mine, other;
static struct evidence my, others;

static void must(bool good)
{
    if (!good)
        abort();
}

static struct bytes bytes_of(const struct piece *p)
{
    return (struct bytes){p->b, p->len};
}

static void read_piece(
    const struct endorsed *t, const char *name, size_t skip, struct piece *p)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    FILE *f = fopen(path, "rb");
    must(f != NULL && fseek(f, (long)skip, SEEK_SET) == 0);
    p->len = fread(p->b, 1, sizeof p->b, f);
    must(p->len > 0 && fclose(f) == 0);
}

static void read_pem(const struct endorsed *t, const char *name, struct piece *p)
{
    char path[160];
    unsigned char *at = p->b;

    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    FILE *f = fopen(path, "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    must(x != NULL && i2d_X509(x, NULL) <= FILE_MAX && fclose(f) == 0);
    p->len = (size_t)i2d_X509(x, &at);
    X509_free(x);
}

/* `key`: tls, or another of the folder. The tools write public areas with their size first. */
static void read_evidence(const struct endorsed *t, const char *key, struct evidence *e)
{
    char name[32];

    read_piece(t, "ek.der", 0, &e->certificate);
    read_pem(t, "ca/issuercert.pem", &e->between);
    read_pem(t, "ca/swtpm-localca-rootca-cert.pem", &e->root);
    read_piece(t, "ak.pub", 2, &e->ak);
    snprintf(name, sizeof name, "%s.pub", key);
    read_piece(t, name, 2, &e->tls);
    snprintf(name, sizeof name, "%s.certify", key);
    read_piece(t, name, 0, &e->said);
    snprintf(name, sizeof name, "%s.certify.sig", key);
    read_piece(t, name, 0, &e->signature);
}

static void allow(struct rig *r, const struct piece *maker)
{
    struct makers *m = &r->makers;

    memcpy(m->mem, maker->b, maker->len);
    m->der[0] = (struct bytes){m->mem, maker->len};
    m->count = 1;
    r->policy.makers = m;
}

static void start(struct rig *r)
{
    const struct entropy *e = host_entropy_port();

    must(e->fill(e->board, ROOM_OF(r->secrets.activation.b)) == OK);
    EVP_PKEY_up_ref(r->ca_key);
    X509_up_ref(r->ca);
    must(keys_init(&r->keys, r->folder, host_crypto_port(r->crypto), e, &r->secrets,
             &r->policy, r->ca_key, r->ca)
        == OK);
}

static void restart(struct rig *r)
{
    keys_end(&r->keys);
    start(r);
}

static struct rig *rig_new(bool require_tpm)
{
    struct rig *r = calloc(1, sizeof *r);
    const struct entropy *e = host_entropy_port();

    must(r != NULL);
    snprintf(r->folder, sizeof r->folder, "/tmp/holdfast-keys-XXXXXX");
    must(mkdtemp(r->folder) != NULL && host_crypto_new(&r->crypto) == OK
        && e->fill(e->board, ROOM_OF(r->secrets.kek.b)) == OK
        && e->fill(e->board, ROOM_OF(r->secrets.s.b)) == OK
        && e->fill(e->board, ROOM_OF(r->kid.device.b)) == OK
        && cert_new_key(&r->ca_key) == OK
        && cert_authority(r->ca_key, "test", &r->ca) == OK);
    r->now_s = (uint64_t)time(NULL);
    r->kid.generation = 1;
    r->policy.require_tpm = require_tpm;
    allow(r, &my.root);
    start(r);
    must(keys_invite(
             &r->keys, &(struct door_invite){r->kid, r->now_s + 3600}, &r->invited)
        == OK);
    return r;
}

static void rig_free(struct rig *r)
{
    char command[128];

    keys_end(&r->keys);
    EVP_PKEY_free(r->ca_key);
    X509_free(r->ca);
    host_crypto_free(r->crypto);
    snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
    must(system(command) == 0);
    free(r);
}

/* M1 for the key of this public area, with the invitation. */
static void begin(struct rig *r, const struct piece *tls)
{
    struct said_public is;

    must(said_public_parse(bytes_of(tls), &is) == OK);
    must(enrol_begin(host_crypto_port(r->crypto), host_entropy_port(), &r->invited.s,
             &r->kid, &r->invited.secret, is.point, r->m1, &r->device)
        == OK);
}

static enum status say(struct rig *r, const struct evidence *e, const struct key *proof)
{
    struct enrol_tpm v = {.m1 = BYTES_OF(r->m1),
        .proven = proof != NULL,
        .certificate = bytes_of(&e->certificate),
        .between_count = 1,
        .between = {bytes_of(&e->between)},
        .attestation_key = bytes_of(&e->ak),
        .tls_key = bytes_of(&e->tls),
        .said = bytes_of(&e->said),
        .signature = bytes_of(&e->signature)};

    if (proof != NULL)
        v.proof = *proof;
    must(enrol_tpm_build(&v, ROOM_OF(r->e1), &r->e1_len) == OK);
    r->out_len = 0;
    return keys_enrol(&r->keys, r->now_s, (struct bytes){r->e1, r->e1_len},
        ROOM_OF(r->out), &r->out_len, &r->who, &r->why);
}

/* Whose invitation M1 opened under, as far as is said. */
static bool is_named(const struct rig *r)
{
    return r->who.generation == 1
        && memcmp(&r->who.device, &r->kid.device, sizeof r->kid.device) == 0;
}

static bool is_nobody(const struct rig *r)
{
    static const struct kid nobody;
    return memcmp(&r->who, &nobody, sizeof nobody) == 0 && r->why == NULL;
}

static bool is_word(const struct rig *r, const char *word)
{
    if (r->why != NULL && strcmp(r->why, word) == 0)
        return true;
    printf("# why: %s, not %s\n", r->why ? r->why : "-", word);
    return false;
}

/* What this TPM opens of the E2 that is in r->out. */
static bool opened(struct endorsed *t, const struct rig *r, struct key *secret)
{
    static const uint8_t head[8] = {0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1};
    struct enrol_credential c;
    char path[160];
    struct piece p = {.len = 0};

    if (enrol_credential_parse((struct bytes){r->out, r->out_len}, &c) != OK)
        return false;
    snprintf(path, sizeof path, "%s/credential", t->folder);
    FILE *f = fopen(path, "wb");
    must(f && fwrite(head, 1, sizeof head, f) == sizeof head
        && fwrite(c.blob, 1, sizeof c.blob, f) == sizeof c.blob
        && fwrite(c.seed, 1, sizeof c.seed, f) == sizeof c.seed && fclose(f) == 0);
    if (!endorsed_run(t, "activate"))
        return false;
    read_piece(t, "opened", 0, &p);
    must(p.len == sizeof secret->b);
    memcpy(secret->b, p.b, p.len);
    return true;
}

static bool is_m2(struct rig *r)
{
    struct bytes der;

    return enrol_check(host_crypto_port(r->crypto), &r->device.ok, BYTES_OF(r->m1),
               (struct bytes){r->out, r->out_len}, &der)
        == OK;
}

static bool has_record(struct rig *r)
{
    struct door_attest_key k;

    return keys_attest_key(&r->keys, 1, &r->kid, &k) == OK && k.found;
}

/* Req: HF-TPM-010 "opened a secret that only the TPM of the endorsement certificate opens" */
static void test_a_tpm_that_opens_the_secret_is_taken_in_and_its_key_is_remembered(void)
{
    struct rig *r = rig_new(true);
    struct key secret;
    struct door_attest_key k;
    struct attest_key ak;

    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && r->out_len == ENROL_CREDENTIAL_LEN);
    CHECK(!has_record(r)); /* nothing is kept between the rounds */
    CHECK(opened(&mine, r, &secret));
    CHECK(say(r, &my, &secret) == OK && is_m2(r));
    uint8_t m2[ENROL_M2_MAX];
    memcpy(m2, r->out, r->out_len);
    size_t len = r->out_len;
    restart(r);
    CHECK(attest_key_read(bytes_of(&my.ak), &ak, &r->why) == OK);
    CHECK(keys_attest_key(&r->keys, 1, &r->kid, &k) == OK && k.found);
    CHECK(memcmp(k.name, ak.name.b, sizeof k.name) == 0
        && memcmp(k.point, ak.point, sizeof k.point) == 0);
    CHECK(say(r, &my, &secret) == OK && len == r->out_len
        && memcmp(m2, r->out, len) == 0); /* a lost reply costs nothing */
    CHECK(keys_tombstone(&r->keys, &r->kid.device) == OK);
    CHECK(keys_attest_key(&r->keys, 1, &r->kid, &k) == REFUSED);
    rig_free(r);
}

static void test_a_wrong_proof_is_refused_whoever_made_it(void)
{
    struct rig *r = rig_new(true);
    struct key secret = {{0}}, wrong;

    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && opened(&mine, r, &secret));
    for (size_t bit = 0; bit < 8 * sizeof wrong.b; bit += 37) {
        wrong = secret;
        wrong.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(say(r, &my, &wrong) == REFUSED && is_word(r, "activation"));
    }
    CHECK(
        say(r, &my, &r->invited.secret) == REFUSED); /* who is invited knows this one */
    CHECK(is_word(r, "activation"));
    restart(r); /* another key of its own: the answer of before is none */
    CHECK(say(r, &my, &secret) == REFUSED && is_word(r, "activation"));
    CHECK(!has_record(r));
    CHECK(say(r, &my, NULL) == OK && opened(&mine, r, &secret));
    CHECK(say(r, &my, &secret) == OK && is_m2(r));
    rig_free(r);
}

static void test_the_certificate_of_another_tpm_helps_nobody(void)
{
    struct rig *r = rig_new(true);
    struct evidence mixed = others; /* keys in my TPM, the certificate of the other */
    struct key secret;

    allow(r, &others.root);
    restart(r);
    begin(r, &my.tls);
    mixed.ak = my.ak;
    mixed.tls = my.tls;
    mixed.said = my.said;
    mixed.signature = my.signature;
    CHECK(say(r, &mixed, NULL) == OK && r->out_len == ENROL_CREDENTIAL_LEN);
    CHECK(!opened(&mine, r, &secret) && !opened(&other, r, &secret));
    rig_free(r);
}

static void test_each_wrong_evidence_is_refused_by_its_own_name(void)
{
    struct rig *r = rig_new(true);
    static struct evidence e;

    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK); /* the control: each below differs in one thing */
    e = my;
    e.certificate = others.certificate;
    e.between = others.between;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "maker"));
    e = my;
    e.certificate.len--;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "certificate"));
    e = my;
    e.certificate = my.between; /* of the maker, and no endorsement key's */
    e.between = my.root;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "purpose"));
    e = my;
    e.ak = my.tls; /* signs by request */
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "attributes"));
    e = my;
    e.said.b[20] ^= 1;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "signature"));
    e = my;
    e.ak = others.ak;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "signature"));
    e = my;
    e.tls = others.tls;
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "name"));
    e = my;
    read_evidence(&mine, "free", &e);
    begin(r, &e.tls);
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "attributes")); /* may leave */
    read_evidence(&mine, "brought", &e);
    begin(r, &e.tls);
    CHECK(say(r, &e, NULL) == REFUSED && is_word(r, "attributes")); /* made outside */
    begin(r, &others.tls); /* M1 is for a key elsewhere */
    CHECK(say(r, &my, NULL) == REFUSED && is_word(r, "other"));
    begin(r, &my.tls);
    r->m1[ENROL_M1_LEN - 1] ^= 1; /* not invited: no certificate is looked at */
    e = my;
    e.certificate.len--;
    CHECK(say(r, &e, NULL) == REFUSED && is_nobody(r));
    CHECK(!has_record(r));
    rig_free(r);
}

static enum status say_m1(struct rig *r)
{
    r->out_len = 0;
    return keys_enrol(&r->keys, r->now_s, BYTES_OF(r->m1), ROOM_OF(r->out), &r->out_len,
        &r->who, &r->why);
}

static void test_the_policy_decides_whether_a_device_without_evidence_is_taken(void)
{
    for (int require = 0; require < 2; require++) {
        struct rig *r = rig_new(require);
        begin(r, &my.tls);
        CHECK(say_m1(r) == (require ? REFUSED : OK));
        CHECK(require ? is_word(r, "unknown") : is_m2(r));
        CHECK(is_named(r) && !has_record(r));
        rig_free(r);
    }
}

/* Req: HF-TPM-016 "name a device only when its M1 opened under the invitation of it" */
static void test_who_only_claims_to_be_a_device_is_not_named(void)
{
    for (int require = 0; require < 2; require++) {
        struct rig *r = rig_new(require);
        struct key secret;

        begin(r, &my.tls);
        r->m1[ENROL_M1_LEN - 1] ^= 1; /* without the invitation, under its name */
        CHECK(say_m1(r) == REFUSED && is_nobody(r));
        CHECK(say(r, &my, NULL) == REFUSED && is_nobody(r));
        r->m1[ENROL_M1_LEN - 1] ^= 1;
        r->now_s += 3601; /* the invitation is over */
        CHECK(say_m1(r) == REFUSED && is_nobody(r));
        r->now_s -= 3601;
        CHECK(say(r, &others, NULL) == (require ? REFUSED : OK) && is_named(r));
        if (require) { /* the control, to its end; and who comes second with another M1 */
            CHECK(say(r, &my, NULL) == OK && opened(&mine, r, &secret));
            CHECK(say(r, &my, &secret) == OK && is_named(r));
            CHECK(say(r, &my, &secret) == OK && is_named(r)); /* the kept answer */
            begin(r, &my.tls);
            CHECK(say(r, &my, NULL) == REFUSED && is_nobody(r));
        }
        rig_free(r);
    }
}

static void test_where_the_policy_does_not_ask_bad_evidence_counts_as_none(void)
{
    struct rig *r = rig_new(false);
    struct key secret;

    begin(r, &others.tls);
    CHECK(say(r, &others, NULL) == OK && is_m2(r) && is_word(r, "maker"));
    CHECK(!has_record(r));
    rig_free(r);

    r = rig_new(false); /* no makers: nothing is looked at */
    r->policy.makers = NULL;
    restart(r);
    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && is_m2(r) && r->why == NULL && !has_record(r));
    rig_free(r);

    r = rig_new(false); /* good evidence is remembered all the same */
    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && opened(&mine, r, &secret));
    CHECK(say(r, &my, &secret) == OK && is_m2(r) && has_record(r));
    rig_free(r);
}

/* An anchor may be the authority that issues: then nothing need stand between. */
static void test_an_issuing_authority_may_be_named_as_a_maker(void)
{
    struct rig *r = rig_new(true);

    allow(r, &my.between);
    restart(r);
    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && r->out_len == ENROL_CREDENTIAL_LEN);
    allow(r, &others.between);
    restart(r);
    CHECK(say(r, &my, NULL) == REFUSED && is_word(r, "maker"));
    rig_free(r);
}

static void renewal(struct rig *r, const struct piece *tls)
{
    struct device_keys before = r->device;
    struct said_public is;
    struct key secret;

    must(said_public_parse(bytes_of(tls), &is) == OK);
    must(renew_secret(host_crypto_port(r->crypto), &before.up, &r->kid, &secret) == OK);
    must(enrol_begin(host_crypto_port(r->crypto), host_entropy_port(), &r->invited.s,
             &r->kid, &secret, is.point, r->m1, &r->device)
        == OK);
    r->device.up = before.up; /* for the next try */
}

static void test_a_renewal_keeps_what_was_proved_only_with_the_key_in_the_tpm(void)
{
    struct rig *r = rig_new(true);
    struct key secret;
    struct kid who, first;

    begin(r, &my.tls);
    CHECK(say(r, &my, NULL) == OK && opened(&mine, r, &secret));
    CHECK(say(r, &my, &secret) == OK);
    first = r->kid;
    r->kid.generation = 2;
    renewal(r, &others.tls);
    CHECK(keys_renew(&r->keys, 1, BYTES_OF(r->m1), ROOM_OF(r->out), &r->out_len, &who)
        == REFUSED);
    CHECK(!has_record(r));
    renewal(r, &my.tls);
    CHECK(keys_renew(&r->keys, 1, BYTES_OF(r->m1), ROOM_OF(r->out), &r->out_len, &who)
        == OK);
    CHECK(has_record(r));
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
    CHECK(has_record(r));
    r->kid = first;
    CHECK(!has_record(r));
    rig_free(r);
}

int main(void)
{
    struct test tests[] = {
        TEST(test_a_tpm_that_opens_the_secret_is_taken_in_and_its_key_is_remembered),
        TEST(test_a_wrong_proof_is_refused_whoever_made_it),
        TEST(test_the_certificate_of_another_tpm_helps_nobody),
        TEST(test_each_wrong_evidence_is_refused_by_its_own_name),
        TEST(test_the_policy_decides_whether_a_device_without_evidence_is_taken),
        TEST(test_who_only_claims_to_be_a_device_is_not_named),
        TEST(test_where_the_policy_does_not_ask_bad_evidence_counts_as_none),
        TEST(test_an_issuing_authority_may_be_named_as_a_maker),
        TEST(test_a_renewal_keeps_what_was_proved_only_with_the_key_in_the_tpm)};
    bool ready = endorsed_begin(&mine) && endorsed_run(&mine, "make")
        && endorsed_begin(&other) && endorsed_run(&other, "make");

    if (ready) {
        read_evidence(&mine, "tls", &my);
        read_evidence(&other, "tls", &others);
    }
    int bad = ready ? run_tests(tests, sizeof tests / sizeof tests[0]) : 1;
    if (!ready)
        printf("1..1\nnot ok 1 - two TPMs with certificates\n");
    endorsed_end(&mine);
    endorsed_end(&other);
    return bad;
}
