/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/releases.h"

#include "cloud/store/class_rule.h"
#include "cloud/store/devices.h"
#include "cloud/store/look.h"
#include "cloud/store/release_acts.h"
#include "cloud/store/rig.h"
#include "core/base/hex.h"
#include "wire/event.h"
#include "wire/release.h"

#include "tests/support/check.h"

static struct rig_sealed sealed;
static struct answer answer;

/* Signed by nobody: the store does not judge that, devices do. */
static struct bytes statement_of(
    const char *product, uint16_t patch, uint8_t room[LIMIT_RELEASE])
{
    static const struct signature s = {{7}};
    struct release r = {.version = {1, 0, patch},
        .bundle_len = 100,
        .bundle_digest = {{(uint8_t)patch}},
        .part_count = 1};
    uint8_t payload[SIGN1_PAYLOAD_MAX];

    (void)snprintf(r.product, sizeof r.product, "%s", product);
    r.parts[0].len = 10;
    return release_build(release_payload_build(&r, ROOM_OF(payload)), &s,
        (struct room){room, LIMIT_RELEASE});
}

static struct bytes statement(uint16_t patch, uint8_t room[LIMIT_RELEASE])
{
    return statement_of("holdfast-oximeter", patch, room);
}

static enum status add(struct rig *r, struct bytes s)
{
    struct release_act act = {0};

    CHECK(db_begin(&r->store.db) == OK);
    enum status got = release_add(&r->store, s, &act);
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

static enum status roll(struct rig *r, uint64_t id, uint8_t percent, bool stopped)
{
    struct door_release_roll ask = {id, percent, stopped};
    struct release_act act = {0};

    CHECK(db_begin(&r->store.db) == OK);
    enum status got = release_roll(&r->store, &ask, &act);
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

/* One batch, with an event if code is one: what does its answer offer? */
static bool told(struct rig *r, struct rig_device *d, uint32_t seq, uint8_t code,
    const uint8_t *about)
{
    struct batch *b = rig_batch(seq, 5, r->utc_ms);

    if (code != 0) {
        b->events[0] =
            (struct event){.code = code, .count = 1, .has_about = about != NULL};
        if (about != NULL)
            memcpy(b->events[0].about, about, EVENT_ABOUT_LEN);
        b->event_count = 1;
    }
    rig_seal(r, d, b, &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    return answer.release_len > 0;
}

/* What is told is about the release of patch 1. */
static bool offered(struct rig *r, struct rig_device *d, uint32_t seq, uint8_t code)
{
    static const uint8_t first[EVENT_ABOUT_LEN] = {1};
    return told(r, d, seq, code, first);
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

/* Long enough after an offer was withdrawn. */
static void wait_out(struct rig *r)
{
    r->utc_ms += LIMIT_WITHDRAWN_MS;
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

/* Req: HF-UPD-015 "no newer than one of its class" */
static void test_a_release_that_is_not_newer_ends_no_roll_out(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t new[LIMIT_RELEASE], old[LIMIT_RELEASE];

    struct bytes newest = statement(3, new);
    CHECK(add(r, newest) == OK && roll(r, 1, 100, false) == OK);
    CHECK(add(r, statement(2, old)) == REFUSED);
    CHECK(offered(r, d, 0, 0));
    CHECK(answer.release_len == newest.len
        && memcmp(answer.release, new, newest.len) == 0);
    CHECK(add(r, statement(4, old)) == OK);
    CHECK(add(r, statement(3, new)) == REFUSED); /* nor than the one before the last */
    CHECK(rig_count(r, "SELECT count(*) FROM release") == 2);
    rig_free(r);
}

/* Req: HF-UPD-016 "kept with the offer of the release that it names, and with no other" */
static void test_what_is_told_of_another_release_closes_no_offer(void)
{
    static const uint8_t first[EVENT_ABOUT_LEN] = {1}, second[EVENT_ABOUT_LEN] = {2},
                         by_hand[EVENT_ABOUT_LEN] = {9};
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t room[LIMIT_RELEASE];

    CHECK(add(r, statement(1, room)) == OK && roll(r, 1, 100, false) == OK);
    CHECK(told(r, d, 0, 0, NULL));
    CHECK(told(r, d, 1, EVENT_UPDATE_CLASS, by_hand));
    CHECK(told(r, d, 2, EVENT_UPDATE_OLDER, NULL));
    CHECK(rig_count(r, "SELECT count(*) FROM offer WHERE code IS NOT NULL") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'update.class'") == 1);
    /* The next one is offered while this one is being confirmed. */
    CHECK(add(r, statement(2, room)) == OK && roll(r, 2, 100, false) == OK);
    CHECK(told(r, d, 3, EVENT_UPDATE_TRIAL, first));
    CHECK(told(r, d, 4, EVENT_UPDATE_CONFIRMED, first));
    CHECK(rig_count(r, "SELECT code FROM offer WHERE release = 1")
        == EVENT_UPDATE_CONFIRMED);
    CHECK(!told(r, d, 5, EVENT_UPDATE_CONFIRMED, second));
    rig_free(r);
}

static const char oximeter[] = "holdfast-oximeter", monitor[] = "holdfast-monitor";
static const uint8_t first[EVENT_ABOUT_LEN] = {1}, second[EVENT_ABOUT_LEN] = {2};

/* Is this release what the last answer offered? */
static bool is(const char *product, uint16_t patch)
{
    uint8_t room[LIMIT_RELEASE];
    struct bytes s = statement_of(product, patch, room);

    return answer.release_len == s.len && memcmp(answer.release, room, s.len) == 0;
}

/* 1: oximeter, patch 1; 2: monitor, patch 2; both for all devices. */
static struct rig *two_classes(void)
{
    struct rig *r = rig_new();
    uint8_t room[LIMIT_RELEASE];

    CHECK(
        add(r, statement_of(oximeter, 1, room)) == OK && roll(r, 1, 100, false) == OK);
    CHECK(add(r, statement_of(monitor, 2, room)) == OK && roll(r, 2, 100, false) == OK);
    return r;
}

/* Req: HF-UPD-008 "the newest release of the device's class" */
static void test_a_release_of_another_class_ends_no_roll_out(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], *e = &r->devices[1];
    uint8_t room[LIMIT_RELEASE];

    CHECK(
        add(r, statement_of(oximeter, 1, room)) == OK && roll(r, 1, 100, false) == OK);
    CHECK(told(r, d, 0, 0, NULL) && is(oximeter, 1));
    CHECK(add(r, statement_of(monitor, 2, room)) == OK && roll(r, 2, 100, false) == OK);
    CHECK(told(r, d, 1, 0, NULL) && is(oximeter, 1)); /* its offer is open */
    CHECK(told(r, d, 2, EVENT_UPDATE_TRIAL, first) && is(oximeter, 1));
    CHECK(!told(r, d, 3, EVENT_UPDATE_CONFIRMED, first)); /* it is an oximeter */
    CHECK(roll(r, 1, 20, false) == OK && roll(r, 1, 100, false) == OK);
    CHECK(told(r, e, 0, 0, NULL) && is(oximeter, 1));
    CHECK(told(r, e, 1, EVENT_UPDATE_CLASS, first) && is(monitor, 2));
    CHECK(!told(r, e, 2, EVENT_UPDATE_CONFIRMED, second));
    CHECK(
        add(r, statement_of(oximeter, 3, room)) == OK && roll(r, 3, 100, false) == OK);
    CHECK(!told(r, e, 3, 0, NULL)); /* it is a monitor: it is asked no more */
    CHECK(told(r, d, 4, 0, NULL) && is(oximeter, 3));
    rig_free(r);
}

/* Req: HF-UPD-008 "a stop shall reach every device that has not started the release" */
static void test_a_stop_is_answered_before_another_class_is_offered(void)
{
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0];

    CHECK(told(r, d, 0, 0, NULL) && is(oximeter, 1));
    CHECK(roll(r, 1, 0, true) == OK);
    CHECK(!told(r, d, 1, 0, NULL)); /* so it gives up what it has taken, if it has */
    CHECK(rig_count(r, "SELECT code IS 0 FROM offer WHERE release = 1") == 1);
    r->utc_ms += LIMIT_WITHDRAWN_MS - 1;
    CHECK(!told(r, d, 2, 0, NULL));
    r->utc_ms += 1;
    CHECK(told(r, d, 3, 0, NULL) && is(monitor, 2));
    rig_free(r);
}

static void
test_the_next_release_of_a_class_is_offered_when_the_one_before_is_withdrawn(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t room[LIMIT_RELEASE];

    CHECK(add(r, statement(1, room)) == OK && roll(r, 1, 100, false) == OK);
    CHECK(told(r, d, 0, 0, NULL));
    CHECK(roll(r, 1, 0, true) == OK && add(r, statement(2, room)) == OK);
    CHECK(roll(r, 2, 100, false) == OK);
    CHECK(!told(r, d, 1, 0, NULL) && !told(r, d, 2, 0, NULL));
    wait_out(r);
    CHECK(told(r, d, 3, 0, NULL) && is(oximeter, 2));
    rig_free(r);
}

static void test_a_release_that_is_rolled_out_again_is_offered_at_once(void)
{
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0];

    CHECK(told(r, d, 0, 0, NULL) && roll(r, 1, 0, true) == OK);
    CHECK(!told(r, d, 1, 0, NULL) && roll(r, 1, 100, false) == OK);
    CHECK(told(r, d, 2, 0, NULL) && is(oximeter, 1));
    CHECK(rig_count(r, "SELECT code IS NULL FROM offer WHERE release = 1") == 1);
    rig_free(r);
}

/* Does the one line of the list hold this? */
static bool lists(struct rig *r, const char *what)
{
    static char text[16384];
    size_t len = 0;
    uint64_t next = 0;
    struct room room = {(uint8_t *)text, sizeof text - 1};

    CHECK(look_list_releases(&r->store, 0, room, &len, &next) == OK);
    text[len] = 0;
    return strstr(text, what) != NULL;
}

/* Req: HF-UPD-020 "of each cause that devices told: how many, when and which device last" */
static void test_the_list_says_why_devices_did_not_keep_a_release(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = r->devices;
    uint8_t room[LIMIT_RELEASE];
    char id[UUID_TEXT], cause[192];

    CHECK(add(r, statement(1, room)) == OK);
    CHECK(lists(r, "\"set_utc_ms\":null,\"set_uid\":null,\"causes\":[]}"));
    CHECK(roll(r, 1, 100, false) == OK);
    CHECK(told(r, &d[0], 0, 0, NULL) && told(r, &d[1], 0, 0, NULL)
        && told(r, &d[2], 0, 0, NULL));
    CHECK(told(r, &d[1], 1, EVENT_UPDATE_REVERTED, first));
    CHECK(lists(r, "\"causes\":[{\"reason\":\"update.reverted\",\"devices\":1,"));
    r->utc_ms += 1000;
    CHECK(told(r, &d[2], 1, EVENT_UPDATE_DIGEST, first));
    r->utc_ms += 1000;
    CHECK(told(r, &d[0], 1, EVENT_UPDATE_DIGEST, first));
    uuid_of(d[0].kid.device.b, id);
    (void)snprintf(cause, sizeof cause,
        "\"causes\":[{\"reason\":\"update.digest\",\"devices\":2,"
        "\"last_utc_ms\":%llu,\"device\":\"%s\"},{\"reason\":\"update.reverted\"",
        (unsigned long long)r->utc_ms, id);
    CHECK(lists(r, cause));
    r->utc_ms += 1000;
    CHECK(roll(r, 1, 0, true) == OK);
    (void)snprintf(cause, sizeof cause, "\"set_utc_ms\":%llu,\"set_uid\":0",
        (unsigned long long)r->utc_ms);
    CHECK(lists(r, cause));
    rig_free(r);
}

/* Req: HF-UPD-015 "and none of one class of devices more than it keeps" */
static void test_there_are_so_many_classes_and_not_one_more(void)
{
    struct rig *r = rig_new();
    struct release_act act = {0};
    uint8_t room[LIMIT_RELEASE];
    char product[WORD_MAX + 1];

    for (unsigned i = 0; i < LIMIT_CLASSES; i++) {
        (void)snprintf(product, sizeof product, "class-%u", i);
        CHECK(add(r, statement_of(product, 1, room)) == OK);
    }
    CHECK(add(r, statement_of("one-more", 1, room)) == FULL);
    CHECK(add(r, statement_of("class-0", 2, room)) == OK);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(release_add(&r->store, statement_of("one-more", 1, room), &act) == FULL);
    CHECK(act.reason == REASON_RELEASE_CLASSES && db_commit(&r->store.db) == OK);
    for (unsigned i = 1; i <= LIMIT_CLASSES; i++)
        CHECK(roll(r, i, 1, false) == (i == 1 ? REFUSED : OK));
    CHECK(rig_count(r, "SELECT count(*) FROM release") == LIMIT_CLASSES + 1);
    rig_free(r);
}

static enum status end(struct rig *r, const char *product, enum reason *reason,
    struct door_class_ended *out)
{
    struct door_class_end ask = {{0}};
    struct release_act act = {0};

    memset(out, 0, sizeof *out);
    (void)snprintf(ask.product, sizeof ask.product, "%s", product);
    CHECK(db_begin(&r->store.db) == OK);
    enum status got = release_end(&r->store, &ask, &act, out);
    CHECK(db_commit(&r->store.db) == OK);
    *reason = act.reason;
    return got;
}

/* Req: HF-UPD-019 "A class of devices shall be ended on request, and its place be free" */
static void test_a_class_that_is_ended_gives_its_place_to_another(void)
{
    struct rig *r = rig_new();
    struct door_class_ended ended;
    enum reason why;
    uint8_t room[LIMIT_RELEASE];
    char product[WORD_MAX + 1];

    for (unsigned i = 0; i < LIMIT_CLASSES; i++) {
        (void)snprintf(product, sizeof product, "class-%u", i);
        CHECK(add(r, statement_of(product, 1, room)) == OK);
    }
    CHECK(add(r, statement_of("class-3", 2, room)) == OK);
    CHECK(add(r, statement_of("one-more", 1, room)) == FULL);
    CHECK(end(r, "one-more", &why, &ended) == REFUSED && why == REASON_RELEASE_UNKNOWN);
    CHECK(end(r, "One More", &why, &ended) == REFUSED && why == REASON_RELEASE_UNKNOWN);
    CHECK(end(r, "class-3", &why, &ended) == OK && why == REASON_RELEASE_ENDED);
    CHECK(ended.releases == 2 && ended.classes == LIMIT_CLASSES - 1);
    CHECK(end(r, "class-3", &why, &ended) == REFUSED && why == REASON_RELEASE_UNKNOWN);
    CHECK(add(r, statement_of("one-more", 1, room)) == OK);
    /* There is no room for it now, and what was added stays known. */
    CHECK(add(r, statement_of("class-3", 2, room)) == FULL);
    CHECK(roll(r, LIMIT_CLASSES + 1, 100, false) == REFUSED);
    CHECK(rig_count(r, "SELECT count(*) FROM release WHERE ended_ms IS NOT NULL") == 2);
    rig_free(r);
}

/* Req: HF-UPD-015 "no newer than one of its class" */
static void test_a_class_that_was_ended_begins_again_with_its_newest_release_or_a_newer(
    void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct door_class_ended ended;
    enum reason why;
    uint8_t room[LIMIT_RELEASE];

    CHECK(add(r, statement(1, room)) == OK && add(r, statement(2, room)) == OK);
    CHECK(roll(r, 2, 100, false) == OK && roll(r, 2, 100, true) == OK);
    CHECK(end(r, oximeter, &why, &ended) == OK && ended.classes == 0);
    CHECK(!told(r, d, 0, 0, NULL));
    CHECK(add(r, statement(1, room)) == REFUSED);
    CHECK(roll(r, 2, 100, false) == REFUSED);
    CHECK(add(r, statement(2, room)) == OK && add(r, statement(2, room)) == REFUSED);
    CHECK(!told(r, d, 1, 0, NULL)); /* to nobody, as one that is new */
    CHECK(roll(r, 2, 100, false) == OK && told(r, d, 2, 0, NULL) && is(oximeter, 2));
    CHECK(rig_count(r, "SELECT count(*) FROM release") == 2);
    rig_free(r);
}

/* Req: HF-UPD-019 "not before a roll-out of it is stopped, every device that was offered it has answered, and none is of it" */
static void test_a_class_is_not_ended_while_anything_depends_on_it(void)
{
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0], *e = &r->devices[1];
    struct door_class_ended ended;
    enum reason why;

    CHECK(told(r, d, 0, 0, NULL) && is(oximeter, 1));
    CHECK(end(r, oximeter, &why, &ended) == REFUSED && why == REASON_RELEASE_ROLLING
        && ended.release == 1);
    CHECK(roll(r, 1, 0, true) == OK);
    CHECK(end(r, oximeter, &why, &ended) == REFUSED && why == REASON_RELEASE_OFFERED);
    CHECK(memcmp(&ended.device, &d->kid.device, sizeof ended.device) == 0);
    CHECK(!told(r, d, 1, 0, NULL)); /* withdrawn: it is to hear that for two minutes */
    CHECK(end(r, oximeter, &why, &ended) == REFUSED && why == REASON_RELEASE_OFFERED);
    wait_out(r);
    CHECK(end(r, oximeter, &why, &ended) == OK && why == REASON_RELEASE_ENDED);
    CHECK(told(r, e, 0, 0, NULL) && is(monitor, 2));
    CHECK(told(r, e, 1, EVENT_UPDATE_TRIAL, second));
    CHECK(roll(r, 2, 0, true) == OK && !told(r, e, 2, 0, NULL));
    wait_out(r);
    CHECK(end(r, monitor, &why, &ended) == REFUSED && why == REASON_RELEASE_IN_USE);
    CHECK(memcmp(&ended.device, &e->kid.device, sizeof ended.device) == 0);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(device_revoke(&r->store, &e->kid.device) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    CHECK(end(r, monitor, &why, &ended) == OK && ended.classes == 0);
    rig_free(r);
}

/* One batch in which the device says this class. */
static bool says(struct rig *r, struct rig_device *d, uint32_t seq, const char *product)
{
    uint8_t mark[EVENT_ABOUT_LEN];

    release_class_mark(product, mark);
    return told(r, d, seq, EVENT_CLASS, mark);
}

/* Req: HF-UPD-021 "and the cloud shall offer to one that says it no release of another" */
static void test_a_device_that_says_its_class_is_offered_no_release_of_another(void)
{
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0], *e = &r->devices[1], *f = &r->devices[2];
    struct door_class_ended ended;
    enum reason why;

    CHECK(says(r, d, 0, monitor) && is(monitor, 2)); /* in the very first answer */
    CHECK(says(r, e, 0, oximeter) && is(oximeter, 1));
    CHECK(!says(r, f, 0, "holdfast-pump") && !told(r, f, 1, 0, NULL));
    CHECK(told(r, d, 1, 0, NULL) && is(monitor, 2));
    CHECK(told(r, d, 2, EVENT_UPDATE_TRIAL, second));
    CHECK(!told(r, d, 3, EVENT_UPDATE_CONFIRMED, second));
    CHECK(rig_count(r, "SELECT count(*) FROM offer") == 2);
    CHECK(roll(r, 1, 0, true) == OK && !told(r, e, 1, 0, NULL));
    wait_out(r);
    CHECK(!told(r, e, 2, 0, NULL)); /* nor now that nothing of its own is offered */
    CHECK(end(r, oximeter, &why, &ended) == REFUSED && why == REASON_RELEASE_IN_USE);
    CHECK(memcmp(&ended.device, &e->kid.device, sizeof ended.device) == 0);
    rig_free(r);
}

/* So a device may say more than its cloud knows, and neither has to be brought up to date first. */
static void test_an_event_of_a_newer_device_is_stored_and_changes_no_offer(void)
{
    enum { NOT_YET = 199 }; /* given to no event */
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0];

    CHECK(told(r, d, 0, NOT_YET, first) && is(oximeter, 1));
    CHECK(told(r, d, 1, NOT_YET, first) && is(oximeter, 1));
    CHECK(rig_count(r, "SELECT count(*) FROM offer WHERE code IS NULL") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code LIKE 'update.%'") == 0);
    rig_free(r);
}

static void test_a_run_that_says_no_class_is_tried_as_before(void)
{
    struct rig *r = two_classes();
    struct rig_device *d = &r->devices[0];

    CHECK(!says(r, d, 5, "holdfast-pump")); /* whichever batch of its run comes first */
    CHECK(!told(r, d, 6, 0, NULL));
    CHECK(told(r, d, 0, 0, NULL) && is(oximeter, 1));
    rig_free(r);
}

static void test_each_case_of_the_class_rule_has_its_verdict(void)
{
    static const struct {
        const char *what;
        struct class_seen seen[2];
        size_t is;
        bool says;
    } rows[] = {
        {"the first that is offered", {{.offered = true}, {.offered = true}}, 0},
        {"the other one is not offered", {{.offered = false}, {.offered = true}}, 1},
        {"none is", {{.offered = false}, {.offered = false}}, 2},
        {"an open offer is stayed with",
            {{.offered = true}, {.offered = true, .last = true}}, 1},
        {"and nothing else is offered meanwhile", {{.offered = true}, {.last = true}},
            2},
        {"its own class alone", {{.offered = true}, {.own_ms = 5}}, 2},
        {"its own class though another one is open",
            {{.offered = true, .last = true}, {.offered = true, .own_ms = 5}}, 1},
        {"the later of two", {{.offered = true, .own_ms = 6}, {.own_ms = 5}}, 0},
        {"of another class since: it is asked anew",
            {{.offered = true, .own_ms = 5, .other_ms = 6}, {.offered = true}}, 1},
        {"and of its own in the same batch",
            {{.offered = true, .own_ms = 5, .other_ms = 5}, {.offered = true}}, 0},
        {"what was refused as of another class comes last",
            {{.offered = true, .other_ms = 5}, {.offered = true}}, 1},
        {"and if there is nothing else, comes",
            {{.offered = true, .other_ms = 5}, {.offered = false}}, 0},
        {"another second key may be another class",
            {{.offered = true, .doubted = true}, {.offered = true}}, 1},
        {"what it says, and nothing is tried",
            {{.offered = true}, {.offered = true, .said = true}}, 1, true},
        {"what it says, though another one is open",
            {{.offered = true, .last = true}, {.offered = true, .said = true}}, 1,
            true},
        {"what it says, whatever it told before",
            {{.offered = true, .own_ms = 5}, {.offered = true, .said = true}}, 1, true},
        {"it says one of which nothing is offered", {{.offered = true}, {.said = true}},
            2, true},
        {"it says one that is not here, whatever it told before",
            {{.offered = true, .own_ms = 5}, {.offered = true}}, 2, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t got = class_rule(rows[i].seen, 2, rows[i].says);
        if (got != rows[i].is)
            printf("# %s\n", rows[i].what);
        CHECK(got == rows[i].is);
    }
    CHECK(class_rule(NULL, 0, false) == 0 && class_rule(NULL, 0, true) == 0);
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
    TEST(test_a_release_that_is_not_newer_ends_no_roll_out),
    TEST(test_what_is_told_of_another_release_closes_no_offer),
    TEST(test_a_release_of_another_class_ends_no_roll_out),
    TEST(test_a_stop_is_answered_before_another_class_is_offered),
    TEST(test_the_next_release_of_a_class_is_offered_when_the_one_before_is_withdrawn),
    TEST(test_a_release_that_is_rolled_out_again_is_offered_at_once),
    TEST(test_the_list_says_why_devices_did_not_keep_a_release),
    TEST(test_there_are_so_many_classes_and_not_one_more),
    TEST(test_a_class_that_is_ended_gives_its_place_to_another),
    TEST(test_a_class_that_was_ended_begins_again_with_its_newest_release_or_a_newer),
    TEST(test_a_class_is_not_ended_while_anything_depends_on_it),
    TEST(test_a_device_that_says_its_class_is_offered_no_release_of_another),
    TEST(test_an_event_of_a_newer_device_is_stored_and_changes_no_offer),
    TEST(test_a_run_that_says_no_class_is_tried_as_before),
    TEST(test_each_case_of_the_class_rule_has_its_verdict),
    TEST(test_a_larger_share_contains_the_smaller_one_and_places_are_spread))
