/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of a service ticket on their way: kept once, sent like a batch, counted as no reading. */
#include "core/outbox/outbox.h"

#include "tests/support/check.h"
#include "tests/support/station.h"
#include "wire/event.h"

enum { SECTORS = 64 };

static struct station st;
static uint8_t up[LIMIT_ENVELOPE], down[LIMIT_ENVELOPE];
static struct batch batch;
static struct service_log got;
static uint32_t lost, acknowledged, batches_acknowledged;

static void hear(void *ctx, const struct outbox_told *told)
{
    (void)ctx;
    lost += told->note == OUTBOX_LOST;
    acknowledged += told->note == OUTBOX_LOG_ACKNOWLEDGED;
    batches_acknowledged += told->note == OUTBOX_ACKNOWLEDGED;
}

static void start(uint32_t sectors)
{
    lost = acknowledged = batches_acknowledged = 0;
    station_init(&st, sectors, 1, 7);
    st.ear = (struct outbox_ear){NULL, hear};
    st.mono_ms = st.real_ms = 5000;
    CHECK(station_boot(&st) == OK);
}

static void reboot(uint64_t seed)
{
    station_power_cycle(&st, seed);
    st.mono_ms = st.real_ms = 100;
    CHECK(station_boot(&st) == OK);
}

static struct service_log a_log(uint8_t part)
{
    struct service_log g = {.serial = {{1, 2}}, .part = part, .holder = "J. Engineer"};
    g.line_count = 1;
    g.lines[0] = (struct log_line){.code = "flash.fault", .count = 3};
    return g;
}

static void keep_log(uint8_t part)
{
    struct service_log g = a_log(part);
    CHECK(outbox_log(&st.outbox, &g) == OK);
}

static void take_batch(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct reading r = station_reading(&st, i);
        CHECK(outbox_take(&st.outbox, &r) == OK);
        st.mono_ms += 1000;
        st.real_ms += 1000;
    }
    CHECK(outbox_close_batch(&st.outbox) == OK);
}

struct transmission {
    struct nonce nonce;
    struct outbox_sent sent;
    bool log;
};

/* What store does: it learns by opening which of the two it is. */
static enum status next(struct transmission *t)
{
    static uint8_t plain[LIMIT_ENVELOPE];
    struct envelope e;
    struct key k;
    size_t len = 0, n = 0;
    const struct crypto *c = station_crypto();

    TRY(outbox_next(&st.outbox, ROOM_OF(up), &len, &t->nonce));
    struct bytes whole = {up, len};
    CHECK(envelope_parse(ENVELOPE_BATCH, whole, &e) == OK);
    CHECK(epoch_key(c, &st.store_private, &st.kid, &st.k_up, &e.epoch, &k) == OK);
    bool as_batch = open_batch(c, &e, &k, ROOM_OF(plain), &n) == OK;
    t->log = open_log(c, &e, &k, ROOM_OF(plain), &n) == OK;
    CHECK(as_batch != t->log); /* never both */
    if (!t->log) {
        CHECK(station_open(&st, whole, &batch, &t->sent) == OK);
        return OK;
    }
    CHECK(service_log_parse((struct bytes){plain, n}, &got) == OK);
    t->sent = (struct outbox_sent){.epoch = e.epoch, .seq = got.seq};
    CHECK(c->sha256(c->board, whole, &t->sent.digest) == OK);
    return OK;
}

static enum status answer(const struct transmission *t, enum outcome outcome)
{
    struct answer a = station_answer(&st, &t->nonce, &t->sent, outcome);
    size_t len = 0;
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    return outbox_answer(&st.outbox, &t->nonce, (struct bytes){down, len});
}

static struct outbox_state seen(void)
{
    struct outbox_state s;
    outbox_state(&st.outbox, &s);
    return s;
}

static void test_a_log_is_sent_like_a_batch_until_a_sealed_answer_names_it(void)
{
    struct transmission t;

    start(SECTORS);
    keep_log(0);
    CHECK(next(&t) == OK && t.log && got.part == 0 && got.seq == 0);
    outbox_unanswered(&st.outbox, &t.nonce);
    reboot(2); /* it is on flash */
    CHECK(next(&t) == OK && t.log && got.part == 0);
    CHECK(seen().batches_held == 1 && acknowledged == 0);
    CHECK(answer(&t, OUTCOME_STORED) == OK && acknowledged == 1);
    CHECK(seen().batches_held == 0 && next(&t) == AGAIN);
    reboot(3);
    CHECK(next(&t) == AGAIN || t.log); /* at worst the mark was lost: offered again */
}

static void test_logs_and_batches_share_a_sequence_and_mix_no_counts(void)
{
    struct transmission t;
    uint32_t logs = 0, batches = 0;
    bool seq[4] = {false};

    start(SECTORS);
    take_batch(5);
    keep_log(0);
    take_batch(6);
    keep_log(1);
    CHECK(seen().readings_held == 11 && seen().batches_sealed == 2);
    while (logs + batches < 4) {
        CHECK(next(&t) == OK);
        CHECK(t.sent.seq < 4 && !seq[t.sent.seq]);
        seq[t.sent.seq] = true;
        CHECK(answer(&t, OUTCOME_STORED) == OK);
        logs += t.log;
        batches += !t.log;
        st.mono_ms += 500;
        st.real_ms += 500;
    }
    CHECK(logs == 2 && batches == 2);
    CHECK(seen().batches_acknowledged == 2 && batches_acknowledged == 2);
    CHECK(seen().readings_held == 0 && seen().readings_lost == 0);
}

static void test_logs_that_the_store_sets_aside_stop_no_reading(void)
{
    struct transmission t;

    start(SECTORS);
    for (uint8_t i = 0; i < LIMIT_SET_ASIDE_RUN + 5; i++) {
        keep_log(i);
        CHECK(next(&t) == OK && t.log && answer(&t, OUTCOME_SCHEMA) == OK);
    }
    take_batch(3);
    CHECK(next(&t) == OK && !t.log);
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(seen().set_aside_run == 0 && seen().synchronised);
    reboot(4);
    CHECK(seen().batches_set_aside == 0 && seen().oldest_held_age_ms == 0);
}

static void test_a_log_that_is_overwritten_is_no_lost_reading(void)
{
    start(28);
    keep_log(0);
    for (uint32_t i = 0; i < 4000; i++)
        keep_log(1);
    CHECK(lost == 0 && seen().readings_lost == 0);
    take_batch(4);
    reboot(5);
    CHECK(seen().readings_lost == 0 && seen().readings_held == 4);
}

static void test_an_event_is_said_by_the_next_batch_once(void)
{
    struct transmission t;

    start(SECTORS);
    outbox_event(&st.outbox, EVENT_SERVICE_REFUSED);
    st.mono_ms += 10;
    outbox_event(&st.outbox, EVENT_SERVICE_REFUSED);
    outbox_event(&st.outbox, EVENT_SERVICE_ENDED);
    for (int i = 0; i < 2; i++) {
        take_batch(2);
        CHECK(next(&t) == OK && !t.log);
        CHECK(batch.event_count == (i == 0 ? 2 : 0));
        if (i == 0) {
            CHECK(batch.events[0].code == EVENT_SERVICE_REFUSED);
            CHECK(batch.events[0].count == 2 && batch.events[0].first_ms == 5000);
            CHECK(batch.events[0].last_ms == 5010);
            CHECK(batch.events[1].code == EVENT_SERVICE_ENDED);
        }
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
}

static void test_events_of_two_releases_do_not_fold(void)
{
    static const uint8_t one[EVENT_ABOUT_LEN] = {1}, two[EVENT_ABOUT_LEN] = {2};
    struct transmission t;

    start(SECTORS);
    outbox_event_about(&st.outbox, EVENT_UPDATE_CLASS, one);
    outbox_event_about(&st.outbox, EVENT_UPDATE_CLASS, two);
    outbox_event(&st.outbox, EVENT_UPDATE_CLASS);
    outbox_event_about(&st.outbox, EVENT_UPDATE_CLASS, one);
    take_batch(2);
    CHECK(next(&t) == OK && batch.event_count == 3);
    CHECK(batch.events[0].count == 2 && batch.events[0].about[0] == 1);
    CHECK(batch.events[1].count == 1 && batch.events[1].about[0] == 2);
    CHECK(batch.events[2].count == 1 && !batch.events[2].has_about);
}

/* That a ticket came into force is said even if power goes before the next batch. */
static void test_a_used_ticket_is_told_of_once_whenever_power_goes(void)
{
    struct serial serial = {{4, 4}};
    struct transmission t;

    start(SECTORS);
    CHECK(outbox_use_serial(&st.outbox, &serial, 1000) == OK);
    outbox_event(&st.outbox, EVENT_SERVICE_BEGUN);
    reboot(6);
    CHECK(!outbox_serial_fresh(&st.outbox, &serial, 1000));
    take_batch(2);
    CHECK(next(&t) == OK && batch.event_count == 1);
    CHECK(batch.events[0].code == EVENT_SERVICE_BEGUN && batch.events[0].count == 1);
    reboot(7);
    take_batch(2);
    CHECK(next(&t) == OK);
    uint8_t newest = batch.event_count;
    CHECK(next(&t) == OK);
    CHECK(newest + batch.event_count
        == 1); /* the first batch says it, the second does not */
}

static void test_a_serial_is_fresh_once_and_the_oldest_makes_room(void)
{
    struct serials s = {0};

    for (uint32_t i = 0; i < 50; i++) {
        struct serial serial = {{(uint8_t)i}};
        CHECK(serials_fresh(&s, &serial, 1000 + i));
        serials_use(&s, &serial, 1000 + i);
        for (uint32_t k = 0; k <= i; k++) {
            struct serial old = {{(uint8_t)k}};
            CHECK(!serials_fresh(&s, &old, 1000 + k));
        }
    }
    struct serial unused = {{200}};
    CHECK(serials_fresh(&s, &unused, 2000));
    CHECK(!serials_fresh(&s, &unused, 1001)); /* as old as what made room */
}

MAIN(TEST(test_a_log_is_sent_like_a_batch_until_a_sealed_answer_names_it),
    TEST(test_logs_and_batches_share_a_sequence_and_mix_no_counts),
    TEST(test_logs_that_the_store_sets_aside_stop_no_reading),
    TEST(test_a_log_that_is_overwritten_is_no_lost_reading),
    TEST(test_an_event_is_said_by_the_next_batch_once),
    TEST(test_events_of_two_releases_do_not_fold),
    TEST(test_a_used_ticket_is_told_of_once_whenever_power_goes),
    TEST(test_a_serial_is_fresh_once_and_the_oldest_makes_room))
