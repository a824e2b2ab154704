/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/bundles.h"

#include "cloud/store/piece_rule.h"
#include "cloud/store/release_acts.h"
#include "cloud/store/releases.h"
#include "cloud/store/rig.h"
#include "wire/event.h"

#include "tests/support/check.h"

enum { LAST = 100, LEN = 2 * LIMIT_PIECE + LAST };
enum { MINE = 7, THEIRS = 8 };

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

static enum status put_of(
    struct bundles *b, uint64_t peer, uint64_t now_ms, uint32_t n, struct bytes piece)
{
    const struct bundle_piece p = {peer, now_ms, n, piece};
    return bundles_put(b, &p);
}

static enum status put(struct bundles *b, uint32_t n, struct bytes piece)
{
    return put_of(b, MINE, 1000, n, piece);
}

static void put_all(struct bundles *b)
{
    for (uint32_t n = 0; n < 3; n++)
        CHECK(put(b, n, piece_of(n)) == OK);
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
    CHECK(bundles_keep(&b, MINE, &s) == OK && files() == 1);
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
    CHECK(put(&b, 1, piece_of(1)) == REFUSED);
    CHECK(put(&b, 0, piece_of(0)) == OK);
    CHECK(put(&b, 2, piece_of(2)) == REFUSED);
    CHECK(bundles_keep(&b, MINE, &s) == REFUSED); /* nothing is under way any more */
    CHECK(put(&b, 0, piece_of(2)) == OK);
    CHECK(put(&b, 1, piece_of(1)) == REFUSED);
    CHECK(put(&b, 0, BYTES_OF(much)) == REFUSED);
    CHECK(put(&b, 0, (struct bytes){much, 0}) == REFUSED);
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
    CHECK(bundles_keep(&b, MINE, &other) == REFUSED && files() == 0);
    other = s;
    other.bundle_digest.b[31] ^= 1;
    put_all(&b);
    CHECK(bundles_keep(&b, MINE, &other) == REFUSED && files() == 0);
    put_all(&b);
    CHECK(bundles_keep(&b, MINE, &s) == OK && bundles_keep(&b, MINE, &s) == REFUSED);
    end(&b);
    rig_free(r);
}

static void keep(struct bundles *b, const struct release *r)
{
    put_all(b);
    CHECK(bundles_keep(b, MINE, r) == OK);
}

static void test_the_next_bundle_of_a_class_replaces_the_one_before(void)
{
    static struct newest_releases newest = {.loaded = true, .count = 2};
    static uint8_t out[LIMIT_PIECE];
    struct rig *r = rig_new();
    struct bundles b;
    size_t len = 0;

    begin(&b);
    struct release one = stated(r);
    keep(&b, &one);
    CHECK(bundles_read(&b, &one.bundle_digest, 0, ROOM_OF(out), &len) == OK);
    bundle[5] ^= 1;
    struct release two = stated(r);
    keep(&b, &two);
    bundle[6] ^= 1;
    struct release of_another_class = stated(r);
    keep(&b, &of_another_class);
    newest.of[0].bundle = of_another_class.bundle_digest;
    newest.of[1].bundle = two.bundle_digest;
    CHECK(files() == 3);
    bundles_trim(&b, &newest);
    CHECK(files() == 2);
    CHECK(bundles_read(&b, &one.bundle_digest, 0, ROOM_OF(out), &len) == REFUSED);
    CHECK(
        bundles_read(&b, &of_another_class.bundle_digest, 0, ROOM_OF(out), &len) == OK);
    CHECK(bundles_read(&b, &two.bundle_digest, 0, ROOM_OF(out), &len) == OK);
    CHECK(out[6] == (bundle[6] ^ 1) && out[5] == bundle[5]);
    end(&b);
    rig_free(r);
}

/* Req: HF-UPD-017 "goes on undisturbed, and another that begins meanwhile shall be told to come again" */
static void test_a_bundle_that_comes_in_is_disturbed_by_nobody_else(void)
{
    struct rig *r = rig_new();
    struct bundles b;

    begin(&b);
    struct release s = stated(r);
    CHECK(put(&b, 0, piece_of(0)) == OK);
    CHECK(put_of(&b, THEIRS, 1000, 0, piece_of(0)) == AGAIN);
    CHECK(put_of(&b, THEIRS, 1000, 1, piece_of(1)) == REFUSED);
    CHECK(bundles_keep(&b, THEIRS, &s) == REFUSED);
    bundles_gone(&b, THEIRS);
    CHECK(put(&b, 1, piece_of(1)) == OK && put(&b, 2, piece_of(2)) == OK);
    CHECK(bundles_keep(&b, THEIRS, &s) == REFUSED);
    CHECK(bundles_keep(&b, MINE, &s) == OK && files() == 1);
    CHECK(put_of(&b, THEIRS, 1000, 0, piece_of(0)) == OK);
    end(&b);
    rig_free(r);
}

/* Req: HF-UPD-017 "what an add that has ended had put shall go with it" */
static void test_what_was_put_goes_with_its_peer_and_with_the_store_that_died(void)
{
    struct rig *r = rig_new();
    struct bundles b, died;

    begin(&b);
    struct release s = stated(r);
    CHECK(put(&b, 0, piece_of(0)) == OK && files() == 1);
    bundles_gone(&b, MINE);
    CHECK(files() == 0);
    CHECK(put_of(&b, THEIRS, 1000, 0, piece_of(0)) == OK && files() == 1);
    died = b; /* its descriptor stays open, as after a kill its file does */
    bundles_init(&b, folder);
    bundles_clear(&b);
    CHECK(files() == 0);
    put_all(&b);
    CHECK(bundles_keep(&b, MINE, &s) == OK);
    bundles_clear(&b); /* what is whole stays */
    CHECK(files() == 1);
    bundles_close(&died);
    end(&b);
    rig_free(r);
}

static void test_an_add_that_stands_still_gives_way_after_a_minute_and_not_before(void)
{
    enum { LAST_MS = 1000, GIVES_WAY = LAST_MS + LIMIT_BUNDLE_IDLE_MS };
    struct rig *r = rig_new();
    struct bundles b;

    begin(&b);
    struct release s = stated(r);
    CHECK(put_of(&b, MINE, 0, 0, piece_of(0)) == OK);
    CHECK(put_of(&b, MINE, LAST_MS, 1, piece_of(1)) == OK);
    CHECK(put_of(&b, THEIRS, GIVES_WAY - 1, 0, piece_of(0)) == AGAIN);
    CHECK(put_of(&b, THEIRS, GIVES_WAY, 0, piece_of(0)) == OK);
    CHECK(put_of(&b, MINE, GIVES_WAY, 2, piece_of(2)) == REFUSED);
    bundles_gone(&b, MINE);
    CHECK(put_of(&b, THEIRS, GIVES_WAY, 1, piece_of(1)) == OK);
    CHECK(put_of(&b, THEIRS, GIVES_WAY, 2, piece_of(2)) == OK);
    CHECK(bundles_keep(&b, MINE, &s) == REFUSED && bundles_keep(&b, THEIRS, &s) == OK);
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
    struct release_act act = {0};

    CHECK(db_begin(&r->store.db) == OK);
    enum status s = release_roll(&r->store, &ask, &act);
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
    struct release_act act = {0};
    uint64_t number = 0;

    struct release s = stated(r);
    struct bytes statement = release_build(
        release_payload_build(&s, ROOM_OF(payload)), &nobodys, ROOM_OF(room));
    CHECK(release_gives(&r->store, d, &s.bundle_digest) == REFUSED);
    CHECK(release_is_newest(&r->store, statement, &number) == REFUSED);
    CHECK(
        db_begin(&r->store.db) == OK && release_add(&r->store, statement, &act) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    CHECK(release_is_newest(&r->store, statement, &number) == OK
        && number == act.release);
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
    TEST(test_the_next_bundle_of_a_class_replaces_the_one_before),
    TEST(test_a_bundle_that_comes_in_is_disturbed_by_nobody_else),
    TEST(test_what_was_put_goes_with_its_peer_and_with_the_store_that_died),
    TEST(test_an_add_that_stands_still_gives_way_after_a_minute_and_not_before),
    TEST(test_each_case_of_the_rule_has_its_verdict),
    TEST(test_a_device_has_pieces_only_while_the_release_is_offered_to_it),
    TEST(test_one_device_and_all_together_have_so_many_pieces_in_a_second),
    TEST(test_one_device_too_many_at_once_comes_later))
