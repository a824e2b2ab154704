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

/* ---- writes that fail while the device goes on ---- */

static void fail(long from_now, long run)
{
    w.fail_at = from_now < 0 ? -1 : w.ops + from_now;
    w.fail_run = run;
}

/* Req: HF-FLASH-004 "it is tried again after 5 seconds, then after twice that, 15 minutes at most" */
static void test_a_record_that_cannot_be_kept_is_told_once_and_tried_with_longer_rests(
    void)
{
    begin();
    fail(0, 1000000);
    CHECK(world_offer(&w, &images[1]) == OK);
    CHECK(world_told(&w, EVENT_UPDATE_RECORD) == 1 && w.event_count == 1);
    long ops = w.ops;
    world_run(&w, 3600 * 1000 / WORLD_STEP_MS);
    CHECK(w.ops - ops >= 4 && w.ops - ops <= 12);
    ops = w.ops;
    world_run(&w, 24 * 3600 * 1000 / WORLD_STEP_MS);
    CHECK(w.ops - ops >= 90 && w.ops - ops <= 100);
    CHECK(w.event_count == 1 && !w.restarted && w.starts == 1);
    CHECK(w.update.record.state == UPDATE_IDLE && inactive_slot_untouched());
    CHECK(world_offer(&w, &images[2]) == BROKEN && w.event_count == 1);
    fail(-1, 0);
    world_run(&w, 3600 * 1000 / WORLD_STEP_MS);
    settle();
    CHECK(w.running == &images[1] && w.counter == 7 && w.trials == 1);
    CHECK(world_told(&w, EVENT_UPDATE_RECORD) == 1
        && world_told(&w, EVENT_UPDATE_CONFIRMED) == 1);
}

static unsigned count_but(uint8_t event)
{
    return w.event_count - world_told(&w, event);
}

/* Offered until it runs, or is not taken any more; every start has a day. */
static void live(const struct world_image *offered)
{
    for (int i = 0; i < STARTS && w.bad == NULL; i++) {
        bool tried = world_told(&w, EVENT_UPDATE_TRIED) > 0;
        if (w.running != offered && !tried)
            (void)!world_offer(&w, offered);
        w.offered = offered;
        for (int k = 0; k < 100 && !w.restarted; k++) {
            world_run(&w, 100);
            bool still = w.no_update || w.update.broken;
            if (!still && !update_busy(w.update.record.state))
                break;
        }
        if (!w.restarted && (w.running == offered || tried))
            return;
        if (w.restarted)
            CHECK(world_start(&w));
    }
}

/*
 * Req: HF-FLASH-004 "no boot and no try is counted twice by it"
 * What a fault of the record leaves is what would have been without it; other faults may cost a try.
 */
static void test_every_write_that_fails_is_told_and_changes_nothing_in_the_end(void)
{
    static const size_t offers[] = {1, 3, 4};
    static const long runs[] = {1, 2, 30};
    unsigned records = 0, others = 0;

    for (size_t o = 0; o < sizeof offers / sizeof offers[0]; o++) {
        const struct world_image *offered = &images[offers[o]];
        begin();
        live(offered);
        unsigned trials = w.trials, told = w.event_count;
        long writes = w.ops;
        for (long n = 0; n < 2 * writes * 3; n++) {
            begin();
            w.cut_done = n % 2 == 1;
            fail(n / 2 % writes, runs[n / 2 / writes]);
            live(offered);
            bool record = world_told(&w, EVENT_UPDATE_RECORD) > 0,
                 other = world_told(&w, EVENT_UPDATE_BOOT) > 0
                || world_told(&w, EVENT_UPDATE_SLOT) > 0
                || world_told(&w, EVENT_UPDATE_COUNTER) > 0;
            bool as_before =
                w.trials == trials && count_but(EVENT_UPDATE_RECORD) == told;
            bool good = w.bad == NULL && w.sim.faults == 0
                && !update_busy(w.update.record.state)
                && w.counter == (offers[o] == 1 ? 7 : 5)
                && (w.running == offered) == (offers[o] == 1) && (other || as_before)
                && world_told(&w, EVENT_UPDATE_RECORD) <= 2;
            if (!good)
                printf("# image %zu, write %ld, %ld of them, done %d: %s, state %s, "
                       "trials %u, counter %d, events %u\n",
                    offers[o], n / 2 % writes, w.fail_run, w.cut_done,
                    w.bad ? w.bad : "-", update_state_name(w.update.record.state),
                    w.trials, (int)w.counter, w.event_count);
            CHECK(good);
            records += record;
            others += other;
        }
    }
    CHECK(records > 100 && others > 100);
}

/* The start in which the release that was tried has to go: its n-th write fails. */
static void begin_return(long n)
{
    begin();
    images[1].kind = IMAGE_OTHER;
    CHECK(world_offer(&w, &images[1]) == OK);
    world_run(&w, STEPS);
    CHECK(w.restarted);
    fail(n, 1);
    CHECK(world_start(&w));
}

static void test_a_return_that_failed_is_made_good_whatever_the_cloud_says_meanwhile(
    void)
{
    unsigned met = 0;

    for (long n = 0; n < 12; n++) {
        begin_return(n);
        if (w.restarted || !w.update.broken)
            continue;
        met++;
        update_withdraw(&w.update); /* said with each answer when nothing is offered */
        CHECK(world_offer(&w, &images[2]) == BROKEN);
        w.patient = true;
        world_run(&w, STEPS);
        CHECK(!w.restarted);
        w.patient = false;
        settle();
        CHECK(w.running == &images[0] && w.bad == NULL);
        CHECK(world_told(&w, EVENT_UPDATE_REVERTED) == 1
            && world_told(&w, EVENT_UPDATE_OTHER) == 1);
    }
    CHECK(met >= 5); /* the record's writes, the shutting and the opening */
}

/* Written, and now quiet: the record of the trial is not kept. */
static void begin_owed_trial(void)
{
    begin();
    w.patient = true;
    CHECK(world_offer(&w, &images[1]) == OK);
    world_run(&w, STEPS);
    CHECK(w.update.record.state == UPDATE_WRITTEN);
    fail(0, 1000000);
    w.patient = false;
    world_run(&w, 1);
    CHECK(w.update.broken && w.update.record.state == UPDATE_WRITTEN && w.trials == 0);
}

/* Req: HF-UPD-008 "a stop shall reach every device that has not started the release" */
static void test_a_stop_reaches_a_device_whose_record_cannot_be_kept(void)
{
    begin_owed_trial();
    update_withdraw(&w.update);
    fail(-1, 0);
    settle();
    CHECK(w.update.record.state == UPDATE_IDLE && w.trials == 0 && w.starts == 1);
    CHECK(world_told(&w, EVENT_UPDATE_RECORD) == 1 && w.event_count == 1);
}

static void test_no_restart_comes_of_a_fault_that_ends_while_somebody_is_measured(void)
{
    begin_owed_trial();
    w.patient = true;
    fail(-1, 0);
    world_run(&w, STEPS);
    CHECK(!w.restarted && w.trials == 0);
    w.patient = false;
    settle();
    CHECK(w.running == &images[1] && w.counter == 7 && w.bad == NULL);
}

static void test_a_counter_that_does_not_rise_is_told_once_and_raised_later(void)
{
    begin();
    CHECK(world_offer(&w, &images[1]) == OK);
    world_run(&w, STEPS);
    CHECK(world_start(&w));
    for (long n = 0; n < 40 && world_told(&w, EVENT_UPDATE_COUNTER) == 0; n++) {
        begin();
        CHECK(world_offer(&w, &images[1]) == OK);
        world_run(&w, STEPS);
        CHECK(world_start(&w));
        fail(n, 1000000);
        world_run(&w, 1);
    }
    CHECK(w.counter == 5 && w.update.record.state == UPDATE_RAISING);
    world_run(&w, STEPS);
    CHECK(world_told(&w, EVENT_UPDATE_COUNTER) == 1 && w.counter == 5);
    fail(-1, 0);
    settle();
    CHECK(w.counter == 7 && w.update.record.state == UPDATE_CONFIRMED);
    CHECK(world_told(&w, EVENT_UPDATE_CONFIRMED) == 1 && !w.restarted);
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
    TEST(test_a_record_that_cannot_be_kept_is_told_once_and_tried_with_longer_rests),
    TEST(test_every_write_that_fails_is_told_and_changes_nothing_in_the_end),
    TEST(test_a_return_that_failed_is_made_good_whatever_the_cloud_says_meanwhile),
    TEST(test_a_stop_reaches_a_device_whose_record_cannot_be_kept),
    TEST(test_no_restart_comes_of_a_fault_that_ends_while_somebody_is_measured),
    TEST(test_a_counter_that_does_not_rise_is_told_once_and_raised_later),
    TEST(test_a_confirmed_release_that_stops_starting_gives_way_to_the_one_before))
