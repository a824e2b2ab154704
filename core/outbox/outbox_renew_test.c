/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal of the keys as outbox sees it: M1 out, M2 in, and a new epoch without a reading lost. */
#include "core/outbox/outbox.h"

#include "tests/support/check.h"
#include "tests/support/station.h"

enum { SECTORS = 64 };

static struct station st;
static struct batch batch;
static uint8_t up[LIMIT_ENVELOPE], down[LIMIT_ENVELOPE];
static uint32_t renewal_to, closed, lost, foreign, foreign_readings;
static size_t m2_len;
static uint8_t first_of_m2, store = 1;

static void hear(void *ctx, const struct outbox_told *told)
{
    (void)ctx;
    lost += told->note == OUTBOX_LOST;
    closed += told->note == OUTBOX_CLOSED ? told->count : 0;
    foreign += told->note == OUTBOX_FOREIGN;
    foreign_readings += told->note == OUTBOX_FOREIGN ? told->count : 0;
    if (told->note != OUTBOX_RENEWAL)
        return;
    renewal_to = told->count;
    m2_len = told->m2.len;
    first_of_m2 = told->m2.len > 0 ? told->m2.at[0] : 0;
}

static void start(void)
{
    renewal_to = closed = lost = foreign = foreign_readings = 0;
    store = 1;
    m2_len = 0;
    station_init(&st, SECTORS, 1, 7);
    st.ear = (struct outbox_ear){NULL, hear};
    st.mono_ms = st.real_ms = 5000;
    CHECK(station_boot(&st) == OK);
}

static void take(uint32_t from, uint32_t n)
{
    for (uint32_t i = from; i < from + n; i++) {
        struct reading r = station_reading(&st, i);
        CHECK(outbox_take(&st.outbox, &r) == OK);
        st.mono_ms += 1000;
        st.real_ms += 1000;
    }
}

/* Offered, opened as store would, answered. */
static enum status exchange(uint32_t renew_to, uint16_t m2)
{
    struct nonce nonce;
    struct outbox_sent sent = {.seq = 0};
    size_t len = 0;

    TRY(outbox_next(&st.outbox, ROOM_OF(up), &len, &nonce));
    CHECK(station_open(&st, (struct bytes){up, len}, &batch, &sent) == OK);
    struct answer a = station_answer(&st, &nonce, &sent, OUTCOME_STORED);
    a.renew_to = renew_to;
    a.store.b[0] = store;
    a.m2_len = m2;
    memset(a.m2, 0x77, sizeof a.m2);
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    return outbox_answer(&st.outbox, &nonce, (struct bytes){down, len});
}

static struct outbox_state seen(void)
{
    struct outbox_state s;
    outbox_state(&st.outbox, &s);
    return s;
}

/* The keys of the next generation, at device and store alike. */
static struct outbox_identity next_keys(void)
{
    st.kid.generation++;
    st.k_up.b[0] ^= 0x55;
    st.k_down.b[0] ^= 0x55;
    return (struct outbox_identity){
        .kid = st.kid, .k_up = st.k_up, .k_down = st.k_down, .cloud = st.store_public};
}

static void change(void)
{
    struct outbox_identity id = next_keys();
    CHECK(outbox_rest(&st.outbox) == OK);
    CHECK(outbox_change_keys(&st.outbox, &id) == OK);
}

static void test_m1_rides_in_each_batch_until_it_is_taken_back(void)
{
    static const uint8_t m1[RENEWAL_ASK_LEN] = {1, 2, 3};

    start();
    take(0, 3);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(2, 0) == OK);
    CHECK(!batch.renews && renewal_to == 2 && m2_len == 0);
    outbox_renew(&st.outbox, m1);
    for (uint32_t i = 0; i < 3; i++) {
        take(3 + i, 1);
        CHECK(outbox_close_batch(&st.outbox) == OK && exchange(2, 99) == OK);
        CHECK(batch.renews && memcmp(batch.m1, m1, sizeof m1) == 0);
        CHECK(m2_len == 99 && first_of_m2 == 0x77);
    }
    outbox_renew(&st.outbox, NULL);
    renewal_to = 0;
    take(6, 1);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(!batch.renews && renewal_to == 0);
}

static void test_an_answer_that_does_not_count_asks_for_nothing(void)
{
    struct nonce nonce;
    struct outbox_sent sent = {.seq = 0};
    size_t len = 0;

    start();
    take(0, 3);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(outbox_next(&st.outbox, ROOM_OF(up), &len, &nonce) == OK);
    CHECK(station_open(&st, (struct bytes){up, len}, &batch, &sent) == OK);
    sent.digest.b[0] ^= 1; /* of another batch */
    struct answer a = station_answer(&st, &nonce, &sent, OUTCOME_STORED);
    a.renew_to = 2;
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &nonce, (struct bytes){down, len}) == REFUSED);
    CHECK(renewal_to == 0);
}

static void test_keys_do_not_change_while_a_batch_waits_for_its_answer(void)
{
    start();
    take(0, 3);
    CHECK(outbox_rest(&st.outbox) == OK); /* open, and sealed by nobody yet */
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(outbox_rest(&st.outbox) == AGAIN);
    CHECK(exchange(0, 0) == OK && outbox_rest(&st.outbox) == OK);
}

static void test_readings_of_an_open_batch_go_into_the_first_one_under_the_new_keys(
    void)
{
    start();
    take(0, 4);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(2, 99) == OK);
    take(4, 5);
    struct epoch before = st.outbox.sealer.epoch;
    CHECK(seen().synchronised && seen().has_utc);
    change();
    CHECK(
        seen().synchronised && seen().has_utc); /* nobody at the screen sees a change */
    CHECK(memcmp(&before, &st.outbox.sealer.epoch, sizeof before) != 0);
    take(9, 2);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(batch.record_count == 7 && batch.seq == 0 && batch.has_utc && !batch.renews);
    CHECK(batch.lost_count == 0 && seen().batches_held == 0);
    CHECK(outbox_rest(&st.outbox) == OK);
    /* Power goes: marks and keys are as they were. */
    station_power_cycle(&st, 3);
    CHECK(station_boot(&st) == OK);
    CHECK(seen().batches_held == 0 && seen().readings_lost == 0 && lost == 0);
    take(11, 1);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(batch.lost_count == 0);
}

static void test_a_loss_that_no_batch_has_declared_is_declared_under_the_new_keys(void)
{
    start();
    take(0, 2);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(outbox_missing(&st.outbox, 6, 8) == OK);
    change();
    take(8, 1);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(batch.lost_count == 6 && batch.event_count == 1);
    take(9, 1);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(batch.lost_count == 6 && batch.event_count == 0); /* once */
}

static void test_batches_under_closed_keys_are_not_offered_to_a_restored_store(void)
{
    start();
    for (uint32_t i = 0; i < 3; i++) {
        take(3 * i, 3);
        CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    }
    change();
    take(9, 2);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    store = 2; /* restored from an older copy */
    take(11, 4);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(seen().batches_held == 4); /* all that came before */
    CHECK(exchange(0, 0) == OK);     /* the one under the new keys */
    CHECK(batch.record_count == 2);
    CHECK(exchange(0, 0) == AGAIN && closed == 9 && lost == 0);
    CHECK(seen().batches_held == 0 && seen().synchronised);
}

/* Revoked, and taken in anew under another id, on the disk that holds what was not yet sent. */
static void get_another_identity(uint64_t seed)
{
    station_power_cycle(&st, seed);
    st.kid.device.b[0]++;
    st.kid.generation = 1;
    st.k_up.b[0] ^= 0x55;
    st.k_down.b[0] ^= 0x55;
}

static void enrol_anew(uint64_t seed)
{
    get_another_identity(seed);
    CHECK(station_boot(&st) == OK);
}

static void restart(uint64_t seed)
{
    station_power_cycle(&st, seed);
    CHECK(station_boot(&st) == OK);
}

static void seal(uint32_t from, uint32_t n)
{
    take(from, n);
    CHECK(outbox_close_batch(&st.outbox) == OK);
}

static void test_what_was_sealed_for_another_identity_is_lost_once_and_the_rest_goes_on(
    void)
{
    start();
    take(0, 3);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    for (uint32_t i = 0; i < 2; i++) {
        take(3 + 5 * i, 5);
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
    for (uint64_t seed = 1; seed < 4; seed++) { /* starts that send nothing, too */
        if (seed == 1)
            enrol_anew(seed);
        else
            station_power_cycle(&st, seed);
        CHECK(seed == 1 || station_boot(&st) == OK);
        CHECK(foreign == 1 && foreign_readings == 10);
        CHECK(seen().batches_held == 0 && seen().readings_lost == 10);
        CHECK(exchange(0, 0) == AGAIN);
    }
    take(13, 4);
    CHECK(outbox_close_batch(&st.outbox) == OK && exchange(0, 0) == OK);
    CHECK(batch.record_count == 4 && batch.lost_count == 10);
    CHECK(exchange(0, 0) == AGAIN && seen().synchronised);
    station_power_cycle(&st, 9);
    CHECK(station_boot(&st) == OK && seen().readings_lost == 0 && foreign == 1);
}

/* What the store has heard of by the next batch of one reading; nothing else is sent. */
static uint32_t declared_next(void)
{
    seal(100, 1);
    CHECK(exchange(0, 0) == OK && exchange(0, 0) == AGAIN);
    return batch.lost_count;
}

static void test_a_cut_at_any_write_of_a_new_identity_counts_what_is_left_once(void)
{
    enum { KEPT, JOURNAL, FLASHES };

    for (int which = KEPT; which < FLASHES; which++) {
        bool met_none = false;
        long cut = 0;
        for (; !met_none; cut++) {
            CHECK(cut < 100);
            start();
            for (uint32_t i = 0; i < 3; i++)
                seal(5 * i, 5);
            get_another_identity((uint64_t)cut);
            flash_sim_cut_at(which == KEPT ? &st.kept : &st.flash, cut);
            met_none = station_boot(&st) == OK;
            if (!met_none)
                restart((uint64_t)cut + 7);
            flash_sim_cut_at(which == KEPT ? &st.kept : &st.flash, -1);
            CHECK(seen().readings_lost == 15 && seen().batches_held == 0);
            CHECK(foreign >= 1); /* told, whatever was cut */
            restart((uint64_t)cut + 9);
            CHECK(seen().readings_lost == 15);
            CHECK(declared_next() == 15);
            restart((uint64_t)cut + 11);
            CHECK(seen().readings_lost == 0);
        }
        CHECK(cut >= 4); /* erase, program and syncs; or marks and their sync */
    }
}

static void test_losses_of_another_identity_count_if_no_store_has_heard_of_them(void)
{
    start();
    CHECK(outbox_missing(&st.outbox, 7, 7) == OK);
    seal(7, 3); /* says 7, and is heard */
    CHECK(exchange(0, 0) == OK && batch.lost_count == 7);
    restart(2);
    CHECK(outbox_missing(&st.outbox, 20, 30) == OK);
    seal(30, 2); /* says 20, and is not */
    CHECK(outbox_missing(&st.outbox, 3, 35) == OK);
    seal(35, 2); /* 23 by now */
    restart(3);
    seal(40, 1); /* of a run without a loss */
    enrol_anew(4);
    CHECK(seen().readings_lost == 23 + 5 && foreign == 1 && foreign_readings == 5);
    CHECK(declared_next() == 28);
}

static void test_a_loss_that_the_store_has_heard_of_is_not_said_again_by_a_new_identity(
    void)
{
    start();
    CHECK(outbox_missing(&st.outbox, 7, 7) == OK);
    seal(7, 3);
    CHECK(exchange(0, 0) == OK && batch.lost_count == 7);
    enrol_anew(2); /* in the run after the one that lost it */
    CHECK(seen().readings_lost == 0 && foreign == 0);
    CHECK(outbox_missing(&st.outbox, 4, 14) == OK);
    enrol_anew(3); /* said to nobody, by nobody */
    CHECK(seen().readings_lost == 4 && declared_next() == 4);
}

static void test_each_of_several_identities_leaves_its_own_and_nothing_twice(void)
{
    start();
    seal(0, 5);
    get_another_identity(1);
    flash_sim_cut_at(&st.flash, 1); /* counted; not all is marked */
    CHECK(station_boot(&st) == BROKEN);
    station_power_cycle(&st, 2);
    CHECK(station_boot(&st) == OK && seen().readings_lost == 5);
    seal(5, 2); /* says 5, and nobody hears it */
    enrol_anew(3);
    CHECK(seen().readings_lost == 7 && foreign_readings >= 2);
    CHECK(declared_next() == 7);
    enrol_anew(4);
    CHECK(seen().readings_lost == 0 && declared_next() == 0);
}

static void test_what_one_cloud_has_set_is_forgotten_by_a_new_identity(void)
{
    struct nonce nonce;
    struct outbox_sent sent = {.seq = 0};
    size_t len = 0;

    start();
    seal(0, 3);
    CHECK(outbox_next(&st.outbox, ROOM_OF(up), &len, &nonce) == OK);
    CHECK(station_open(&st, (struct bytes){up, len}, &batch, &sent) == OK);
    struct answer a = station_answer(&st, &nonce, &sent, OUTCOME_STORED);
    a.has_config = true;
    a.config = (struct config){.version = 5,
        .batch_s = 20,
        .ward = "North",
        .time_zone = "UTC",
        .has_assignment = true,
        .assignment = {.set = true, .b = {3}}};
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &nonce, (struct bytes){down, len}) == OK);
    restart(2);
    CHECK(seen().config.version == 5); /* the same device */
    enrol_anew(3);
    CHECK(seen().config.version == 0 && seen().config.batch_s == 60);
    CHECK(seen().config.ward[0] == 0 && !seen().config.assignment.set);
    store = 9; /* another cloud: nothing was restored, and nothing is offered again */
    CHECK(declared_next() == 0);
    CHECK(!batch.assignment.set && batch.config_version == 0);
    CHECK(!st.outbox.memory.offer_again);
}

static bool is_in_journal(uint32_t readings)
{
    static uint8_t room[JOURNAL_RECORD_MAX];

    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
        struct journal_place at = journal_first((enum journal_class)ring);
        enum journal_mark mark;
        struct entry e;
        size_t len;
        while (journal_next(&st.journal, &at, &len, &mark) == OK)
            if (journal_read(&st.journal, &at, ROOM_OF(room), &len, &mark) == OK
                && entry_parse((struct bytes){room, len}, &e) == OK
                && e.readings == readings)
                return true;
    }
    return false;
}

/* The append under way makes room from batches that are counted, and does not get so far. */
static void test_a_cut_in_an_append_before_a_new_identity_counts_each_reading_once(void)
{
    static struct station full;
    enum { OPEN = 50 };
    uint32_t sealed = 0;
    bool met_none = false;

    start();
    station_init(&st, 32, 1, 7);
    st.ear = (struct outbox_ear){NULL, hear};
    CHECK(station_boot(&st) == OK);
    for (; lost < 3; sealed += 60)
        seal(sealed, 60);
    take(sealed, OPEN);
    full = st;
    for (long cut = 0; !met_none; cut++) {
        CHECK(cut < 200);
        st = full;
        flash_sim_copy(&st.flash, &full.flash);
        flash_sim_copy(&st.kept, &full.kept);
        flash_sim_cut_at(&st.flash, cut);
        met_none = outbox_close_batch(&st.outbox) == OK;
        flash_sim_cut_at(&st.flash, -1);
        enrol_anew((uint64_t)cut);
        /* Nobody has heard of anything: what is there is lost, and what is gone was. */
        CHECK(seen().readings_lost == sealed + (is_in_journal(OPEN) ? OPEN : 0));
    }
}

MAIN(TEST(test_m1_rides_in_each_batch_until_it_is_taken_back),
    TEST(test_an_answer_that_does_not_count_asks_for_nothing),
    TEST(test_keys_do_not_change_while_a_batch_waits_for_its_answer),
    TEST(test_readings_of_an_open_batch_go_into_the_first_one_under_the_new_keys),
    TEST(test_a_loss_that_no_batch_has_declared_is_declared_under_the_new_keys),
    TEST(test_batches_under_closed_keys_are_not_offered_to_a_restored_store),
    TEST(test_what_was_sealed_for_another_identity_is_lost_once_and_the_rest_goes_on),
    TEST(test_a_cut_at_any_write_of_a_new_identity_counts_what_is_left_once),
    TEST(test_losses_of_another_identity_count_if_no_store_has_heard_of_them),
    TEST(test_a_loss_that_the_store_has_heard_of_is_not_said_again_by_a_new_identity),
    TEST(test_each_of_several_identities_leaves_its_own_and_nothing_twice),
    TEST(test_what_one_cloud_has_set_is_forgotten_by_a_new_identity),
    TEST(test_a_cut_in_an_append_before_a_new_identity_counts_each_reading_once))
