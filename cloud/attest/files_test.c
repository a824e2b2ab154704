/* SPDX-License-Identifier: Apache-2.0 */
/* The two files by which an administrator says what is believed: makers.pem and measurements.conf. */
#include "cloud/attest/known.h"
#include "cloud/attest/makers.h"
#include "cloud/attest/why.h"

#include "tests/support/check.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static enum status known_of(const char *text, struct known *k, struct conf_error *err)
{
    return known_parse((struct bytes){(const uint8_t *)text, strlen(text)}, k, err);
}

static void test_measurements_are_read_as_they_are_written(void)
{
    static struct known k;
    struct conf_error err;

    CHECK(known_of(
              "# released\n\nregisters 0 4\t7 23 # these\nrelease 1.4.0+b-2_x 7 " HEX_A
              "\n release next 4294967295 " HEX_B,
              &k, &err)
        == OK);
    CHECK(k.registers == (1u | 1u << 4 | 1u << 7 | 1u << 23) && k.count == 2);
    CHECK(strcmp(k.names[0], "1.4.0+b-2_x") == 0 && k.boots[0].security_version == 7);
    CHECK(k.boots[0].measured.b[0] == 0xaa && k.boots[1].measured.b[31] == 0xbb);
    CHECK(k.boots[1].security_version == UINT32_MAX);
}

static void test_what_is_wrong_with_measurements_is_said_with_its_line(void)
{
    static const struct {
        const char *text;
        uint32_t line;
    } rows[] = {
        {"", 0},
        {"registers 11\n", 0},
        {"release a 1 " HEX_A "\n", 1}, /* before the registers */
        {"registers 11\nregisters 11\nrelease a 1 " HEX_A "\n", 2},
        {"registers\nrelease a 1 " HEX_A "\n", 1},
        {"registers 24\n", 1},
        {"registers 4 4\n", 1},
        {"registers 7 4\n", 1},
        {"registers 011\n", 1},
        {"registers -1\n", 1},
        {"registers 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 23\n",
            1},
        {"registers 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 23 23\n",
            1},
        {"registers 11\nrelease a 1\n", 2},
        {"registers 11\nrelease a 1 " HEX_A " more\n", 2},
        {"registers 11\nrelease a 4294967296 " HEX_A "\n", 2},
        {"registers 11\nrelease a 99999999999 " HEX_A "\n", 2},
        {"registers 11\nrelease a -1 " HEX_A "\n", 2},
        {"registers 11\nrelease a/b 1 " HEX_A "\n", 2},
        {"registers 11\nrelease a23456789012345678901234567890123 1 " HEX_A "\n", 2},
        {"registers 11\nrelease a 1 " HEX_A "a\n", 2},
        {"registers 11\nrelease a 1 AA" HEX_A "\n", 2},
        {"registers 11\nrelease a 1 " HEX_A "\nrelease a 2 " HEX_B "\n", 3},
        {"registers 11\nrelease a 1 " HEX_A "\nrelease b 2 " HEX_A "\n", 3},
        {"registers 11\nreleases a 1 " HEX_A "\n", 2},
        {"registers 11\r\nrelease a 1 " HEX_A "\r\n", 1},
        {"registers 11\nrelease \xc3\xa4 1 " HEX_A "\n", 2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct known k;
        struct conf_error err = {.line = 99};
        k.count = 77;
        CHECK(known_of(rows[i].text, &k, &err) == MALFORMED && k.count == 77);
        if (err.line != rows[i].line)
            printf("# row %zu: line %u, %s\n", i, err.line, err.expected);
        CHECK(err.line == rows[i].line && err.what[0] && err.expected[0]);
    }
}

static void test_sixty_four_releases_are_the_most(void)
{
    static char text[LIMIT_CONF_FILE + 2];
    static struct known k;
    struct conf_error err;
    size_t len = (size_t)snprintf(text, sizeof text, "registers 11\n");

    for (unsigned i = 0; i < KNOWN_MAX; i++)
        len += (size_t)snprintf(
            text + len, sizeof text - len, "release r%u %u %064x\n", i, i, i);
    CHECK(known_parse((struct bytes){(uint8_t *)text, len}, &k, &err) == OK
        && k.count == KNOWN_MAX);
    size_t whole = len;
    len +=
        (size_t)snprintf(text + len, sizeof text - len, "release last 1 %064x\n", 99u);
    CHECK(known_parse((struct bytes){(uint8_t *)text, len}, &k, &err) == MALFORMED
        && err.line == KNOWN_MAX + 2);
    memset(text + whole, '\n', sizeof text - whole);
    CHECK(
        known_parse((struct bytes){(uint8_t *)text, LIMIT_CONF_FILE}, &k, &err) == OK);
    CHECK(known_parse((struct bytes){(uint8_t *)text, LIMIT_CONF_FILE + 1}, &k, &err)
        == MALFORMED);
}

/* A certificate of its own key, of an authority or not, in PEM. */
static size_t certificate(char *out, size_t cap, bool authority)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *mem = BIO_new(BIO_s_mem());
    char *text = NULL;

    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_set_version(x, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
        (const unsigned char *)"maker", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(
        NULL, NULL, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    CHECK(e != NULL && X509_add_ext(x, e, -1) == 1
        && X509_sign(x, key, EVP_sha256()) > 0);
    CHECK(PEM_write_bio_X509(mem, x) == 1);
    size_t len = (size_t)BIO_get_mem_data(mem, &text);
    CHECK(len < cap);
    memcpy(out, text, len);
    X509_EXTENSION_free(e);
    BIO_free(mem);
    X509_free(x);
    EVP_PKEY_free(key);
    return len;
}

static enum status makers_of(const char *text, size_t len, struct makers *m)
{
    const char *why = NULL;
    enum status s = makers_parse((struct bytes){(const uint8_t *)text, len}, m, &why);

    CHECK((s == OK) == (why == NULL) && (s == OK) == (m->count > 0));
    return s;
}

static void test_makers_are_whole_certificates_of_authorities_and_thirty_two_at_most(
    void)
{
    static struct makers m;
    static char text[LIMIT_CONF_FILE];
    char one[2048], leaf[2048];
    size_t len = certificate(one, sizeof one, true);
    size_t leaf_len = certificate(leaf, sizeof leaf, false), all = 0;

    CHECK(makers_of(one, len, &m) == OK && m.count == 1);
    CHECK(makers_of(leaf, leaf_len, &m) == MALFORMED);
    CHECK(makers_of("", 0, &m) == MALFORMED);
    CHECK(makers_of("no certificate\n", 15, &m) == MALFORMED);
    CHECK(makers_of(one, len / 2, &m) == MALFORMED);
    for (size_t i = 0; i < MAKERS_MAX; i++, all += len)
        memcpy(text + all, one, len);
    CHECK(makers_of(text, all, &m) == OK && m.count == MAKERS_MAX);
    CHECK(makers_of(text, all - len / 2, &m) == MALFORMED);
    memcpy(text + all, one, len);
    CHECK(makers_of(text, all + len, &m) == MALFORMED);
}

static void test_each_word_of_a_refusal_has_its_code(void)
{
    static const char *const words[] = {"activation", "attributes", "binding",
        "certificate", "channel", "key", "kind", "maker", "measurements", "name",
        "nonce", "other", "purpose", "selection", "signature", "structure", "unknown",
        "version"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char code[32];
        snprintf(code, sizeof code, "attest.%s", words[i]);
        CHECK(strcmp(reason_code(attest_reason(words[i])), code) == 0);
    }
}

MAIN(TEST(test_measurements_are_read_as_they_are_written),
    TEST(test_what_is_wrong_with_measurements_is_said_with_its_line),
    TEST(test_sixty_four_releases_are_the_most),
    TEST(test_makers_are_whole_certificates_of_authorities_and_thirty_two_at_most),
    TEST(test_each_word_of_a_refusal_has_its_code))
