/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/releases.h"

#include "cloud/store/devices.h"
#include "cloud/store/rig.h"
#include "wire/event.h"
#include "wire/release.h"

#include "tests/support/check.h"

static struct rig_sealed sealed;
static struct answer answer;

/* Signed by nobody: the store does not judge that, devices do. */
static struct bytes statement(uint16_t patch, uint8_t room[LIMIT_RELEASE])
{
    static const struct signature s = {{7}};
    struct release r = {.product = "holdfast-oximeter",
        .version = {1, 0, patch},
        .bundle_len = 100,
        .part_count = 1};
    uint8_t payload[SIGN1_PAYLOAD_MAX];

    r.parts[0].len = 10;
    return release_build(release_payload_build(&r, ROOM_OF(payload)), &s,
        (struct room){room, LIMIT_RELEASE});
}

static enum status add(struct rig *r, struct bytes s)
{
    CHECK(db_begin(&r->store.db) == OK);
    enum status got = release_add(&r->store, s);
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

static enum status roll(struct rig *r, uint64_t id, uint8_t percent, bool stopped)
{
    struct door_release_roll ask = {id, percent, stopped};

    CHECK(db_begin(&r->store.db) == OK);
    enum status got = release_roll(&r->store, &ask);
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

/* One batch, with an event if code is one: what does its answer offer? */
static bool offered(struct rig *r, struct rig_device *d, uint32_t seq, uint8_t code)
{
    struct batch *b = rig_batch(seq, 5, r->utc_ms);

    if (code != 0) {
        b->events[0] = (struct event){.code = code, .count = 1};
        b->event_count = 1;
    }
    rig_seal(r, d, b, &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    return answer.release_len > 0;
}

static void test_a_release_is_offered_only_while_it_is_rolled_out(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t room[LIMIT_RELEASE];
    struct bytes s = statement(1, room);

    CHECK(!offered(r, d, 0, 0));
    CHECK(add(r, (struct bytes){room, 5}) == REFUSED);
    CHECK(add(r, s) == OK && add(r, s) == REFUSED);
    CHECK(!offered(r, d, 1, 0));
    CHECK(roll(r, 1, 100, false) == OK && offered(r, d, 2, 0));
    CHECK(answer.release_len == s.len && memcmp(answer.release, room, s.len) == 0);
    CHECK(roll(r, 1, 100, true) == OK && !offered(r, d, 3, 0));
    CHECK(roll(r, 1, 100, false) == OK && offered(r, d, 4, EVENT_UPDATE_TRIAL));
    CHECK(!offered(r, d, 5, EVENT_UPDATE_CONFIRMED) && !offered(r, d, 6, 0));
    CHECK(roll(r, 2, 100, false) == REFUSED);
    /* An offer that was under way is refused as no newer: it is confirmed all the same. */
    CHECK(!offered(r, d, 7, EVENT_UPDATE_OLDER));
    CHECK(rig_count(r, "SELECT code FROM offer") == EVENT_UPDATE_CONFIRMED);
    rig_free(r);
}

static void test_only_the_newest_release_is_offered(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t one[LIMIT_RELEASE], two[LIMIT_RELEASE];

    CHECK(add(r, statement(1, one)) == OK && roll(r, 1, 100, false) == OK);
    CHECK(add(r, statement(2, two)) == OK && !offered(r, d, 0, 0));
    CHECK(roll(r, 1, 100, false) == REFUSED);
    CHECK(roll(r, 2, 100, false) == OK && offered(r, d, 1, 0));
    CHECK(memcmp(answer.release, two, answer.release_len) == 0);
    CHECK(roll(r, 2, 0, true) == OK && !offered(r, d, 2, 0));
    rig_free(r);
}

static void test_a_larger_share_contains_the_smaller_one_and_places_are_spread(void)
{
    struct rig *r = rig_new();
    struct digest release = {{9}};
    unsigned below[101] = {0};

    for (unsigned i = 0; i < 10000; i++) {
        struct device_id id = {{(uint8_t)i, (uint8_t)(i >> 8)}};
        unsigned place = 100, again = 100;
        CHECK(release_place(&r->store, &release, &id, &place) == OK);
        CHECK(release_place(&r->store, &release, &id, &again) == OK);
        CHECK(place < 100 && place == again);
        for (unsigned percent = place + 1; percent <= 100; percent++)
            below[percent]++;
    }
    CHECK(below[0] == 0 && below[100] == 10000);
    CHECK(below[10] > 800 && below[10] < 1200 && below[50] > 4700 && below[50] < 5300);
    rig_free(r);
}

MAIN(TEST(test_a_release_is_offered_only_while_it_is_rolled_out),
    TEST(test_only_the_newest_release_is_offered),
    TEST(test_a_larger_share_contains_the_smaller_one_and_places_are_spread))
