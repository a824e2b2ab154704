/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/update.h"

#include "wire/event.h"

#include "tests/support/check.h"
#include "tests/support/update_world.h"

enum { STEPS = 200, STARTS = 40 };

static struct world_image images[WORLD_IMAGES];
static struct world w;

static void begin(void)
{
    world_images(images);
    world_init(&w, images, 1);
    CHECK(world_start(&w));
}

/* Starts and runs, until nothing restarts any more. */
static void settle(void)
{
    world_run(&w, STEPS);
    for (int i = 0; i < STARTS && w.restarted; i++) {
        CHECK(world_start(&w));
        world_run(&w, STEPS);
    }
    CHECK(!w.restarted && w.bad == NULL);
    if (w.bad != NULL)
        printf("# %s\n", w.bad);
}

static bool inactive_slot_untouched(void)
{
    static const struct world_slot blank;
    return memcmp(&w.slots[1], &blank, sizeof blank) == 0;
}

static void test_a_good_release_is_tried_confirmed_and_then_counted(void)
{
    begin();
    CHECK(world_offer(&w, &images[1]) == OK);
    world_run(&w, STEPS);
    CHECK(w.restarted && w.update.record.state == UPDATE_TRIAL && w.counter == 5);
    CHECK(world_start(&w) && w.running == &images[1]);
    CHECK(w.counter == 5 && w.update.record.active == 0);
    world_run(&w, 1);
    CHECK(w.update.record.state == UPDATE_CONFIRMED && w.counter == 7);
    CHECK(w.update.record.active == 1 && w.loader.preferred == 1);
    CHECK(world_told(&w, EVENT_UPDATE_TRIAL) == 1
        && world_told(&w, EVENT_UPDATE_CONFIRMED) == 1 && w.event_count == 2);
    CHECK(w.bad == NULL);
    /* and the next one goes to the other slot */
    CHECK(world_offer(&w, &images[2]) == OK);
    settle();
    CHECK(w.running == &images[2] && w.boot.running == 0 && w.counter == 7);
}

/* Req: HF-UPD-004 "The security counter shall be raised only after a release has shown itself healthy and is what starts from then on." */
static void test_the_counter_is_raised_only_when_all_signs_were_seen(void)
{
    static const enum update_sign all[] = {
        UPDATE_MEASURES, UPDATE_SENSOR, UPDATE_ANSWERED};

    for (unsigned missing = 0; missing < 3; missing++) {
        begin();
        CHECK(world_offer(&w, &images[1]) == OK);
        world_run(&w, STEPS);
        CHECK(world_start(&w) && w.running == &images[1]);
        w.healthy_seen[1] = true; /* so that only the order is judged */
        for (unsigned i = 0; i < 3; i++)
            if (i != missing)
                update_sign_seen(&w.update, all[i]);
        CHECK(w.update.record.state == UPDATE_TRIAL && w.counter == 5);
        update_sign_seen(&w.update, all[missing]);
        CHECK(w.update.record.state == UPDATE_CONFIRMED && w.counter == 7);
    }
}

static void test_a_release_that_hangs_falls_back_and_is_not_tried_a_fourth_time(void)
{
    begin();
    for (unsigned i = 1; i <= LIMIT_UPDATE_TRIES; i++) {
        CHECK(world_offer(&w, &images[3]) == OK);
        settle();
        CHECK(w.running == &images[0] && w.counter == 5 && w.trials == i);
        CHECK(w.update.record.state == UPDATE_REVERTED);
        CHECK(world_told(&w, EVENT_UPDATE_REVERTED) == i);
    }
    CHECK(world_offer(&w, &images[3]) == REFUSED);
    CHECK(world_told(&w, EVENT_UPDATE_TRIED) == 1 && w.trials == LIMIT_UPDATE_TRIES);
    CHECK(world_offer(&w, &images[1]) == OK); /* another one is still taken */
    settle();
    CHECK(w.running == &images[1]);
}

static void test_a_release_that_is_never_answered_returns_after_three_starts(void)
{
    begin();
    CHECK(world_offer(&w, &images[4]) == OK);
    settle();
    CHECK(w.running == &images[0] && w.counter == 5 && w.trials == 1);
    CHECK(world_told(&w, EVENT_UPDATE_TRIAL) == UPDATE_BOOTS);
    CHECK(world_told(&w, EVENT_UPDATE_REVERTED) == 1);
    CHECK(!w.loader.open[1] && w.loader.starts[1] == 0);
    CHECK(w.now_ms >= (uint64_t)UPDATE_BOOTS * UPDATE_HEALTH_MS);
}

static void test_a_release_that_does_not_measure_returns(void)
{
    begin();
    images[1].kind = IMAGE_NO_MEASURE;
    CHECK(world_offer(&w, &images[1]) == OK);
    settle();
    CHECK(w.running == &images[0] && w.counter == 5);
}

static void test_what_starts_must_be_the_release_that_was_stated(void)
{
    begin();
    images[1].kind = IMAGE_OTHER;
    CHECK(world_offer(&w, &images[1]) == OK);
    settle();
    CHECK(w.running == &images[0] && w.counter == 5);
    CHECK(world_told(&w, EVENT_UPDATE_REVERTED) == 1
        && world_told(&w, EVENT_UPDATE_OTHER) == 1);
}

static void test_no_restart_comes_while_somebody_is_measured(void)
{
    begin();
    w.patient = true;
    CHECK(world_offer(&w, &images[4]) == OK);
    world_run(&w, 1000);
    CHECK(!w.restarted && w.update.record.state == UPDATE_WRITTEN);
    w.patient = false;
    world_run(&w, 1);
    CHECK(w.restarted && world_start(&w) && w.running == &images[4]);
    w.patient = true; /* on trial, and late: it still measures */
    world_run(&w, 1000);
    CHECK(!w.restarted && w.update.record.state == UPDATE_TRIAL);
    w.patient = false;
    settle();
    CHECK(w.running == &images[0] && w.bad == NULL);
}

/* ---- what is refused before a byte is written ---- */

static void change_statement(struct world_image *i)
{
    i->statement[i->statement_len - 1] ^= 1;
}
static void sign_as_a_ticket(struct world_image *i)
{
    i->statement[1] = 0x83; /* a list of three: not what a statement is */
}
static void other_class(struct world_image *i)
{
    i->release.product[0] = 'x';
    world_sign(i);
}
static void older_counter(struct world_image *i)
{
    i->release.security_version = 4;
    i->release.version.major = 9;
    world_sign(i);
}
static void equal_counter_older_version(struct world_image *i)
{
    i->release.security_version = 5;
    i->release.version = (struct release_version){0, 9, 9};
    world_sign(i);
}
static void far_ahead(struct world_image *i)
{
    i->release.security_version = UINT32_MAX;
    world_sign(i);
}

static void test_an_offer_that_may_not_be_taken_is_told_and_writes_nothing(void)
{
    static const struct {
        const char *what;
        void (*spoil)(struct world_image *);
        enum status is;
        uint8_t why;
    } rows[] = {
        {"second signature changed", change_statement, REFUSED, EVENT_UPDATE_STATEMENT},
        {"no statement", sign_as_a_ticket, MALFORMED, EVENT_UPDATE_MALFORMED},
        {"other product class", other_class, REFUSED, EVENT_UPDATE_CLASS},
        {"older counter", older_counter, REFUSED, EVENT_UPDATE_ROLLBACK},
        {"equal counter, older", equal_counter_older_version, REFUSED,
            EVENT_UPDATE_OLDER},
        {"counter far ahead", far_ahead, REFUSED, EVENT_UPDATE_LEAP},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        long ops = w.ops;
        rows[i].spoil(&images[1]);
        if (world_offer(&w, &images[1]) != rows[i].is)
            printf("# %s\n", rows[i].what);
        CHECK(w.event_count == 1 && w.events[0] == rows[i].why);
        CHECK(w.ops == ops && inactive_slot_untouched());
        settle();
        CHECK(w.running == &images[0] && w.starts == 1);
    }
}

/* ---- a bundle that is not what was stated: the slot stays as it was ---- */

static void one_bit(struct world_image *i)
{
    i->bundle[1234] ^= 1;
}
/* One of two signatures: everything is stated truly, and the release key never signed. */
static void no_release_signature(struct world_image *i)
{
    i->bundle[WORLD_ROOT + WORLD_BOOT] ^= 1;
    CHECK(
        w.crypto.sha256(w.crypto.board, BYTES_OF(i->bundle), &i->release.bundle_digest)
        == OK);
    world_sign(i);
}
static void length_lies(struct world_image *i)
{
    i->release.bundle_len--;
    world_sign(i);
}
static void parts_lie(struct world_image *i)
{
    i->release.parts[1].len--;
    world_sign(i);
}
static void part_beyond_the_end(struct world_image *i)
{
    i->release.parts[0].len = 1;
    i->release.parts[1].len = WORLD_BUNDLE - 2;
    CHECK(w.crypto.sha256(
              w.crypto.board, (struct bytes){i->bundle, 1}, &i->release.parts[0].digest)
        == OK);
    world_sign(i);
}
static void trailer_lies(struct world_image *i)
{
    i->bundle[WORLD_BUNDLE - 8] = 0x80;
    CHECK(
        w.crypto.sha256(w.crypto.board, BYTES_OF(i->bundle), &i->release.bundle_digest)
        == OK);
    world_sign(i);
}
static void digest_of_another_part(struct world_image *i)
{
    i->release.parts[1].digest = i->release.parts[0].digest;
    world_sign(i);
}
static void too_large(struct world_image *i)
{
    (void)i;
    w.slot.room[1] = WORLD_BOOT - 1;
}
static void other_parts(struct world_image *i)
{
    (void)i;
    w.slot.part_count = 1;
}

/* Req: HF-UPD-001 "A device shall write no byte of a release before two signatures of two keys over it have been verified." */
static void test_a_bundle_that_is_not_the_stated_one_leaves_the_slot_untouched(void)
{
    static const struct {
        const char *what;
        void (*spoil)(struct world_image *);
        uint8_t why;
    } rows[] = {
        {"digest of another file", one_bit, EVENT_UPDATE_DIGEST},
        {"one of two signatures", no_release_signature, EVENT_UPDATE_SIGNATURE},
        {"length of the bundle lies", length_lies, EVENT_UPDATE_LENGTH},
        {"length of a part lies", parts_lie, EVENT_UPDATE_DIGEST},
        {"part beyond the end", part_beyond_the_end, EVENT_UPDATE_LENGTH},
        {"length of the signature lies", trailer_lies, EVENT_UPDATE_LENGTH},
        {"digest of another part", digest_of_another_part, EVENT_UPDATE_DIGEST},
        {"too large for the slot", too_large, EVENT_UPDATE_ROOM},
        {"another number of parts", other_parts, EVENT_UPDATE_ROOM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].spoil(&images[1]);
        CHECK(world_offer(&w, &images[1]) == OK);
        settle();
        if (w.event_count != 1 || w.events[0] != rows[i].why)
            printf("# %s: %s\n", rows[i].what, event_name(w.events[0]));
        CHECK(w.event_count == 1 && w.events[0] == rows[i].why);
        CHECK(w.update.record.state == UPDATE_REFUSED && inactive_slot_untouched());
        CHECK(w.running == &images[0] && w.starts == 1 && w.trials == 0);
    }
}

/* A statement is good for the bundle that it names and for no other. */
static void test_a_statement_played_again_for_another_bundle_is_refused(void)
{
    begin();
    memcpy(images[2].statement, images[1].statement, sizeof images[1].statement);
    CHECK(world_offer(&w, &images[2]) == OK);
    settle();
    CHECK(world_told(&w, EVENT_UPDATE_DIGEST) == 1 && inactive_slot_untouched());
}

static void test_a_slot_that_does_not_keep_what_was_written_is_never_tried(void)
{
    begin();
    w.bad_block = true;
    for (unsigned i = 1; i <= LIMIT_UPDATE_TRIES; i++) {
        CHECK(world_offer(&w, &images[1]) == OK);
        settle();
        CHECK(w.update.record.state == UPDATE_REFUSED && w.trials == 0);
        CHECK(world_told(&w, EVENT_UPDATE_SLOT) == i);
    }
    CHECK(world_offer(&w, &images[1]) == REFUSED);
    CHECK(world_told(&w, EVENT_UPDATE_TRIED) == 1);
}

static void test_a_counter_that_cannot_be_read_lets_nothing_in(void)
{
    begin();
    w.off = true;
    CHECK(update_offer(&w.update,
              (struct bytes){images[1].statement, images[1].statement_len}, false)
        == REFUSED);
    w.off = false;
    CHECK(world_told(&w, EVENT_UPDATE_COUNTER) == 1 && inactive_slot_untouched());
}

static void test_a_withdrawn_release_does_not_start_and_may_come_again(void)
{
    begin();
    w.patient = true;
    CHECK(world_offer(&w, &images[1]) == OK);
    world_run(&w, STEPS);
    CHECK(w.update.record.state == UPDATE_WRITTEN);
    update_withdraw(&w.update);
    w.patient = false;
    settle();
    CHECK(w.running == &images[0] && w.starts == 1 && w.trials == 0);
    CHECK(world_offer(&w, &images[1]) == OK);
    settle();
    CHECK(w.running == &images[1]);
}

static void test_what_a_person_put_is_not_withdrawn_by_the_cloud(void)
{
    begin();
    w.patient = true;
    w.offered = &images[1];
    CHECK(update_offer(&w.update,
              (struct bytes){images[1].statement, images[1].statement_len}, true)
        == OK);
    world_run(&w, STEPS);
    update_withdraw(&w.update);
    w.patient = false;
    settle();
    CHECK(w.running == &images[1]);
}

static void test_one_release_at_a_time(void)
{
    begin();
    w.patient = true;
    CHECK(world_offer(&w, &images[1]) == OK);
    CHECK(update_offer(&w.update,
              (struct bytes){images[2].statement, images[2].statement_len}, false)
        == AGAIN);
    CHECK(w.event_count == 0);
    w.patient = false;
    settle();
    CHECK(w.running == &images[1]);
}

/* The boot loader fell back by itself: what runs is what the device stands on. */
static void test_a_confirmed_release_that_stops_starting_gives_way_to_the_one_before(
    void)
{
    begin();
    CHECK(world_offer(&w, &images[1]) == OK);
    settle();
    CHECK(world_offer(&w, &images[2]) == OK); /* of the same security version */
    settle();
    CHECK(w.running == &images[2] && w.update.record.active == 0);
    w.slots[0].part[0][77] ^= 1;
    CHECK(world_start(&w) && w.running == &images[1]);
    CHECK(w.update.record.active == 1 && w.update.record.state == UPDATE_IDLE);
    settle();
    CHECK(world_offer(&w, &images[2]) == OK);
    settle();
    CHECK(w.running == &images[2]);
}

/* Every event from here on is about this one. */
static bool told_of(unsigned from, const struct world_image *i)
{
    bool all = w.event_count > from;
    for (unsigned k = from; k < w.event_count; k++)
        all = all
            && memcmp(&w.abouts[k], &i->release.bundle_digest, sizeof w.abouts[k]) == 0;
    return all;
}

/* Req: HF-UPD-016 "kept with the offer of the release that it names" */
static void test_everything_that_is_refused_or_ends_is_told_with_its_bundle(void)
{
    static const struct digest none;

    begin();
    CHECK(world_offer(&w, &images[1]) == OK);
    settle();
    CHECK(w.running == &images[1] && told_of(0, &images[1]));
    unsigned before = w.event_count;
    other_class(&images[2]);
    CHECK(world_offer(&w, &images[2]) == REFUSED && told_of(before, &images[2]));
    before = w.event_count;
    CHECK(world_offer(&w, &images[4]) == OK);
    settle();
    CHECK(world_told(&w, EVENT_UPDATE_REVERTED) == 1 && told_of(before, &images[4]));
    before = w.event_count;
    sign_as_a_ticket(&images[3]);
    CHECK(world_offer(&w, &images[3]) == MALFORMED && w.event_count == before + 1);
    CHECK(memcmp(&w.abouts[before], &none, sizeof none) == 0);
}

MAIN(TEST(test_a_good_release_is_tried_confirmed_and_then_counted),
    TEST(test_the_counter_is_raised_only_when_all_signs_were_seen),
    TEST(test_a_release_that_hangs_falls_back_and_is_not_tried_a_fourth_time),
    TEST(test_a_release_that_is_never_answered_returns_after_three_starts),
    TEST(test_a_release_that_does_not_measure_returns),
    TEST(test_what_starts_must_be_the_release_that_was_stated),
    TEST(test_no_restart_comes_while_somebody_is_measured),
    TEST(test_an_offer_that_may_not_be_taken_is_told_and_writes_nothing),
    TEST(test_a_bundle_that_is_not_the_stated_one_leaves_the_slot_untouched),
    TEST(test_a_statement_played_again_for_another_bundle_is_refused),
    TEST(test_a_slot_that_does_not_keep_what_was_written_is_never_tried),
    TEST(test_everything_that_is_refused_or_ends_is_told_with_its_bundle),
    TEST(test_a_counter_that_cannot_be_read_lets_nothing_in),
    TEST(test_a_withdrawn_release_does_not_start_and_may_come_again),
    TEST(test_what_a_person_put_is_not_withdrawn_by_the_cloud),
    TEST(test_one_release_at_a_time),
    TEST(test_a_confirmed_release_that_stops_starting_gives_way_to_the_one_before))
