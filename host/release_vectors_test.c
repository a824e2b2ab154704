/* SPDX-License-Identifier: Apache-2.0 */
/* A release statement that another implementation made and signed (wire/vectors/release.txt). */
#include "host/crypto.h"
#include "wire/release.h"
#include "wire/ticket.h"

#include "tests/support/vector.h"

static struct vector vector(const char *name)
{
    return vector_of(VECTORS "/release.txt", name);
}

static enum status verify(struct bytes to_sign, const struct signature *s)
{
    struct host_crypto *host = NULL;
    struct vector key = vector("public");
    struct ed25519_public pub;

    CHECK(host_crypto_new(&host) == OK && key.len == sizeof pub.b);
    memcpy(pub.b, key.b, sizeof pub.b);
    const struct crypto *c = host_crypto_port(host);
    enum status got = c->ed25519_verify(c->board, &pub, to_sign, s);
    host_crypto_free(host);
    return got;
}

static void test_the_published_statement_parses_and_verifies(void)
{
    struct vector whole = vector("release"), build = vector("build"),
                  bundle = vector("bundle"), root = vector("root"),
                  boot = vector("boot"), to_sign = vector("to_sign");
    uint8_t room[SIGN1_TO_SIGN_MAX];
    struct signed_release s;

    CHECK(release_parse((struct bytes){whole.b, whole.len}, &s) == OK);
    const struct release *r = &s.release;
    CHECK(strcmp(r->product, "holdfast-oximeter") == 0 && r->security_version == 7);
    CHECK(r->version.major == 1 && r->version.minor == 4 && r->version.patch == 2);
    CHECK(memcmp(r->build.b, build.b, sizeof r->build.b) == 0);
    CHECK(r->bundle_len == 5242880);
    CHECK(memcmp(r->bundle_digest.b, bundle.b, sizeof r->bundle_digest.b) == 0);
    CHECK(
        r->part_count == 2 && r->parts[0].len == 4194304 && r->parts[1].len == 1000000);
    CHECK(memcmp(r->parts[0].digest.b, root.b, 32) == 0);
    CHECK(memcmp(r->parts[1].digest.b, boot.b, 32) == 0);
    struct bytes ours = release_to_sign(s.payload, ROOM_OF(room));
    CHECK(ours.len == to_sign.len && memcmp(ours.at, to_sign.b, ours.len) == 0);
    CHECK(verify(ours, &s.signature) == OK);
    CHECK(
        verify(ticket_signed_bytes(s.payload, ROOM_OF(room)), &s.signature) == REFUSED);
}

static void test_no_changed_bit_leaves_a_statement_that_verifies(void)
{
    struct vector whole = vector("release");
    struct bytes in = {whole.b, whole.len};
    unsigned parsed = 0;

    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        uint8_t room[SIGN1_TO_SIGN_MAX];
        struct signed_release s;
        whole.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (release_parse(in, &s) == OK) {
            parsed++;
            struct bytes to_sign = release_to_sign(s.payload, ROOM_OF(room));
            CHECK(verify(to_sign, &s.signature) == REFUSED);
        }
        whole.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(parsed > 500);
}

MAIN(TEST(test_the_published_statement_parses_and_verifies),
    TEST(test_no_changed_bit_leaves_a_statement_that_verifies))
