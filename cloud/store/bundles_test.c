/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/bundles.h"

#include "cloud/store/piece_rule.h"
#include "cloud/store/releases.h"
#include "cloud/store/rig.h"
#include "wire/event.h"

#include "tests/support/check.h"

enum { LAST = 100, LEN = 2 * LIMIT_PIECE + LAST };

static uint8_t bundle[LEN];
static char folder[64];

static struct bytes piece_of(uint32_t n)
{
    return (struct bytes){bundle + n * LIMIT_PIECE, n < 2 ? LIMIT_PIECE : LAST};
}

static struct release stated(struct rig *r)
{
    struct release s = {.product = "holdfast-oximeter",
        .version = {1, 0, 1},
        .bundle_len = LEN,
        .part_count = 1};

    s.parts[0].len = 10;
    CHECK(
        rig_crypto(r)->sha256(rig_crypto(r)->board, BYTES_OF(bundle), &s.bundle_digest)
        == OK);
    return s;
}

static void begin(struct bundles *b)
{
    for (size_t i = 0; i < sizeof bundle; i++)
        bundle[i] = (uint8_t)(i * 7 + i / 251);
    snprintf(folder, sizeof folder, "/tmp/holdfast-bundles-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    bundles_init(b, folder);
}

static void end(struct bundles *b)
{
    char command[96];

    bundles_close(b);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0);
}

static void put_all(struct bundles *b)
{
    for (uint32_t n = 0; n < 3; n++)
        CHECK(bundles_put(b, n, piece_of(n)) == OK);
}

static unsigned files(void)
{
    char command[96];

    snprintf(command, sizeof command, "exit $(ls %s | wc -l)", folder);
    return (unsigned)system(command) >> 8;
}

static void test_a_bundle_comes_back_piece_by_piece_as_it_was_put(void)
{
    static uint8_t out[LIMIT_PIECE];
    struct rig *r = rig_new();
    struct bundles b;
    size_t len = 0;

    begin(&b);
    struct release s = stated(r);
    CHECK(bundles_read(&b, &s.bundle_digest, 0, ROOM_OF(out), &len) == REFUSED);
    put_all(&b);
    CHECK(bundles_read(&b, &s.bundle_digest, 0, ROOM_OF(out), &len) == REFUSED);
    CHECK(bundles_keep(&b, &s) == OK && files() == 1);
    for (uint32_t n = 0; n < 3; n++) {
        CHECK(bundles_read(&b, &s.bundle_digest, n, ROOM_OF(out), &len) == OK);
        CHECK(len == piece_of(n).len && memcmp(out, piece_of(n).at, len) == 0);
    }
    CHECK(bundles_read(&b, &s.bundle_digest, 3, ROOM_OF(out), &len) == REFUSED);
    CHECK(bundles_read(&b, &s.bundle_digest, LIMIT_PIECES - 1, ROOM_OF(out), &len)
        == REFUSED);
    end(&b);
    rig_free(r);
}

static void test_pieces_out_of_order_after_a_short_one_or_too_long_are_refused(void)
{
    struct rig *r = rig_new();
    struct bundles b;
    static const uint8_t much[LIMIT_PIECE + 1];

    begin(&b);
    struct release s = stated(r);
    CHECK(bundles_put(&b, 1, piece_of(1)) == REFUSED);
    CHECK(bundles_put(&b, 0, piece_of(0)) == OK);
    CHECK(bundles_put(&b, 2, piece_of(2)) == REFUSED);
    CHECK(bundles_keep(&b, &s) == REFUSED); /* nothing is under way any more */
    CHECK(bundles_put(&b, 0, piece_of(2)) == OK);
    CHECK(bundles_put(&b, 1, piece_of(1)) == REFUSED);
    CHECK(bundles_put(&b, 0, BYTES_OF(much)) == REFUSED);
    CHECK(bundles_put(&b, 0, (struct bytes){much, 0}) == REFUSED);
    CHECK(files() == 0);
    end(&b);
    rig_free(r);
}

static void test_another_length_or_digest_than_stated_is_not_kept(void)
{
    struct rig *r = rig_new();
    struct bundles b;

    begin(&b);
    struct release s = stated(r), other = s;
    other.bundle_len--;
    put_all(&b);
    CHECK(bundles_keep(&b, &other) == REFUSED && files() == 0);
    other = s;
    other.bundle_digest.b[31] ^= 1;
    put_all(&b);
    CHECK(bundles_keep(&b, &other) == REFUSED && files() == 0);
    put_all(&b);
    CHECK(bundles_keep(&b, &s) == OK && bundles_keep(&b, &s) == REFUSED);
    end(&b);
    rig_free(r);
}

static void test_the_next_bundle_replaces_the_one_before(void)
{
    static uint8_t out[LIMIT_PIECE];
    struct rig *r = rig_new();
    struct bundles b;
    size_t len = 0;

    begin(&b);
    struct release one = stated(r);
    put_all(&b);
    CHECK(bundles_keep(&b, &one) == OK);
    CHECK(bundles_read(&b, &one.bundle_digest, 0, ROOM_OF(out), &len) == OK);
    bundle[5] ^= 1;
    struct release two = stated(r);
    put_all(&b);
    CHECK(bundles_keep(&b, &two) == OK && files() == 1);
    CHECK(bundles_read(&b, &one.bundle_digest, 0, ROOM_OF(out), &len) == REFUSED);
    CHECK(bundles_read(&b, &two.bundle_digest, 0, ROOM_OF(out), &len) == OK);
    CHECK(out[5] == bundle[5]);
    end(&b);
    rig_free(r);
}

static void test_each_case_of_the_rule_has_its_verdict(void)
{
    static const struct digest one = {{1}}, two = {{2}};
    static const struct {
        const char *what;
        struct piece_case c;
        bool yes;
    } rows[] = {
        {"active, offered", {DEVICE_ACTIVE, true, &one, &one}, true},
        {"invited, offered", {DEVICE_INVITED, true, &one, &one}, true},
        {"another bundle", {DEVICE_ACTIVE, true, &one, &two}, false},
        {"not offered", {DEVICE_ACTIVE, false, &one, &one}, false},
        {"suspended", {DEVICE_SUSPENDED, true, &one, &one}, false},
        {"revoked", {DEVICE_REVOKED, true, &one, &one}, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool yes = piece_rule(&rows[i].c);
        if (yes != rows[i].yes)
            printf("# %s\n", rows[i].what);
        CHECK(yes == rows[i].yes);
    }
}

static enum status roll(struct rig *r, uint8_t percent, bool stopped)
{
    struct door_release_roll ask = {1, percent, stopped};

    CHECK(db_begin(&r->store.db) == OK);
    enum status s = release_roll(&r->store, &ask);
    CHECK(db_commit(&r->store.db) == OK);
    return s;
}

static void test_a_device_has_pieces_only_while_the_release_is_offered_to_it(void)
{
    static const struct signature nobodys = {{7}};
    struct rig *r = rig_new();
    uint8_t payload[SIGN1_PAYLOAD_MAX], room[LIMIT_RELEASE];
    const struct device_id *d = &r->devices[0].kid.device;
    struct device_id stranger = {{9}};

    struct release s = stated(r);
    struct bytes statement = release_build(
        release_payload_build(&s, ROOM_OF(payload)), &nobodys, ROOM_OF(room));
    CHECK(release_gives(&r->store, d, &s.bundle_digest) == REFUSED);
    CHECK(release_is_newest(&r->store, statement) == REFUSED);
    CHECK(db_begin(&r->store.db) == OK && release_add(&r->store, statement) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    CHECK(release_is_newest(&r->store, statement) == OK);
    CHECK(release_gives(&r->store, d, &s.bundle_digest) == REFUSED); /* of no share */
    CHECK(roll(r, 100, false) == OK);
    CHECK(release_gives(&r->store, d, &s.bundle_digest) == OK);
    CHECK(release_gives(&r->store, &stranger, &s.bundle_digest) == REFUSED);
    CHECK(roll(r, 100, true) == OK);
    CHECK(release_gives(&r->store, d, &s.bundle_digest) == REFUSED);
    rig_free(r);
}

static void test_one_device_and_all_together_have_so_many_pieces_in_a_second(void)
{
    static struct piece_rate r;
    struct device_id d = {{1}}, other = {{2}};
    uint64_t now = 5000;

    for (int i = 0; i < LIMIT_DEVICE_PIECE_RATE; i++)
        CHECK(piece_rate_take(&r, &d, now));
    CHECK(!piece_rate_take(&r, &d, now) && !piece_rate_take(&r, &d, now + 999));
    CHECK(piece_rate_take(&r, &other, now + 999));
    CHECK(piece_rate_take(&r, &d, now + 1000));
    memset(&r, 0, sizeof r);
    for (int i = 0; i < LIMIT_PIECE_RATE; i++) {
        d.b[3] = (uint8_t)(i % 100);
        CHECK(piece_rate_take(&r, &d, now));
    }
    CHECK(!piece_rate_take(&r, &other, now) && piece_rate_take(&r, &other, now + 1000));
}

static void test_one_device_too_many_at_once_comes_later(void)
{
    static struct piece_rate r;
    struct device_id d = {{0}};

    for (int i = 0; i < PIECE_DEVICES; i++) {
        d.b[0] = (uint8_t)i;
        CHECK(piece_rate_take(&r, &d, 7000));
    }
    d.b[1] = 1;
    CHECK(!piece_rate_take(&r, &d, 7000) && piece_rate_take(&r, &d, 8000));
}

MAIN(TEST(test_a_bundle_comes_back_piece_by_piece_as_it_was_put),
    TEST(test_pieces_out_of_order_after_a_short_one_or_too_long_are_refused),
    TEST(test_another_length_or_digest_than_stated_is_not_kept),
    TEST(test_the_next_bundle_replaces_the_one_before),
    TEST(test_each_case_of_the_rule_has_its_verdict),
    TEST(test_a_device_has_pieces_only_while_the_release_is_offered_to_it),
    TEST(test_one_device_and_all_together_have_so_many_pieces_in_a_second),
    TEST(test_one_device_too_many_at_once_comes_later))
