/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/envelope.h"

#include "core/port/crypto.h"
#include "tests/support/check.h"
#include "tests/support/messages.h"

static const struct kid kid = {{{0xd1, 2, 3}}, 9};
static const struct iv iv = {{4, 5, 6}};
static const struct epoch epoch = {{7, 8, 9}};

static size_t build(enum envelope_kind kind, size_t sealed, uint8_t *out, size_t cap)
{
    struct bytes p;
    size_t head = 0;

    CHECK(envelope_head_build(
              kind, &kid, &iv, &epoch, sealed, (struct room){out, cap}, &head, &p)
        == OK);
    CHECK(p.at > out && p.at + p.len < out + head);
    memset(out + head, 0x77, sealed);
    return head + sealed;
}

static void test_any_change_of_the_head_is_refused_or_read_as_what_it_says(void)
{
    for (int k = ENVELOPE_BATCH; k <= ENVELOPE_ANSWER; k++) {
        enum envelope_kind kind = (enum envelope_kind)k;
        uint8_t b[256], again[256];
        size_t len = build(kind, 40, b, sizeof b), head;

        for (size_t at = 0; at < len - 40; at++)
            for (unsigned v = 0; v < 256; v++) {
                struct envelope e;
                struct bytes p;
                uint8_t was = b[at];
                b[at] = (uint8_t)v;
                if (envelope_parse(kind, (struct bytes){b, len}, &e) == OK) {
                    CHECK(envelope_head_build(kind, &e.kid, &e.iv, &e.epoch, 40,
                              ROOM_OF(again), &head, &p)
                        == OK);
                    CHECK(head == len - 40 && memcmp(again, b, head) == 0);
                }
                b[at] = was;
            }
    }
}

static void test_algorithm_tag_kind_and_unprotected_header_have_one_value(void)
{
    static const struct {
        const char *what;
        size_t at;
        uint8_t value;
    } rows[] = {
        {"no COSE_Encrypt0", 0, 0xd1},
        {"four parts", 1, 0x84},
        {"a key more", 4, 0xa5},
        {"A128GCM", 6, 1},
        {"A192GCM", 6, 2},
        {"ChaCha20", 6, 24},
        {"another first key", 5, 2},
        {"kid in text", 8, 0x74},
        {"kid shorter", 8, 0x53},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t b[256];
        struct envelope e;
        size_t len = build(ENVELOPE_BATCH, 40, b, sizeof b);
        CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){b, len}, &e) == OK);
        CHECK(envelope_parse(ENVELOPE_ANSWER, (struct bytes){b, len}, &e) == MALFORMED);
        b[rows[i].at] = rows[i].value;
        CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){b, len}, &e) == MALFORMED);
    }
}

static void test_generation_nought_is_no_key(void)
{
    uint8_t b[256];
    struct envelope e;
    size_t len = build(ENVELOPE_ANSWER, 40, b, sizeof b);

    memset(b + 9 + DEVICE_ID_LEN, 0, 4);
    CHECK(envelope_parse(ENVELOPE_ANSWER, (struct bytes){b, len}, &e) == MALFORMED);
    b[9 + DEVICE_ID_LEN] = 0x80;
    CHECK(envelope_parse(ENVELOPE_ANSWER, (struct bytes){b, len}, &e) == OK);
    CHECK(e.kid.generation == 0x80000000u);
}

static void test_sizes_hold_at_their_edges(void)
{
    static uint8_t b[LIMIT_ENVELOPE + 8];
    static const struct {
        enum envelope_kind kind;
        size_t most;
    } rows[] = {{ENVELOPE_BATCH, 16298}, {ENVELOPE_ANSWER, 16337}};
    struct envelope e;
    struct bytes p;
    size_t head;

    for (size_t i = 0; i < 2; i++) {
        enum envelope_kind k = rows[i].kind;
        static const size_t lens[] = {17, 23, 24, 255, 256};
        for (size_t n = 0; n < 5; n++) {
            size_t len = build(k, lens[n], b, sizeof b);
            CHECK(envelope_parse(k, (struct bytes){b, len}, &e) == OK);
            CHECK(e.sealed.len == lens[n] && e.sealed.at == b + len - lens[n]);
        }
        size_t len = build(k, rows[i].most, b, sizeof b);
        CHECK(len == LIMIT_ENVELOPE);
        CHECK(envelope_parse(k, (struct bytes){b, len}, &e) == OK);
        CHECK(envelope_head_build(
                  k, &kid, &iv, &epoch, rows[i].most + 1, ROOM_OF(b), &head, &p)
            == FULL);
        /* the same, one byte longer and with its head to match: over the limit */
        size_t at = len - rows[i].most - 2;
        b[at] = (uint8_t)((rows[i].most + 1) >> 8);
        b[at + 1] = (uint8_t)(rows[i].most + 1);
        CHECK(envelope_parse(k, (struct bytes){b, len + 1}, &e) == MALFORMED);
        len = build(k, 17, b, sizeof b);
        b[len - 18] = 0x50; /* a tag and nothing else */
        CHECK(envelope_parse(k, (struct bytes){b, len - 1}, &e) == MALFORMED);
    }
}

static void test_a_spoiled_envelope_is_refused_or_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX];
    uint8_t again[256];
    struct dice d = {11};
    unsigned refused = 0;

    for (int i = 0; i < 20000; i++) {
        enum message_kind m = i % 2 ? MESSAGE_UP : MESSAGE_DOWN;
        enum envelope_kind k = i % 2 ? ENVELOPE_BATCH : ENVELOPE_ANSWER;
        size_t len = spoil(&d, ROOM_OF(b), any_message(&d, m, ROOM_OF(b))), head;
        struct envelope e;
        struct bytes p;
        if (envelope_parse(k, (struct bytes){b, len}, &e) != OK) {
            refused++;
            continue;
        }
        CHECK(envelope_head_build(
                  k, &e.kid, &e.iv, &e.epoch, e.sealed.len, ROOM_OF(again), &head, &p)
            == OK);
        CHECK(len == head + e.sealed.len && memcmp(again, b, head) == 0);
    }
    CHECK(refused > 8000 && refused < 20000);
}

static void test_enc_structure_binds_the_kind(void)
{
    static const uint8_t p[] = {0xa1, 0x01, 0x03};
    static const uint8_t want[] = "\x83\x68"
                                  "Encrypt0"
                                  "\x43\xa1\x01\x03\x53\x82\x6a"
                                  "holdfast/1"
                                  "\x66"
                                  "answer";
    uint8_t up[ENC_STRUCTURE_MAX], down[ENC_STRUCTURE_MAX];
    size_t up_len, down_len;

    CHECK(enc_structure_build(ENVELOPE_BATCH, BYTES_OF(p), ROOM_OF(up), &up_len) == OK);
    CHECK(enc_structure_build(ENVELOPE_ANSWER, BYTES_OF(p), ROOM_OF(down), &down_len)
        == OK);
    CHECK(down_len == sizeof want - 1 && memcmp(down, want, down_len) == 0);
    CHECK(up_len == down_len - 1 && memcmp(up, down, up_len) != 0);
    CHECK(enc_structure_build(
              ENVELOPE_ANSWER, BYTES_OF(p), (struct room){down, down_len - 1}, &up_len)
        == FULL);
}

MAIN(TEST(test_any_change_of_the_head_is_refused_or_read_as_what_it_says),
    TEST(test_algorithm_tag_kind_and_unprotected_header_have_one_value),
    TEST(test_generation_nought_is_no_key), TEST(test_sizes_hold_at_their_edges),
    TEST(test_a_spoiled_envelope_is_refused_or_another_valid_one),
    TEST(test_enc_structure_binds_the_kind))
