/* SPDX-License-Identifier: Apache-2.0 */
/* A service ticket that another implementation made and signed (wire/vectors/ticket.txt). */
#include "host/crypto.h"
#include "host/sign_key.h"
#include "wire/ticket.h"

#include "tests/support/vector.h"

#include <stdlib.h>
#include <unistd.h>

static struct vector vector(const char *name)
{
    return vector_of(VECTORS "/ticket.txt", name);
}

static struct bytes bytes_of(const struct vector *v)
{
    return (struct bytes){v->b, v->len};
}

static enum status verify(const struct signed_ticket *t)
{
    struct host_crypto *host = NULL;
    struct vector key = vector("public");
    struct ed25519_public pub;
    uint8_t room[TICKET_SIGNED_BYTES_MAX];

    CHECK(host_crypto_new(&host) == OK && key.len == sizeof pub.b);
    memcpy(pub.b, key.b, sizeof pub.b);
    const struct crypto *c = host_crypto_port(host);
    enum status s = c->ed25519_verify(
        c->board, &pub, ticket_signed_bytes(t->payload, ROOM_OF(room)), &t->signature);
    host_crypto_free(host);
    return s;
}

static void test_the_published_ticket_parses_and_verifies(void)
{
    struct vector whole = vector("ticket"), device = vector("device"),
                  serial = vector("serial"), holder = vector("holder"),
                  to_sign = vector("to_sign");
    uint8_t room[TICKET_SIGNED_BYTES_MAX];
    struct signed_ticket t;

    CHECK(ticket_parse(bytes_of(&whole), &t) == OK);
    CHECK(device.len == DEVICE_ID_LEN && memcmp(t.ticket.device.b, device.b, 16) == 0);
    CHECK(serial.len == SERIAL_LEN && memcmp(t.ticket.serial.b, serial.b, 8) == 0);
    CHECK(strlen(t.ticket.holder) == holder.len
        && memcmp(t.ticket.holder, holder.b, holder.len) == 0);
    CHECK(t.ticket.not_before_s == 1795846800
        && t.ticket.not_after_s == 1795846800 + LIMIT_TICKET_S);
    struct bytes ours = ticket_signed_bytes(t.payload, ROOM_OF(room));
    CHECK(ours.len == to_sign.len && memcmp(ours.at, to_sign.b, ours.len) == 0);
    CHECK(verify(&t) == OK);
}

static void test_no_changed_bit_leaves_a_ticket_that_verifies(void)
{
    struct vector whole = vector("ticket");
    unsigned parsed = 0;

    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        struct signed_ticket t;
        whole.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (ticket_parse(bytes_of(&whole), &t) == OK) {
            parsed++;
            CHECK(verify(&t) == REFUSED);
        }
        whole.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(parsed > 500);
}

/* Ed25519 with s + L in the place of s: the same equation, another byte string. */
static void test_a_second_signature_of_the_same_content_does_not_verify(void)
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
        0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0x10};
    struct vector whole = vector("ticket");
    struct signed_ticket t;
    unsigned carry = 0;

    CHECK(ticket_parse(bytes_of(&whole), &t) == OK);
    for (size_t i = 0; i < 32; i++) {
        carry += t.signature.b[32 + i] + order[i];
        t.signature.b[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK(carry == 0 && verify(&t) == REFUSED);
}

static void test_what_our_tool_signs_is_the_only_string_for_its_content(void)
{
    char folder[] = "/tmp/holdfast-ticket-XXXXXX", path[64];
    const char *why = NULL;
    struct sign_key *k = NULL;
    uint8_t a[SIGN_KEY_SIGNATURE], b[SIGN_KEY_SIGNATURE], pub[SIGN_KEY_PUBLIC];
    struct vector to_sign = vector("to_sign");

    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/key", folder);
    CHECK(
        sign_key_make(path, &why) == OK && sign_key_open_private(path, &k, &why) == OK);
    sign_key_sign(k, bytes_of(&to_sign), a);
    sign_key_sign(k, bytes_of(&to_sign), b);
    sign_key_public(k, pub);
    CHECK(memcmp(a, b, sizeof a) == 0);

    struct host_crypto *host = NULL;
    CHECK(host_crypto_new(&host) == OK);
    const struct crypto *c = host_crypto_port(host);
    struct ed25519_public key;
    struct signature signature;
    memcpy(key.b, pub, sizeof key.b);
    memcpy(signature.b, a, sizeof signature.b);
    CHECK(c->ed25519_verify(c->board, &key, bytes_of(&to_sign), &signature) == OK);
    struct vector other = vector("public");
    memcpy(key.b, other.b, sizeof key.b);
    CHECK(c->ed25519_verify(c->board, &key, bytes_of(&to_sign), &signature) == REFUSED);
    host_crypto_free(host);
    sign_key_free(k);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/key.pub", folder);
    (void)unlink(path);
    (void)rmdir(folder);
}

MAIN(TEST(test_the_published_ticket_parses_and_verifies),
    TEST(test_no_changed_bit_leaves_a_ticket_that_verifies),
    TEST(test_a_second_signature_of_the_same_content_does_not_verify),
    TEST(test_what_our_tool_signs_is_the_only_string_for_its_content))
