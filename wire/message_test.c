/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"
#include "wire/envelope.h"
#include "wire/message.h"

#include "tests/support/check.h"

static struct batch small_batch(void)
{
    static struct batch b;
    b = (struct batch){.seq = 7,
        .start_count = 300,
        .mono_ms = 70000,
        .has_utc = true,
        .utc_ms = 1795846800000,
        .clock = 2,
        .record_count = 3,
        .lost_count = 1,
        .config_version = 4,
        .test_data = true,
        .event_count = 1};
    b.records[1] = (struct record){1000, {true, 970}, {true, 720}, {true, 400}, 0, 90};
    b.records[2] = (struct record){1000, {0}, {true, 3000}, {0}, 0x8040, 100};
    b.events[0] = (struct event){3, 2, 10, 20};
    return b;
}

static void test_a_batch_cut_or_extended_anywhere_is_malformed(void)
{
    struct batch b = small_batch();
    static uint8_t buf[LIMIT_BATCH + 1];
    static struct batch back;
    size_t len;

    CHECK(batch_build(&b, ROOM_OF(buf), &len) == OK);
    CHECK(batch_parse((struct bytes){buf, len}, &back) == OK);
    CHECK(memcmp(&b, &back, sizeof b) == 0);
    for (size_t n = 0; n < len; n++)
        CHECK(batch_parse((struct bytes){buf, n}, &back) == MALFORMED);
    buf[len] = 0;
    CHECK(batch_parse((struct bytes){buf, len + 1}, &back) == MALFORMED);
}

static void test_a_bundle_comes_back_as_it_was_written(void)
{
    static struct bundle b, back;
    static uint8_t text[8192];
    struct conf_error err;
    size_t len;

    b = (struct bundle){.address = "127.0.0.1",
        .port = 8443,
        .enrol_port = 8444,
        .name = "c.test",
        .kid.generation = 1,
        .expires_utc_s = 1795846800};
    for (int i = 0; i < 16; i++)
        b.kid.device.b[i] = (uint8_t)(i * 17);
    b.kid.device.b[6] = 0x4f;
    b.kid.device.b[8] = 0x8f;
    for (int n = 1; n < 6; n++) {
        b.ca_active.len = (uint16_t)n;
        b.ca_backup.len = LIMIT_CERT;
        memset(b.ca_active.at, 0, sizeof b.ca_active.at);
        memset(b.ca_active.at, 0xf0 + n, (size_t)n);
        memset(b.ca_backup.at, n, LIMIT_CERT);
        memset(b.secret.b, 0x5a, 32);
        CHECK(bundle_build(&b, ROOM_OF(text), &len) == OK);
        CHECK(bundle_parse((struct bytes){text, len}, &back, &err) == OK);
        CHECK(memcmp(&b, &back, sizeof b) == 0);
    }
}

static void test_an_envelope_has_one_layout(void)
{
    uint8_t buf[512] = {0};
    struct kid kid = {{{1, 2, 3}}, 9};
    struct iv iv = {{4}};
    struct epoch epoch = {{5}};
    struct envelope e;
    struct bytes p;
    size_t head;

    for (int kind = ENVELOPE_BATCH; kind <= ENVELOPE_ANSWER; kind++) {
        enum envelope_kind k = (enum envelope_kind)kind;
        CHECK(envelope_head_build(k, &kid, &iv, &epoch, 40, ROOM_OF(buf), &head, &p)
            == OK);
        CHECK(envelope_parse(k, (struct bytes){buf, head + 40}, &e) == OK);
        CHECK(e.kid.generation == 9 && e.sealed.len == 40 && e.protected_.len == p.len);
        CHECK(envelope_parse(
                  (enum envelope_kind) !kind, (struct bytes){buf, head + 40}, &e)
            == MALFORMED);
        for (size_t n = 0; n < head + 40; n++)
            CHECK(envelope_parse(k, (struct bytes){buf, n}, &e) == MALFORMED);
    }
}

MAIN(TEST(test_a_batch_cut_or_extended_anywhere_is_malformed),
    TEST(test_a_bundle_comes_back_as_it_was_written),
    TEST(test_an_envelope_has_one_layout))
