/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: RFC 8032 section 7.1, tests 1 and 2. Signatures over envelopes: the test vectors of the
 * DSSE project (secure-systems-lab/dsse, testvectors/).
 */
#include "review/pack/dsse.h"

#include "host/sign_key.h"
#include "review/read/growing.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTOTO  "application/vnd.in-toto+json"
#define PAYLOAD "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ=="
#define BY_A                                                                               \
    "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHi" \
    "CA=="
#define BY_B                                                                               \
    "c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7e" \
    "Bw=="
#define BY_A_URL                                                                           \
    "P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLr" \
    "Aw=="

/* PKCS #8 and SubjectPublicKeyInfo around the seeds and public keys (RFC 8410). */
static const char private_a[] =
    /* holdfast-review: not a secret, the published test key of RFC 8032 */
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
static const char public_a[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
static const char public_b[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";

struct place {
    char folder[32], path[64];
};

static struct place put(const char *text, mode_t mode)
{
    struct place p = {.folder = "/tmp/keyXXXXXX"};
    CHECK(mkdtemp(p.folder) != NULL);
    snprintf(p.path, sizeof p.path, "%s/key", p.folder);
    FILE *f = fopen(p.path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(p.path, mode) == 0);
    return p;
}

static void drop(struct place *p)
{
    char pub[80];
    snprintf(pub, sizeof pub, "%s.pub", p->path);
    unlink(p->path);
    unlink(pub);
    rmdir(p->folder);
}

static struct sign_key *public_key(const char *pem)
{
    struct place p = put(pem, 0644);
    struct sign_key *k = NULL;
    const char *why = NULL;
    CHECK(sign_key_open_public(p.path, &k, &why) == OK);
    drop(&p);
    return k;
}

static struct dsse parsed(struct arena *a, const char *json)
{
    struct dsse d = {.signature_count = 99};
    struct bytes why = TEXT("");
    enum status s = dsse_parse(a, text_of(json), &d, &why);
    if (s != OK)
        printf("# %s\n", (const char *)why.at);
    CHECK(s == OK);
    return d;
}

static uint32_t signers(struct arena *a, const struct dsse *d, const struct sign_key *k)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->signature_count; i++)
        n += sign_key_verifies(
            k, dsse_signed(a, d->type, d->payload), d->signatures[i].signature);
    return n;
}

static void test_the_signed_bytes_are_those_of_the_specification(void)
{
    struct arena *a = arena_new();
    CHECK(text_same(
        dsse_signed(a, TEXT("http://example.com/HelloWorld"), TEXT("hello world")),
        TEXT("DSSEv1 29 http://example.com/HelloWorld 11 hello world")));
    CHECK(text_same(
        dsse_signed(a, TEXT(INTOTO), TEXT("")), TEXT("DSSEv1 28 " INTOTO " 0 ")));
    CHECK(text_same(
        dsse_signed(a, TEXT("\xc3\xa4"), TEXT("b")), TEXT("DSSEv1 2 \xc3\xa4 1 b")));
    arena_free(a);
}

static void test_the_envelopes_of_the_specification_verify_or_not_as_it_says(void)
{
    static const struct {
        const char *what, *json;
        uint32_t by_a, by_b;
    } rows[] = {
        {"one signature",
            "{\"payload\":\"" PAYLOAD "\",\"payloadType\":\"" INTOTO
            "\",\"signatures\":[{\"sig\":\"" BY_A "\",\"keyid\":\"A\"}]}",
            1, 0},
        {"letters of URLs",
            "{\"payload\":\"-_-_Pj8=\",\"payloadType\":\"" INTOTO
            "\",\"signatures\":[{\"sig\":\"" BY_A_URL "\",\"keyid\":\"A\"}]}",
            1, 0},
        {"another type than was signed",
            "{\"payload\":\"" PAYLOAD
            "\",\"payloadType\":\"application/vnd.example.other+json\",\"signatures\":[{"
            "\"sig\":\"" BY_A "\",\"keyid\":\"A\"}]}",
            0, 0},
        {"two signers, other order of fields, no key ids, a field not known",
            "{\"signatures\":[{\"x\":[{}],\"sig\":\"" BY_B "\"},{\"sig\":\"" BY_A
            "\"}],\"more\":{\"a\":[1,{\"payload\":\"\"}]},\"payload\":\"" PAYLOAD
            "\",\"payloadType\":\"" INTOTO "\"}",
            1, 1},
        {"one signer twice",
            "{\"payload\":\"" PAYLOAD "\",\"payloadType\":\"" INTOTO
            "\",\"signatures\":[{\"sig\":\"" BY_A "\"},{\"sig\":\"" BY_A "\"}]}",
            2, 0},
        {"none", "{\"payload\":\"" PAYLOAD "\",\"payloadType\":\"" INTOTO "\"}", 0, 0},
        {"too short to be one",
            "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"AAAA\"}]}",
            0, 0},
    };
    struct arena *a = arena_new();
    struct sign_key *key_a = public_key(public_a), *key_b = public_key(public_b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dsse d = parsed(a, rows[i].json);
        bool right = signers(a, &d, key_a) == rows[i].by_a
            && signers(a, &d, key_b) == rows[i].by_b;
        if (!right)
            printf("# %s\n", rows[i].what);
        CHECK(right);
    }
    sign_key_free(key_a);
    sign_key_free(key_b);
    arena_free(a);
}

static void test_our_signature_is_the_one_of_the_specification(void)
{
    struct arena *a = arena_new();
    struct place p = put(private_a, 0400);
    struct sign_key *k = NULL, *pub = public_key(public_a);
    const char *why = "";
    struct dsse d = parsed(a,
        "{\"payload\":\"" PAYLOAD "\",\"payloadType\":\"" INTOTO
        "\",\"signatures\":[{\"sig\":\"" BY_A "\"}]}");
    uint8_t signature[SIGN_KEY_SIGNATURE];
    char of_private[SIGN_KEY_ID_TEXT], of_public[SIGN_KEY_ID_TEXT];
    CHECK(sign_key_open_private(p.path, &k, &why) == OK);
    sign_key_sign(k, dsse_signed(a, d.type, d.payload), signature);
    CHECK(text_same(BYTES_OF(signature), d.signatures[0].signature));
    sign_key_id(k, of_private);
    sign_key_id(pub, of_public);
    CHECK(!strcmp(of_private, of_public) && strlen(of_public) == 64);
    sign_key_free(k);
    sign_key_free(pub);
    drop(&p);
    arena_free(a);
}

static void test_an_envelope_is_read_as_it_was_written(void)
{
    struct arena *a = arena_new();
    struct dsse d = {.type = TEXT(INTOTO),
        .payload = {(const uint8_t *)"\xfb\xff\0x", 4},
        .signature_count = DSSE_SIGNATURES_MAX};
    for (uint32_t i = 0; i < d.signature_count; i++)
        d.signatures[i] = (struct dsse_signature){TEXT("k\"\n"), TEXT("\xff\xfe")};
    struct bytes text = dsse_write(a, &d);
    struct dsse back = parsed(a, (const char *)text.at);
    CHECK(text_same(back.payload, d.payload)
        && back.signature_count == DSSE_SIGNATURES_MAX);
    CHECK(text_same(back.signatures[63].key_id, TEXT("k\"\n")));
    CHECK(text_same(dsse_write(a, &back), text));
    arena_free(a);
}

static void test_what_is_no_envelope_is_refused_in_one_line(void)
{
    static const struct {
        const char *what, *json;
    } rows[] = {
        {"nothing", ""},
        {"no JSON", "{\"payload\":"},
        {"a list", "[]"},
        {"a string", "\"x\""},
        {"payload is a number", "{\"payload\":1}"},
        {"payload is a map", "{\"payload\":{}}"},
        {"payload twice", "{\"payload\":\"\",\"payload\":\"\"}"},
        {"type twice", "{\"payloadType\":\"a\",\"payloadType\":\"a\"}"},
        {"signatures twice", "{\"signatures\":[],\"signatures\":[]}"},
        {"signatures is a map", "{\"signatures\":{}}"},
        {"signatures is a string", "{\"signatures\":\"\"}"},
        {"a signature is a string", "{\"signatures\":[\"\"]}"},
        {"a signature is a list", "{\"signatures\":[[]]}"},
        {"a signature without bytes", "{\"signatures\":[{\"keyid\":\"a\"}]}"},
        {"the second without bytes", "{\"signatures\":[{\"sig\":\"AA==\"},{}]}"},
        {"sig twice", "{\"signatures\":[{\"sig\":\"AA==\",\"sig\":\"AA==\"}]}"},
        {"sig is no base64", "{\"signatures\":[{\"sig\":\"A\"}]}"},
        {"payload mixes alphabets", "{\"payload\":\"+-+-\"}"},
        {"payload has a line end", "{\"payload\":\"AAAA\\nAAAA\"}"},
        {"something behind it", "{\"payload\":\"\"} {}"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dsse d;
        struct bytes why = TEXT("");
        bool refused = dsse_parse(a, text_of(rows[i].json), &d, &why) != OK
            && text_find(why, TEXT(": expected ")) < why.len
            && text_find(why, TEXT("\n")) == why.len;
        if (!refused)
            printf("# %s: %s\n", rows[i].what, (const char *)why.at);
        CHECK(refused);
    }
    arena_free(a);
}

static void test_ten_thousand_signatures_are_refused_before_one_is_checked(void)
{
    struct arena *a = arena_new();
    struct growing g = {0};
    struct dsse d;
    struct bytes why = TEXT("");
    growing_add(&g, TEXT("{\"signatures\":["));
    for (int i = 0; i < 9999; i++)
        growing_add(&g, TEXT("{\"sig\":\"AA==\"},"));
    growing_add(&g, TEXT("{\"sig\":\"AA==\"}]}"));
    CHECK(dsse_parse(a, growing_bytes(&g), &d, &why) == REFUSED);
    CHECK(text_find(why, TEXT("too many signatures")) < why.len);
    growing_free(&g);
    arena_free(a);
}

static void test_a_private_key_that_others_may_read_is_refused(void)
{
    static const struct {
        const char *what, *text;
        mode_t mode;
        const char *says;
    } rows[] = {
        {"others may read it", private_a, 0444, "mode"},
        {"its user may write it", private_a, 0600, "mode"},
        {"it is the public half", public_a, 0400, "Ed25519"},
        {"it is empty", "", 0400, "empty"},
        {"it is something else", "hello\n", 0400, "Ed25519"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct place p = put(rows[i].text, rows[i].mode);
        struct sign_key *k = NULL;
        const char *why = "";
        bool refused = sign_key_open_private(p.path, &k, &why) == REFUSED && !k
            && strstr(why, rows[i].says);
        if (!refused)
            printf("# %s: %s\n", rows[i].what, why);
        CHECK(refused);
        drop(&p);
    }
    struct place p = put(private_a, 0400);
    struct sign_key *k = NULL;
    const char *why = "";
    CHECK(sign_key_open_public(p.path, &k, &why)
        == REFUSED); /* nor the other way round */
    CHECK(sign_key_open_public("/nowhere", &k, &why) == REFUSED);
    drop(&p);
}

static void test_a_new_key_is_its_users_alone_and_never_written_over_another(void)
{
    struct place p = put("", 0400);
    struct sign_key *k = NULL, *pub = NULL;
    const char *why = "";
    char name[80];
    struct stat st;
    uint8_t signature[SIGN_KEY_SIGNATURE];
    snprintf(name, sizeof name, "%s.pub", p.path);
    CHECK(sign_key_make(p.path, &why) == REFUSED && strstr(why, "there already"));
    CHECK(stat(name, &st) != 0);
    unlink(p.path);
    CHECK(sign_key_make(p.path, &why) == OK);
    CHECK(stat(p.path, &st) == 0 && (st.st_mode & 07777) == 0400);
    CHECK(sign_key_open_private(p.path, &k, &why) == OK
        && sign_key_open_public(name, &pub, &why) == OK);
    sign_key_sign(k, TEXT("message"), signature);
    CHECK(sign_key_verifies(pub, TEXT("message"), BYTES_OF(signature)));
    CHECK(!sign_key_verifies(pub, TEXT("massage"), BYTES_OF(signature)));
    signature[40] ^= 1;
    CHECK(!sign_key_verifies(pub, TEXT("message"), BYTES_OF(signature)));
    unlink(p.path);
    CHECK(sign_key_make(p.path, &why) == REFUSED && strstr(why, "public half"));
    CHECK(stat(p.path, &st) != 0);
    sign_key_free(k);
    sign_key_free(pub);
    drop(&p);
}

MAIN(TEST(test_the_signed_bytes_are_those_of_the_specification),
    TEST(test_the_envelopes_of_the_specification_verify_or_not_as_it_says),
    TEST(test_our_signature_is_the_one_of_the_specification),
    TEST(test_an_envelope_is_read_as_it_was_written),
    TEST(test_what_is_no_envelope_is_refused_in_one_line),
    TEST(test_ten_thousand_signatures_are_refused_before_one_is_checked),
    TEST(test_a_private_key_that_others_may_read_is_refused),
    TEST(test_a_new_key_is_its_users_alone_and_never_written_over_another))
