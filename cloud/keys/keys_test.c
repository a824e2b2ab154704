/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/keys.h"

#include "cloud/keys/cert_build.h"
#include "core/base/hex.h"
#include "host/crypto.h"
#include "tests/support/check.h"

#include <dirent.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1700000000, LATER = NOW + 3600 };

struct rig {
    char folder[64];
    struct host_crypto *crypto;
    struct keys_secrets secrets;
    struct keys_policy policy;
    EVP_PKEY *ca_key;
    X509 *ca;
    struct keys keys;
    struct kid kid;
    struct door_invited invited;
    uint8_t point[P256_PUBLIC_LEN];
    uint8_t m1[ENROL_M1_LEN];
    struct device_keys device;
};

static void must(enum status s)
{
    if (s != OK) {
        printf("# rig: %s\n", status_name(s));
        abort();
    }
}

static void start(struct rig *r)
{
    EVP_PKEY_up_ref(r->ca_key);
    X509_up_ref(r->ca);
    must(keys_init(&r->keys, r->folder, host_crypto_port(r->crypto),
        host_entropy_port(), &r->secrets, &r->policy, r->ca_key, r->ca));
}

static void restart(struct rig *r)
{
    keys_end(&r->keys);
    start(r);
}

static void new_point(uint8_t point[P256_PUBLIC_LEN])
{
    EVP_PKEY *k = NULL;
    size_t len = 0;
    must(cert_new_key(&k));
    if (EVP_PKEY_get_octet_string_param(k, "pub", point, P256_PUBLIC_LEN, &len) != 1
        || len != P256_PUBLIC_LEN)
        abort();
    EVP_PKEY_free(k);
}

static void begin(struct rig *r)
{
    must(enrol_begin(host_crypto_port(r->crypto), host_entropy_port(), &r->invited.s,
        &r->kid, &r->invited.secret, r->point, r->m1, &r->device));
}

static struct rig *rig_new(void)
{
    struct rig *r = calloc(1, sizeof *r);
    const struct entropy *e = host_entropy_port();
    if (!r)
        abort();
    snprintf(r->folder, sizeof r->folder, "/tmp/holdfast-keys-XXXXXX");
    if (!mkdtemp(r->folder))
        abort();
    must(host_crypto_new(&r->crypto));
    must(e->fill(e->board, ROOM_OF(r->secrets.kek.b)));
    must(e->fill(e->board, ROOM_OF(r->secrets.s.b)));
    must(cert_new_key(&r->ca_key));
    must(cert_authority(r->ca_key, "test", &r->ca));
    start(r);
    must(e->fill(e->board, ROOM_OF(r->kid.device.b)));
    r->kid.generation = 1;
    must(keys_invite(&r->keys, &(struct door_invite){r->kid, LATER}, &r->invited));
    new_point(r->point);
    begin(r);
    return r;
}

static size_t files_of(const struct rig *r, const char *kind, bool remove)
{
    char path[128];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", r->folder, kind);
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        n++;
        snprintf(path, sizeof path, "%s/%s/%.60s", r->folder, kind, e->d_name);
        if (remove)
            unlink(path);
    }
    if (d)
        closedir(d);
    return n;
}

static void rig_free(struct rig *r)
{
    static const char *const kinds[] = {
        "invite", "master", "pending", "tombstone", "attested"};
    char path[128];
    keys_end(&r->keys);
    for (size_t i = 0; i < 5; i++) {
        files_of(r, kinds[i], true);
        snprintf(path, sizeof path, "%s/%s", r->folder, kinds[i]);
        rmdir(path);
    }
    rmdir(r->folder);
    EVP_PKEY_free(r->ca_key);
    X509_free(r->ca);
    host_crypto_free(r->crypto);
    free(r);
}

static enum status enrol(
    struct rig *r, uint64_t now, uint8_t m2[ENROL_M2_MAX], size_t *len)
{
    struct kid who;
    const char *why = NULL;
    return keys_enrol(&r->keys, now, BYTES_OF(r->m1), (struct room){m2, ENROL_M2_MAX},
        len, &who, &why);
}

static void test_enrolled_device_gets_a_certificate_for_itself_and_nothing_else(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct bytes der;
    char uuid[UUID_TEXT];

    CHECK(enrol(r, NOW, m2, &len) == OK);
    CHECK(enrol_check(host_crypto_port(r->crypto), &r->device.ok, BYTES_OF(r->m1),
              (struct bytes){m2, len}, &der)
        == OK);
    CHECK(der.len <= LIMIT_CERT);
    const uint8_t *at = der.at;
    X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    CHECK(cert != NULL);
    CHECK(X509_verify(cert, r->ca_key) == 1);
    CHECK(X509_check_ca(cert) == 0);
    CHECK(X509_check_purpose(cert, X509_PURPOSE_SSL_CLIENT, 0) == 1);
    CHECK(X509_check_purpose(cert, X509_PURPOSE_SSL_SERVER, 0) == 0);
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    CHECK(names && sk_GENERAL_NAME_num(names) == 1);
    const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, 0);
    CHECK(n->type == GEN_URI);
    uuid_of(r->kid.device.b, uuid);
    const char *urn =
        (const char *)ASN1_STRING_get0_data(n->d.uniformResourceIdentifier);
    CHECK(strncmp(urn, "urn:uuid:", 9) == 0 && strcmp(urn + 9, uuid) == 0);
    uint8_t point[P256_PUBLIC_LEN];
    size_t point_len = 0;
    CHECK(EVP_PKEY_get_octet_string_param(
              X509_get0_pubkey(cert), "pub", point, sizeof point, &point_len)
        == 1);
    CHECK(memcmp(point, r->point, sizeof point) == 0);
    GENERAL_NAMES_free(names);
    X509_free(cert);
    rig_free(r);
}

/* Req: HF-KEYS-001 "A certificate is built only for an M1 whose tag opens under an invitation." */
static void test_m1_with_any_byte_changed_is_refused_and_uses_up_nothing(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;

    for (size_t i = 0; i < ENROL_M1_LEN; i++) {
        uint8_t was = r->m1[i];
        r->m1[i] ^= (uint8_t)(1u << i % 8);
        CHECK(enrol(r, NOW, m2, &len) == REFUSED);
        r->m1[i] = was;
    }
    CHECK(files_of(r, "master", false) == 0 && files_of(r, "pending", false) == 0);
    CHECK(enrol(r, NOW, m2, &len) == OK);
    rig_free(r);
}

/* What a taken enrol or gate could try: everything but the secret is known to it. */
static void test_who_lacks_the_secret_cannot_mint_a_certificate(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct door_invited guess = r->invited;

    for (int i = 0; i < 50; i++) {
        const struct entropy *e = host_entropy_port();
        must(e->fill(e->board, ROOM_OF(r->invited.secret.b)));
        new_point(r->point);
        begin(r);
        CHECK(enrol(r, NOW, m2, &len) == REFUSED);
    }
    r->invited = guess;
    begin(r);
    uint8_t good[ENROL_M1_LEN], own_point[P256_PUBLIC_LEN];
    memcpy(good, r->m1, sizeof good);
    new_point(own_point); /* its own key into a message that it only carries */
    memcpy(r->m1 + 1 + KID_LEN + X25519_LEN, own_point, sizeof own_point);
    CHECK(enrol(r, NOW, m2, &len) == REFUSED);
    memcpy(r->m1, good, sizeof good);
    CHECK(enrol(r, NOW, m2, &len) == OK);
    rig_free(r);
}

static void test_point_off_the_curve_is_refused_even_from_who_holds_the_secret(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    static const uint8_t firsts[] = {0, 2, 3, 4, 6};

    for (size_t i = 0; i < sizeof firsts; i++) {
        memset(r->point, 0x55, sizeof r->point);
        r->point[0] = firsts[i];
        begin(r);
        CHECK(enrol(r, NOW, m2, &len) == REFUSED);
        CHECK(files_of(r, "master", false) == 0);
    }
    rig_free(r);
}

static void test_same_m1_gets_the_same_answer_until_the_first_batch_and_over_a_restart(
    void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX], again[ENROL_M2_MAX];
    size_t len = 0, again_len = 0;

    CHECK(enrol(r, NOW, m2, &len) == OK);
    CHECK(enrol(r, LATER + 999, again, &again_len)
        == OK); /* its time is over, its answer not */
    CHECK(len == again_len && memcmp(m2, again, len) == 0);
    restart(r);
    CHECK(keys_enrol_open(&r->keys, LATER + 999));
    CHECK(enrol(r, NOW, again, &again_len) == OK);
    CHECK(len == again_len && memcmp(m2, again, len) == 0);
    uint8_t first[ENROL_M1_LEN];
    memcpy(first, r->m1, sizeof first);
    begin(r); /* another M1 with the right secret: the invitation was for one */
    CHECK(enrol(r, NOW, again, &again_len) == REFUSED);
    memcpy(r->m1, first, sizeof first);
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
    CHECK(enrol(r, NOW, again, &again_len) == REFUSED);
    CHECK(files_of(r, "invite", false) == 0 && files_of(r, "pending", false) == 0);
    CHECK(!keys_enrol_open(&r->keys, NOW));
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK); /* said twice: nothing more */
    struct door_invited more;
    CHECK(
        keys_invite(&r->keys, &(struct door_invite){r->kid, LATER}, &more) == REFUSED);
    rig_free(r);
}

static void test_invitation_ends_with_its_time(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;

    CHECK(keys_enrol_open(&r->keys, LATER - 1) && !keys_enrol_open(&r->keys, LATER));
    CHECK(enrol(r, LATER, m2, &len) == REFUSED);
    CHECK(enrol(r, LATER - 1, m2, &len) == OK);
    rig_free(r);
}

static void test_keys_of_device_and_cloud_agree_and_other_kids_get_none(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct key down, epoch;
    struct sealer sealer;
    struct kid other = r->kid;

    CHECK(keys_down_key(&r->keys, 1, &r->kid, &down) == REFUSED); /* not enrolled yet */
    CHECK(enrol(r, NOW, m2, &len) == OK);
    restart(r);
    CHECK(keys_down_key(&r->keys, 1, &r->kid, &down) == OK);
    CHECK(memcmp(&down, &r->device.down, sizeof down) == 0);
    must(sealer_init(&sealer, host_crypto_port(r->crypto), host_entropy_port(),
        &r->invited.s, &r->kid, &r->device.up));
    struct door_epoch ask = {r->kid, sealer.epoch};
    CHECK(keys_epoch_key(&r->keys, 1, &ask, &epoch) == OK);
    CHECK(memcmp(&epoch, &sealer.key, sizeof epoch) == 0);
    CHECK(memcmp(&epoch, &r->device.up, sizeof epoch)
        != 0); /* K_up itself never leaves */
    other.generation = 2;
    CHECK(keys_down_key(&r->keys, 1, &other, &down) == REFUSED);
    other = r->kid;
    other.device.b[7] ^= 1;
    CHECK(keys_down_key(&r->keys, 1, &other, &down) == REFUSED);
    rig_free(r);
}

static void test_tombstone_is_for_ever_and_outlives_a_restart(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct key down;
    struct door_invited more;

    CHECK(enrol(r, NOW, m2, &len) == OK);
    CHECK(keys_tombstone(&r->keys, &r->kid.device) == OK);
    for (int i = 0; i < 2; i++) {
        struct kid second = {r->kid.device, 2};
        CHECK(keys_down_key(&r->keys, 1, &r->kid, &down) == REFUSED);
        CHECK(enrol(r, NOW, m2, &len) == REFUSED);
        CHECK(keys_invite(&r->keys, &(struct door_invite){r->kid, LATER}, &more)
            == REFUSED);
        CHECK(keys_invite(&r->keys, &(struct door_invite){second, LATER}, &more)
            == REFUSED);
        CHECK(keys_tombstone(&r->keys, &r->kid.device) == OK);
        restart(r);
    }
    CHECK(files_of(r, "master", false) == 0 && files_of(r, "invite", false) == 0);
    CHECK(files_of(r, "tombstone", false) == 1);
    rig_free(r);
}

/* The device's side of a renewal: M1 of the next generation under the keys in `before`. */
static void begin_renewal(struct rig *r, const struct device_keys *before)
{
    struct key secret;

    r->kid.generation++;
    new_point(r->point);
    must(renew_secret(host_crypto_port(r->crypto), &before->up, &r->kid, &secret));
    must(enrol_begin(host_crypto_port(r->crypto), host_entropy_port(), &r->invited.s,
        &r->kid, &secret, r->point, r->m1, &r->device));
}

static enum status renew(struct rig *r, uint8_t m2[ENROL_M2_MAX], size_t *len)
{
    struct kid who;
    return keys_renew(
        &r->keys, 1, BYTES_OF(r->m1), (struct room){m2, ENROL_M2_MAX}, len, &who);
}

static bool has_keys(struct rig *r, uint32_t generation, const struct key *down)
{
    struct kid kid = {r->kid.device, generation};
    struct key got;
    return keys_down_key(&r->keys, 1, &kid, &got) == OK
        && memcmp(&got, down, sizeof got) == 0;
}

static void test_two_generations_are_open_until_the_first_batch_of_the_later_one(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct bytes cert;

    CHECK(enrol(r, NOW, m2, &len) == OK);
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
    for (uint32_t g = 1; g < 4; g++) {
        struct device_keys before = r->device;
        begin_renewal(r, &before);
        CHECK(renew(r, m2, &len) == OK);
        CHECK(enrol_check(host_crypto_port(r->crypto), &r->device.ok, BYTES_OF(r->m1),
                  (struct bytes){m2, len}, &cert)
            == OK);
        restart(r);
        CHECK(has_keys(r, g, &before.down) && has_keys(r, g + 1, &r->device.down));
        CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
        CHECK(!has_keys(r, g, &before.down) && has_keys(r, g + 1, &r->device.down));
        CHECK(files_of(r, "master", false) == 1 && files_of(r, "pending", false) == 0);
        CHECK(renew(r, m2, &len) == REFUSED); /* the same M1 said again, too late */
    }
    rig_free(r);
}

static void test_a_renewal_needs_the_keys_before_it_and_is_for_one_m1(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX], again[ENROL_M2_MAX];
    size_t len = 0, again_len = 0;
    struct device_keys thief = {0};

    CHECK(enrol(r, NOW, m2, &len) == OK);
    struct device_keys before = r->device;
    begin_renewal(r, &thief); /* knows everything but K_up */
    CHECK(renew(r, m2, &len) == REFUSED);
    r->kid.generation = 2; /* two ahead: nothing is open before it */
    begin_renewal(r, &before);
    CHECK(renew(r, m2, &len) == REFUSED);
    r->kid.generation = 0; /* generation 1 is for who is invited */
    begin_renewal(r, &before);
    CHECK(renew(r, m2, &len) == REFUSED);
    begin_renewal(r, &before);
    for (size_t i = 0; i < ENROL_M1_LEN; i++) {
        r->m1[i] ^= 1;
        CHECK(renew(r, m2, &len) == REFUSED);
        r->m1[i] ^= 1;
    }
    CHECK(renew(r, m2, &len) == OK);
    restart(r);
    CHECK(renew(r, again, &again_len) == OK); /* a lost reply costs nothing */
    CHECK(len == again_len && memcmp(m2, again, len) == 0);
    r->kid.generation = 1;
    begin_renewal(r, &before); /* who has the same keys and comes second */
    CHECK(renew(r, again, &again_len) == REFUSED);
    CHECK(keys_tombstone(&r->keys, &r->kid.device) == OK);
    CHECK(files_of(r, "master", false) == 0 && files_of(r, "pending", false) == 0);
    rig_free(r);
}

static void test_power_cut_between_the_writes_of_a_renewal_leaves_a_way_on(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;

    CHECK(enrol(r, NOW, m2, &len) == OK);
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
    struct device_keys before = r->device;
    begin_renewal(r, &before);
    CHECK(renew(r, m2, &len) == OK);
    files_of(r, "pending", true); /* the keys are written, the answer is not */
    restart(r);
    CHECK(has_keys(r, 1, &before.down));
    CHECK(renew(r, m2, &len) == OK && has_keys(r, 2, &r->device.down));
    /* The close is cut after those before went: the kept answer still stands for one M1 only. */
    struct kid first = {r->kid.device, 1};
    CHECK(vault_remove(&r->keys.vault, VAULT_MASTER, &first) == OK);
    restart(r);
    CHECK(renew(r, m2, &len) == OK && has_keys(r, 2, &r->device.down));
    struct device_keys ours = r->device;
    uint8_t m1[ENROL_M1_LEN];
    memcpy(m1, r->m1, sizeof m1);
    r->kid.generation = 1;
    begin_renewal(r, &before);
    CHECK(renew(r, m2, &len) == REFUSED && has_keys(r, 2, &ours.down));
    CHECK(keys_first_batch(&r->keys, &r->kid) == OK);
    CHECK(has_keys(r, 2, &ours.down));
    rig_free(r);
}

static void test_one_device_cannot_ask_for_keys_without_end(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX];
    size_t len = 0;
    struct key down;
    int given = 0;

    CHECK(enrol(r, NOW, m2, &len) == OK);
    for (int i = 0; i < 1000; i++)
        given += keys_down_key(&r->keys, 5000, &r->kid, &down) == OK;
    CHECK(given == 256 && r->keys.limited == 744 && r->keys.down_keys_given == 256);
    CHECK(keys_down_key(&r->keys, 6000, &r->kid, &down) == OK);
    rig_free(r);
}

static void test_record_opens_only_where_it_was_written_and_only_under_its_kek(void)
{
    struct rig *r = rig_new();
    uint8_t m2[ENROL_M2_MAX], plain[VAULT_PLAIN_MAX];
    size_t len = 0;
    struct kid other = r->kid;
    char from[200], to[200], hex[41];
    uint8_t raw[KID_LEN];

    CHECK(enrol(r, NOW, m2, &len) == OK);
    memcpy(raw, r->kid.device.b, 16);
    memcpy(raw + 16, "\0\0\0\1", 4);
    hex_of(BYTES_OF(raw), (struct room){(uint8_t *)hex, sizeof hex});
    snprintf(from, sizeof from, "%s/master/%s", r->folder, hex);
    raw[19] = 9;
    other.generation = 9;
    hex_of(BYTES_OF(raw), (struct room){(uint8_t *)hex, sizeof hex});
    snprintf(to, sizeof to, "%s/master/%s", r->folder, hex);
    CHECK(link(from, to) == 0); /* another device's keys under this name */
    CHECK(vault_get(&r->keys.vault, VAULT_MASTER, &other, ROOM_OF(plain), &len)
        == DAMAGED);
    CHECK(vault_get(&r->keys.vault, VAULT_MASTER, &r->kid, ROOM_OF(plain), &len) == OK);
    struct stat st;
    CHECK(stat(from, &st) == 0 && (st.st_mode & 077) == 0);
    struct keys_secrets wrong = r->secrets;
    wrong.kek.b[0] ^= 1;
    struct keys second;
    EVP_PKEY_up_ref(r->ca_key);
    X509_up_ref(r->ca);
    CHECK(keys_init(&second, r->folder, host_crypto_port(r->crypto),
              host_entropy_port(), &wrong, &r->policy, r->ca_key, r->ca)
        == DAMAGED);
    keys_end(&second);
    rig_free(r);
}

MAIN(TEST(test_enrolled_device_gets_a_certificate_for_itself_and_nothing_else),
    TEST(test_m1_with_any_byte_changed_is_refused_and_uses_up_nothing),
    TEST(test_who_lacks_the_secret_cannot_mint_a_certificate),
    TEST(test_point_off_the_curve_is_refused_even_from_who_holds_the_secret),
    TEST(test_same_m1_gets_the_same_answer_until_the_first_batch_and_over_a_restart),
    TEST(test_invitation_ends_with_its_time),
    TEST(test_keys_of_device_and_cloud_agree_and_other_kids_get_none),
    TEST(test_tombstone_is_for_ever_and_outlives_a_restart),
    TEST(test_two_generations_are_open_until_the_first_batch_of_the_later_one),
    TEST(test_a_renewal_needs_the_keys_before_it_and_is_for_one_m1),
    TEST(test_power_cut_between_the_writes_of_a_renewal_leaves_a_way_on),
    TEST(test_one_device_cannot_ask_for_keys_without_end),
    TEST(test_record_opens_only_where_it_was_written_and_only_under_its_kek))
