/* SPDX-License-Identifier: Apache-2.0 */
/* Req: HF-TPM-001 "Where a TPM is configured, the TLS key and the wrapping secret shall be kept in it." */
#include "device/tpm/tpm.h"

#include "device/tpm/dial.h"
#include "tests/support/check.h"
#include "tests/support/swtpm.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct key wrap = {{1, 2, 3, 4}}, authorisation = {{9, 8, 7}};
static const char *why = "";

static struct tpm *open_tpm(const struct swtpm *s, uint32_t wait_ms)
{
    struct tpm *t = NULL;
    int fd = -1;

    if (tpm_dial(s->spec, &fd, &why) != OK
        || tpm_adopt_line(fd, wait_ms, &t, &why) != OK)
        return NULL;
    return t;
}

static bool made(struct swtpm *s, struct tpm **t, struct tpm_keys *k)
{
    *k = (struct tpm_keys){.authorisation = authorisation};
    bool good = swtpm_begin(s) && (*t = open_tpm(s, TPM_WAIT_MS)) != NULL
        && tpm_vacant(*t, TPM_TLS, &why) == OK && tpm_make(*t, &wrap, k, &why) == OK
        && tpm_make_attest(*t, k, &why) == OK && tpm_find(*t, k, &why) == OK;
    CHECK(good);
    if (!good)
        printf("# %s\n", why);
    return good;
}

static bool is(enum status s, enum status expected, const char *word)
{
    if (s == expected && strcmp(why, word) == 0)
        return true;
    printf("# %s, %s\n", status_name(s), why);
    return false;
}

static EVP_PKEY *public_key(uint8_t point[P256_PUBLIC_LEN])
{
    static char group[] = "prime256v1";
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(
            OSSL_PKEY_PARAM_PUB_KEY, point, P256_PUBLIC_LEN),
        OSSL_PARAM_construct_end()};

    CHECK(x && EVP_PKEY_fromdata_init(x) == 1
        && EVP_PKEY_fromdata(x, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    EVP_PKEY_CTX_free(x);
    return key;
}

static bool signs(struct tpm *t)
{
    struct digest digest = {{7, 7}};
    uint8_t der[TRUST_SIGNATURE_MAX], point[P256_PUBLIC_LEN];
    size_t len = 0;

    if (tpm_sign(t, &digest, ROOM_OF(der), &len, &why) != OK
        || tpm_public(t, point, &why) != OK)
        return false;
    EVP_PKEY *key = public_key(point);
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(key, NULL);
    bool good = x && EVP_PKEY_verify_init(x) == 1
        && EVP_PKEY_verify(x, der, len, digest.b, sizeof digest.b) == 1;
    digest.b[0] ^= 1;
    bool other = x && EVP_PKEY_verify(x, der, len, digest.b, sizeof digest.b) == 1;
    EVP_PKEY_CTX_free(x);
    EVP_PKEY_free(key);
    return good && !other;
}

static void test_a_key_of_the_tpm_signs_and_its_secret_comes_back(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct key out = {{0}};

    if (made(&s, &t, &k)) {
        CHECK(signs(t));
        CHECK(tpm_unseal(t, &out, &why) == OK);
        CHECK(memcmp(&out, &wrap, sizeof wrap) == 0);
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_what_was_made_outlives_a_loss_of_power(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    uint8_t before[P256_PUBLIC_LEN] = {1}, after[P256_PUBLIC_LEN] = {2};

    if (made(&s, &t, &k)) {
        CHECK(tpm_public(t, before, &why) == OK);
        tpm_close(t);
        swtpm_stop(&s);
        CHECK(swtpm_start(&s));
        t = open_tpm(&s, TPM_WAIT_MS);
        CHECK(t != NULL && tpm_find(t, &k, &why) == OK && signs(t));
        CHECK(t != NULL && tpm_public(t, after, &why) == OK);
        CHECK(memcmp(before, after, sizeof before) == 0);
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_two_hundred_operations_leave_no_slot_of_the_tpm_taken(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct key out;
    size_t used = 99;

    if (made(&s, &t, &k)) {
        int good = 0;
        for (int i = 0; i < 100; i++)
            good += signs(t) + (tpm_unseal(t, &out, &why) == OK);
        CHECK(good == 200);
        CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_failed_operations_leave_no_slot_taken_either(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct key out;
    size_t used = 99;

    if (made(&s, &t, &k)) {
        k.authorisation.b[0] ^= 1;
        CHECK(tpm_find(t, &k, &why) == OK);
        int refused = 0;
        for (int i = 0; i < 20; i++)
            refused += tpm_unseal(t, &out, &why) == REFUSED;
        CHECK(refused == 20);
        refused = 0;
        for (int i = 0; i < 20; i++)
            refused += tpm_vacant(t, TPM_TLS, &why) == REFUSED;
        CHECK(refused == 20);
        CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    }
    tpm_close(t);
    swtpm_end(&s);
}

/* Who was killed in mid-work has left a session; three of them fill the TPM. */
static void test_what_a_killed_owner_left_in_the_slots_is_cleared(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    size_t used = 99;

    if (made(&s, &t, &k)) {
        tpm_close(t);
        for (int i = 0; i < 8; i++) {
            pid_t pid = fork();
            if (pid == 0) {
                t = open_tpm(&s, TPM_WAIT_MS);
                if (t == NULL || tpm_find(t, &k, &why) != OK)
                    _exit(1);
                for (;;) /* until it is killed, most often inside */
                    (void)signs(t);
            }
            nanosleep(&(struct timespec){.tv_nsec = 30000000 + i * 3000000}, NULL);
            kill(pid, SIGKILL);
            int state = 0;
            waitpid(pid, &state, 0);
            CHECK(WIFSIGNALED(state));
        }
        t = open_tpm(&s, TPM_WAIT_MS);
        CHECK(t != NULL && tpm_slots(t, &used, &why) == OK && used == 0);
        CHECK(t != NULL && tpm_find(t, &k, &why) == OK && signs(t));
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_another_authorisation_is_refused_by_its_name(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct digest digest = {{1}};
    uint8_t der[TRUST_SIGNATURE_MAX];
    struct key out;
    size_t len = 0;

    if (made(&s, &t, &k)) {
        k.authorisation.b[31] ^= 1;
        CHECK(tpm_find(t, &k, &why) == OK);
        CHECK(is(
            tpm_sign(t, &digest, ROOM_OF(der), &len, &why), REFUSED, "authorisation"));
        CHECK(is(tpm_unseal(t, &out, &why), REFUSED, "authorisation"));
        k.authorisation.b[31] ^= 1;
        CHECK(tpm_find(t, &k, &why) == OK && signs(t)); /* no guess locks us out */
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_another_tpm_with_keys_of_its_own_is_refused(void)
{
    struct swtpm s, other;
    struct tpm *t = NULL, *u = NULL;
    struct tpm_keys k, of_other;

    if (made(&s, &t, &k) && made(&other, &u, &of_other))
        CHECK(is(tpm_find(u, &k, &why), REFUSED, "other"));
    tpm_close(t);
    tpm_close(u);
    swtpm_end(&s);
    swtpm_end(&other);
}

static void test_a_tpm_that_was_cleared_is_refused(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    char tcti[160];

    if (made(&s, &t, &k)) {
        tpm_close(t);
        snprintf(tcti, sizeof tcti, "TPM2TOOLS_TCTI=%s", s.spec);
        pid_t pid = fork();
        if (pid == 0) {
            putenv(tcti);
            execlp("tpm2_clear", "tpm2_clear", "-c", "p", (char *)NULL);
            _exit(127);
        }
        int state = 1;
        waitpid(pid, &state, 0);
        CHECK(WIFEXITED(state) && WEXITSTATUS(state) == 0);
        t = open_tpm(&s, TPM_WAIT_MS);
        CHECK(t != NULL && is(tpm_find(t, &k, &why), REFUSED, "cleared"));
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_places_that_are_taken_are_told_and_an_unfinished_making_is_done_again(
    void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k, again = {.authorisation = authorisation};

    if (made(&s, &t, &k)) {
        CHECK(is(tpm_vacant(t, TPM_TLS, &why), REFUSED, "occupied"));
        CHECK(tpm_find(t, &k, &why) == OK && signs(t));
        CHECK(tpm_make(t, &wrap, &again, &why) == OK);
        CHECK(tpm_make_attest(t, &again, &why) == OK);
        CHECK(memcmp(&k.names[TPM_TLS], &again.names[TPM_TLS], TPM_NAME_LEN) != 0);
        CHECK(tpm_find(t, &again, &why) == OK && signs(t));
        CHECK(is(tpm_find(t, &k, &why), REFUSED, "other"));
    }
    tpm_close(t);
    swtpm_end(&s);
}

static void test_a_tpm_that_is_pulled_out_is_said_to_be_gone(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct key out;

    if (made(&s, &t, &k)) {
        swtpm_stop(&s);
        CHECK(is(tpm_unseal(t, &out, &why), BROKEN, "gone"));
        CHECK(is(tpm_unseal(t, &out, &why), BROKEN, "gone"));
        tpm_close(t);
        t = open_tpm(&s, TPM_WAIT_MS);
        CHECK(t == NULL && strcmp(why, "absent") == 0);
        CHECK(swtpm_start(&s));
        t = open_tpm(&s, TPM_WAIT_MS);
        CHECK(t != NULL && tpm_find(t, &k, &why) == OK && signs(t));
    }
    tpm_close(t);
    swtpm_end(&s);
}

/* Its answer, were it to come later, must not be taken for the answer to what is asked next. */
static void test_a_tpm_that_stands_still_ends_within_the_bound_and_stays_ended(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    struct key out;
    struct timespec begin, end;

    if (made(&s, &t, &k)) {
        tpm_close(t);
        t = open_tpm(&s, 200);
        CHECK(t != NULL && tpm_find(t, &k, &why) == OK);
        kill(s.pid, SIGSTOP);
        clock_gettime(CLOCK_MONOTONIC, &begin);
        CHECK(is(tpm_unseal(t, &out, &why), BROKEN, "slow"));
        clock_gettime(CLOCK_MONOTONIC, &end);
        CHECK(end.tv_sec - begin.tv_sec
            < 60); /* it came back at all: five bounds at most */
        kill(s.pid, SIGCONT);
        CHECK(is(tpm_unseal(t, &out, &why), BROKEN, "slow"));
    }
    tpm_close(t);
    swtpm_end(&s);
}

/* With the right authorisation, and by a tool that is not ours. */
static void test_a_key_of_the_tpm_is_not_given_out(void)
{
    struct swtpm s;
    struct tpm *t = NULL;
    struct tpm_keys k;
    char tcti[160], auth[80] = "hex:", left[128];
    int state = 1;

    if (made(&s, &t, &k)) {
        tpm_close(t);
        snprintf(tcti, sizeof tcti, "TPM2TOOLS_TCTI=%s", s.spec);
        for (size_t i = 0; i < sizeof k.authorisation.b; i++)
            snprintf(auth + 4 + 2 * i, 3, "%02x", k.authorisation.b[i]);
        pid_t pid = fork();
        if (pid == 0) {
            putenv(tcti);
            execl("/bin/sh", "sh", "-c",
                "cd \"$2\" || exit 9\n"
                "tpm2_readpublic -c 0x81010010 >said 2>&1 || exit 8\n"
                "for a in fixedtpm fixedparent sensitivedataorigin sign; do grep -q \"value:.*$a\" said || exit 7; done\n"
                "grep -q 'value:.*decrypt' said && exit 6\n"
                "tpm2_unseal -c 0x81010011 -p \"$1\" >/dev/null 2>said || exit 5\n" /* the control */
                "tpm2_duplicate -C null -c 0x81010010 -p \"$1\" -G null -r r -s s >said 2>&1 && exit 4\n"
                "grep -q 'authorization handle is not correct' said",
                "sh", auth, s.folder, (char *)NULL);
            _exit(127);
        }
        waitpid(pid, &state, 0);
        CHECK(WIFEXITED(state) && WEXITSTATUS(state) == 0);
        snprintf(left, sizeof left, "%s/said", s.folder);
        unlink(left);
    }
    swtpm_end(&s);
}

static void test_what_names_no_tpm_is_refused(void)
{
    static const char *const wrong[] = {
        "", "tpm", "device:", "device:dev/tpm0", "swtpm:path=", "swtpm:host=h,port=1"};
    int fd = -1;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(is(tpm_dial(wrong[i], &fd, &why), REFUSED, "no-such-tpm"));
    CHECK(is(tpm_dial("device:/nonexistent", &fd, &why), BROKEN, "absent"));
    CHECK(is(tpm_dial("swtpm:path=/nonexistent", &fd, &why), BROKEN, "absent"));
    CHECK(fd == -1);
}

MAIN(TEST(test_a_key_of_the_tpm_signs_and_its_secret_comes_back),
    TEST(test_what_was_made_outlives_a_loss_of_power),
    TEST(test_two_hundred_operations_leave_no_slot_of_the_tpm_taken),
    TEST(test_failed_operations_leave_no_slot_taken_either),
    TEST(test_what_a_killed_owner_left_in_the_slots_is_cleared),
    TEST(test_another_authorisation_is_refused_by_its_name),
    TEST(test_another_tpm_with_keys_of_its_own_is_refused),
    TEST(test_a_tpm_that_was_cleared_is_refused),
    TEST(test_places_that_are_taken_are_told_and_an_unfinished_making_is_done_again),
    TEST(test_a_tpm_that_is_pulled_out_is_said_to_be_gone),
    TEST(test_a_tpm_that_stands_still_ends_within_the_bound_and_stays_ended),
    TEST(test_a_key_of_the_tpm_is_not_given_out),
    TEST(test_what_names_no_tpm_is_refused))
