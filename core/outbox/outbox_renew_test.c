/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal of the keys as outbox sees it: M1 out, M2 in, and a new epoch without a reading lost. */
#include "core/outbox/outbox.h"

#include "tests/support/check.h"
#include "tests/support/station.h"

enum { SECTORS = 64 };

static struct station st;
static struct batch batch;
static uint8_t up[LIMIT_ENVELOPE], down[LIMIT_ENVELOPE];
static uint32_t renewal_to, closed, lost;
static size_t m2_len;
static uint8_t first_of_m2, store = 1;

static void hear(void *ctx, const struct outbox_told *told)
{
    (void)ctx;
    lost += told->note == OUTBOX_LOST;
    closed += told->note == OUTBOX_CLOSED ? told->count : 0;
    if (told->note != OUTBOX_RENEWAL)
        return;
    renewal_to = told->count;
    m2_len = told->m2.len;
    first_of_m2 = told->m2.len > 0 ? told->m2.at[0] : 0;
}

static void start(void)
{
    renewal_to = closed = lost = 0;
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

MAIN(TEST(test_m1_rides_in_each_batch_until_it_is_taken_back),
    TEST(test_an_answer_that_does_not_count_asks_for_nothing),
    TEST(test_keys_do_not_change_while_a_batch_waits_for_its_answer),
    TEST(test_readings_of_an_open_batch_go_into_the_first_one_under_the_new_keys),
    TEST(test_a_loss_that_no_batch_has_declared_is_declared_under_the_new_keys),
    TEST(test_batches_under_closed_keys_are_not_offered_to_a_restored_store))
