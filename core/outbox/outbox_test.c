/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox.h"

#include "tests/support/check.h"
#include "tests/support/station.h"

#include <assert.h>

enum { HEARD_MAX = 4096, SECTORS = 64 };

static struct station st;
static struct batch batch;
static uint8_t up[LIMIT_ENVELOPE], down[LIMIT_ENVELOPE];

/* ---- what was told ---- */

static struct {
    uint32_t count;
    struct outbox_told told[HEARD_MAX];
    uint32_t readings_sealed, readings_lost;
} heard;

static void hear(void *ctx, const struct outbox_told *told)
{
    (void)ctx;
    assert(heard.count < HEARD_MAX);
    heard.told[heard.count++] = *told;
    if (told->note == OUTBOX_SEALED)
        heard.readings_sealed += told->count;
    if (told->note == OUTBOX_LOST)
        heard.readings_lost += told->count;
}

static uint32_t times(enum outbox_note note)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < heard.count; i++)
        n += heard.told[i].note == note;
    return n;
}

static const struct outbox_told *last_told(enum outbox_note note)
{
    for (uint32_t i = heard.count; i-- > 0;)
        if (heard.told[i].note == note)
            return &heard.told[i];
    return NULL;
}

static void forget(void)
{
    memset(&heard, 0, sizeof heard);
}

/* ---- the life of a device ---- */

static void start(uint32_t sectors, uint64_t seed)
{
    forget();
    station_init(&st, sectors, 1, seed);
    st.ear = (struct outbox_ear){NULL, hear};
    st.mono_ms = 5000;
    st.real_ms = 5000;
    CHECK(station_boot(&st) == OK);
}

static void reboot(uint64_t seed)
{
    station_power_cycle(&st, seed);
    st.mono_ms = 100;
    st.real_ms = 100;
    CHECK(station_boot(&st) == OK);
}

static void pass(uint64_t ms)
{
    st.mono_ms += ms;
    st.real_ms += ms;
}

static uint32_t counter;

static void take_one(bool alarm)
{
    struct reading r = station_reading(&st, counter++);
    r.alarm = alarm;
    CHECK(outbox_take(&st.outbox, &r) == OK);
    pass(1000);
}

static void take(uint32_t n)
{
    while (n-- > 0)
        take_one(false);
}

static struct outbox_state seen(void)
{
    struct outbox_state s;
    outbox_state(&st.outbox, &s);
    return s;
}

struct transmission {
    struct nonce nonce;
    struct outbox_sent sent;
    size_t len;
};

static enum status next(struct transmission *t)
{
    enum status s = outbox_next(&st.outbox, ROOM_OF(up), &t->len, &t->nonce);
    if (s == OK)
        CHECK(station_open(&st, (struct bytes){up, t->len}, &batch, &t->sent) == OK);
    return s;
}

static enum status deliver(const struct transmission *t, const struct answer *a)
{
    size_t len = 0;
    CHECK(station_seal(&st, a, ROOM_OF(down), &len) == OK);
    return outbox_answer(&st.outbox, &t->nonce, (struct bytes){down, len});
}

static enum status answer(const struct transmission *t, enum outcome outcome)
{
    struct answer a = station_answer(&st, &t->nonce, &t->sent, outcome);
    return deliver(t, &a);
}

/* Send and acknowledge all that is held; how many batches. */
static uint32_t drain(void)
{
    struct transmission t;
    uint32_t n = 0;

    for (int idle = 0; idle < 200; pass(100)) {
        if (next(&t) == OK) {
            pass(50);
            CHECK(answer(&t, OUTCOME_STORED) == OK);
            n++;
            idle = 0;
        } else {
            idle++;
        }
    }
    return n;
}

/* ---- taking and closing ---- */

static void test_a_batch_closes_after_60_s_with_every_reading_in_it(void)
{
    struct transmission t;

    start(SECTORS, 1);
    take(60);
    CHECK(times(OUTBOX_SEALED) == 0 && seen().readings_held == 60);
    take(1);
    CHECK(times(OUTBOX_SEALED) == 1 && heard.readings_sealed == 60);
    CHECK(next(&t) == OK);
    CHECK(batch.record_count == 60 && batch.seq == 0 && batch.mono_ms == 5000);
    CHECK(batch.start_count == 1 && batch.merged == 0 && batch.lost_count == 0);
    for (uint32_t i = 0; i < 60; i++) {
        st.mono_ms = 0;
        struct reading r = station_reading(&st, counter - 61 + i);
        const struct record *rec = &batch.records[i];
        CHECK(rec->dt_ms == (i == 0 ? 0 : 1000) && rec->quality == r.quality);
        CHECK(rec->spo2.set == r.spo2.set && rec->status == r.status);
        CHECK(!r.pulse.set || rec->pulse.v == r.pulse.v);
        CHECK(!r.pi.set || rec->pi.v == r.pi.v);
    }
}

static void test_a_batch_closes_at_600_records(void)
{
    start(SECTORS, 2);
    for (uint32_t i = 0; i < 600; i++) {
        struct reading r = station_reading(&st, i);
        CHECK(outbox_take(&st.outbox, &r) == OK);
        pass(10);
        CHECK(times(OUTBOX_SEALED) == (i == 599));
    }
    CHECK(heard.readings_sealed == 600);
}

static void test_the_largest_batch_fits_an_envelope(void)
{
    struct transmission t;

    start(SECTORS, 3);
    st.mono_ms = (UINT64_C(1) << 53) - 60000;
    CHECK(station_boot(&st) == OK);
    CHECK(outbox_missing(&st.outbox, UINT32_MAX, 0) == OK);
    for (uint32_t i = 0; i < 600; i++) {
        struct reading r = {.mono_ms = st.mono_ms,
            .spo2 = {true, 1000},
            .pulse = {true, 3000},
            .pi = {true, 2000},
            .status = UINT16_MAX,
            .quality = 100};
        CHECK(outbox_take(&st.outbox, &r) == OK);
        st.mono_ms += 99;
    }
    CHECK(next(&t) == OK && batch.record_count == 600 && t.len <= LIMIT_ENVELOPE);
    CHECK(batch.lost_count == UINT32_MAX);
}

static void test_an_alarm_closes_the_batch_when_it_comes_and_when_it_goes(void)
{
    start(SECTORS, 4);
    take(5);
    take_one(true);
    CHECK(times(OUTBOX_SEALED) == 1 && heard.readings_sealed == 5);
    take_one(true);
    take(1);
    CHECK(times(OUTBOX_SEALED) == 2 && heard.readings_sealed == 7);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(heard.readings_sealed == 8);
    CHECK(rows_count(&st.outbox.rows, JOURNAL_ALARM) == 1);
    CHECK(rows_count(&st.outbox.rows, JOURNAL_ROUTINE) == 2);
}

static void test_what_may_not_share_a_batch_does_not(void)
{
    static const struct {
        const char *what;
        struct reading r; /* after one of mono 5000, utc 1000000 */
        bool shares;
    } rows[] = {
        {"one second later", {.mono_ms = 6000, .has_utc = true, .utc_ms = 1001000},
            true},
        {"a little drift", {.mono_ms = 6000, .has_utc = true, .utc_ms = 1001500}, true},
        {"utc jumps", {.mono_ms = 6000, .has_utc = true, .utc_ms = 1001501}, false},
        {"utc jumps back", {.mono_ms = 6000, .has_utc = true, .utc_ms = 1000499},
            false},
        {"no utc", {.mono_ms = 6000}, false},
        {"test data",
            {.mono_ms = 6000, .has_utc = true, .utc_ms = 1001000, .test_data = true},
            false},
        {"earlier", {.mono_ms = 4999, .has_utc = true, .utc_ms = 999999}, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reading first = {.mono_ms = 5000, .has_utc = true, .utc_ms = 1000000};
        start(SECTORS, 5);
        CHECK(outbox_take(&st.outbox, &first) == OK);
        CHECK(outbox_take(&st.outbox, &rows[i].r) == OK);
        if (times(OUTBOX_SEALED) != (rows[i].shares ? 0 : 1))
            CHECK(!rows[i].what);
    }
}

static void test_a_batch_that_gets_no_more_readings_closes_by_the_clock(void)
{
    struct transmission t;

    start(SECTORS, 6);
    take(3);
    CHECK(next(&t) == AGAIN);
    pass(57000);
    CHECK(next(&t) == OK && batch.record_count == 3);
}

static void test_readings_of_a_replay_keep_their_own_time(void)
{
    struct transmission t;
    struct reading r = {.mono_ms = 5000,
        .has_utc = true,
        .utc_ms = UINT64_C(1700000000000),
        .test_data = true};

    start(SECTORS, 7);
    CHECK(outbox_take(&st.outbox, &r) == OK && outbox_close_batch(&st.outbox) == OK);
    CHECK(next(&t) == OK);
    CHECK(batch.has_utc && batch.utc_ms == r.utc_ms && batch.test_data);
    CHECK(batch.clock == CLOCK_FREE_RUNNING);
}

/* ---- sealing before sending ---- */

static void test_the_content_digest_is_over_what_the_store_will_read(void)
{
    struct transmission t;
    struct sha256 run;

    start(SECTORS, 8);
    sha256_start(&run);
    for (uint32_t k = 0; k < 4; k++) {
        struct sha256 one;
        struct digest d;
        take(17 + k);
        CHECK(outbox_close_batch(&st.outbox) == OK);
        CHECK(next(&t) == OK);
        sha256_start(&one);
        for (uint16_t i = 0; i < batch.record_count; i++) {
            uint8_t c[CONTENT_LEN];
            content_of(&batch, i, c);
            sha256_more(&one, BYTES_OF(c));
            sha256_more(&run, BYTES_OF(c));
        }
        sha256_peek(&one, &d);
        CHECK(memcmp(&d, &last_told(OUTBOX_SEALED)->content, sizeof d) == 0);
        CHECK(memcmp(&t.sent.digest, &last_told(OUTBOX_SEALED)->digest, sizeof d) == 0);
        sha256_peek(&run, &d);
        struct digest content = seen().content;
        CHECK(memcmp(&d, &content, sizeof d) == 0);
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
}

static void test_what_is_sent_is_on_flash_and_a_retry_is_the_same_bytes(void)
{
    static uint8_t first[LIMIT_ENVELOPE];
    struct transmission a, b;

    start(SECTORS, 9);
    take(20);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(next(&a) == OK);
    memcpy(first, up, a.len);
    outbox_unanswered(&st.outbox, &a.nonce);
    reboot(1); /* what was not synced is gone */
    CHECK(next(&b) == OK);
    CHECK(a.len == b.len && memcmp(first, up, a.len) == 0);
    CHECK(memcmp(&a.nonce, &b.nonce, sizeof a.nonce) != 0);
}

static void test_every_start_has_an_epoch_of_its_own(void)
{
    struct transmission a, b;

    start(SECTORS, 10);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&a) == OK);
    CHECK(answer(&a, OUTCOME_STORED) == OK);
    reboot(2);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    do
        CHECK(next(&b) == OK);
    while (memcmp(&a.sent.digest, &b.sent.digest, sizeof a.sent.digest) == 0);
    CHECK(memcmp(&a.sent.epoch, &b.sent.epoch, sizeof a.sent.epoch) != 0);
    CHECK(batch.start_count == 2 && batch.seq == 0);
}

static void test_flash_that_fails_loses_readings_with_a_count_and_goes_on(void)
{
    start(SECTORS, 11);
    take(10);
    flash_sim_fail_sync(&st.flash, 0);
    CHECK(outbox_close_batch(&st.outbox) == BROKEN);
    st.off = false; /* the sim's ear went with the power; the state remains */
    CHECK(seen().flash_broken && seen().readings_lost == 10);
    struct reading r = station_reading(&st, 1);
    CHECK(outbox_take(&st.outbox, &r) == OK);
    CHECK(outbox_close_batch(&st.outbox) == BROKEN);
    CHECK(seen().readings_lost == 11 && seen().readings == 11);
}

/* One batch sealed, sent and acknowledged, with a configuration; the call at n fails. */
static void one_round(bool kept, long n, unsigned kinds)
{
    struct transmission t;

    start(SECTORS, 12);
    st.run = 7;
    reboot(13);
    forget();
    station_fail_at(&st, kept, n, 1, kinds);
    for (uint32_t i = 0; i < 3; i++) {
        struct reading r = station_reading(&st, i);
        r.number = i;
        CHECK(outbox_take(&st.outbox, &r) == OK);
        pass(1000);
    }
    if (outbox_close_batch(&st.outbox) == OK && next(&t) == OK) {
        struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
        a.has_config = true;
        a.config = (struct config){
            .version = 1, .batch_s = 30, .ward = "Ward", .time_zone = "UTC"};
        enum status s = deliver(&t, &a);
        CHECK(s == (st.outbox.flash_broken ? BROKEN : OK));
        CHECK((s == OK) == (times(OUTBOX_ACKNOWLEDGED) == 1));
    }
    (void)!outbox_rest(&st.outbox);
}

/* Req: HF-FLASH-001 */
static void nothing_goes_on(void)
{
    struct service_log log = {.serial = {{1, 2}}, .holder = "J. Engineer"};
    struct end_order order = {{1}};
    struct serial serial = {{2}};
    struct transmission t;
    size_t len = 0;

    for (int again = 0; again < 2; again++) {
        struct reading r = station_reading(&st, 9);
        r.number = 3;
        CHECK(
            outbox_take(&st.outbox, &r) == OK); /* it is measured, and measure has it */
        CHECK(next(&t) == BROKEN && outbox_rest(&st.outbox) != OK);
        CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, 9}) == BROKEN);
        CHECK(outbox_log(&st.outbox, &log) == BROKEN);
        CHECK(outbox_use_serial(&st.outbox, &serial, 1) == BROKEN);
        CHECK(outbox_missing(&st.outbox, 1, 5) == BROKEN);
        CHECK(outbox_receipt(&st.outbox, &order, ROOM_OF(up), &len) == BROKEN);
        CHECK(outbox_close_batch(&st.outbox) == OK || outbox_settled(&st.outbox) <= 3);
    }
    CHECK(times(OUTBOX_FLASH_FAULT) == 1 && seen().flash_broken);
    CHECK(times(OUTBOX_LOST) == 0 && outbox_settled(&st.outbox) <= 3);
}

static void test_after_a_flash_call_has_failed_nothing_goes_on_before_a_new_start(void)
{
    static const unsigned kinds[] = {SIM_FAIL_WRITES, SIM_FAIL_READS};
    int fired = 0;

    for (size_t k = 0; k < 4; k++)
        for (long n = 0;; n++) {
            one_round(k % 2, n, kinds[k / 2]);
            if (station_failed(&st) == 0)
                break;
            fired++;
            nothing_goes_on();
            st.ear.tell = NULL;
            CHECK(
                station_boot(&st) == OK); /* keeper starts anew, and power never went */
            CHECK(!seen().flash_broken && outbox_settled(&st.outbox) <= 3);
        }
    CHECK(fired > 20);
}

static void test_a_start_that_flash_does_not_let_through_is_told_once(void)
{
    int fired = 0;

    for (size_t k = 0; k < 2; k++)
        for (long n = 0;; n++) {
            start(SECTORS, 14);
            take(3);
            CHECK(outbox_close_batch(&st.outbox) == OK);
            forget();
            station_fail_at(
                &st, true, n, 1000, k == 0 ? SIM_FAIL_WRITES : SIM_FAIL_READS);
            enum status s = station_boot(&st);
            if (station_failed(&st) == 0)
                break;
            fired++;
            CHECK(s == BROKEN && times(OUTBOX_FLASH_FAULT) == st.opened);
        }
    CHECK(fired > 6);
}

/* ---- answers ---- */

/* Rows, memory and clock as one number, to see that nothing at all has changed. */
static struct digest fingerprint(void)
{
    struct sha256 s;
    struct digest d;

    sha256_start(&s);
    sha256_more(
        &s, (struct bytes){(const uint8_t *)&st.outbox.rows, sizeof st.outbox.rows});
    sha256_more(&s,
        (struct bytes){(const uint8_t *)&st.outbox.memory, sizeof st.outbox.memory});
    sha256_more(
        &s, (struct bytes){(const uint8_t *)&st.outbox.clock, sizeof st.outbox.clock});
    sha256_more(&s, (struct bytes){(const uint8_t *)&st.outbox.answered, 1});
    sha256_more(&s,
        (struct bytes){(const uint8_t *)&st.outbox.set_aside_run, sizeof(uint32_t)});
    sha256_peek(&s, &d);
    return d;
}

static bool unchanged(const struct digest *before)
{
    struct digest now = fingerprint();
    return memcmp(&now, before, sizeof now) == 0;
}

static void one_sent(uint64_t seed, struct transmission *t)
{
    start(SECTORS, seed);
    take(5);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(next(t) == OK);
}

static void test_stored_and_already_acknowledge_conflict_and_schema_set_aside(void)
{
    static const struct {
        enum outcome outcome;
        enum row_state row;
        enum journal_mark mark;
        int note; /* -1: none */
    } rows[] = {
        {OUTCOME_STORED, ROW_DONE, JOURNAL_ACKNOWLEDGED, OUTBOX_ACKNOWLEDGED},
        {OUTCOME_ALREADY, ROW_DONE, JOURNAL_ACKNOWLEDGED, OUTBOX_ACKNOWLEDGED},
        {OUTCOME_CONFLICT, ROW_ASIDE, JOURNAL_SET_ASIDE, OUTBOX_SET_ASIDE},
        {OUTCOME_SCHEMA, ROW_ASIDE, JOURNAL_SET_ASIDE, OUTBOX_SET_ASIDE},
        {OUTCOME_NOT_NOW, ROW_HELD, JOURNAL_UNMARKED, -1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct transmission t;
        struct journal_place place = journal_first(JOURNAL_ROUTINE);
        enum journal_mark mark;
        size_t len;

        one_sent(20 + i, &t);
        CHECK(answer(&t, rows[i].outcome) == OK);
        CHECK(st.outbox.rows.batches[rows[i].row] == 1);
        CHECK(journal_next(&st.journal, &place, &len, &mark) == OK);
        CHECK(mark == rows[i].mark);
        if (rows[i].note >= 0) {
            const struct outbox_told *told = last_told((enum outbox_note)rows[i].note);
            CHECK(told && told->outcome == rows[i].outcome && told->count == 5);
            CHECK(told && memcmp(&told->digest, &t.sent.digest, 32) == 0);
        }
        CHECK(answer(&t, rows[i].outcome) == REFUSED); /* once */
    }
}

static void test_an_answer_with_any_bit_changed_changes_nothing(void)
{
    struct transmission t;
    struct answer a;
    size_t len = 0;

    one_sent(30, &t);
    a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    CHECK(station_seal(&st, &a, ROOM_OF(down), &len) == OK);
    struct digest before = fingerprint();
    for (size_t bit = 0; bit < 8 * len; bit += 3) {
        down[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, len}) != OK);
        down[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (heard.count > HEARD_MAX / 2)
            heard.count = 0;
    }
    for (size_t n = 0; n < len; n += 5)
        CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, n}) != OK);
    CHECK(unchanged(&before));
    CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, len}) == OK);
}

static void test_a_body_that_nobody_sealed_changes_nothing(void)
{
    static const char *const bodies[] = {"", "OK", "<html><body>Sign in</body></html>",
        "{\"status\":\"stored\"}", "\xd0\x83\x40\xa0\x40"};
    struct transmission t;

    one_sent(31, &t);
    struct digest before = fingerprint();
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct bytes b = {(const uint8_t *)bodies[i], strlen(bodies[i])};
        CHECK(outbox_answer(&st.outbox, &t.nonce, b) != OK);
    }
    CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){up, t.len}) != OK);
    memset(down, 'A', sizeof down);
    CHECK(outbox_answer(&st.outbox, &t.nonce, BYTES_OF(down)) != OK);
    CHECK(unchanged(&before));
    CHECK(times(OUTBOX_ANSWER_REFUSED) == 7);
}

static void test_a_genuine_answer_about_something_else_changes_nothing(void)
{
    struct transmission t;
    static const char *const what[] = {"other nonce", "nonce of zeros", "other seq",
        "other epoch", "other digest", "second verdict of another batch",
        "verdicts that differ"};

    one_sent(32, &t);
    struct digest before = fingerprint();
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        if (i >= 2) { /* each of these uses the nonce up */
            outbox_unanswered(&st.outbox, &t.nonce);
            CHECK(next(&t) == OK);
            before = fingerprint();
        }
        struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
        a.store.b[5] =
            9; /* would offer again, set the clock, change the configuration */
        a.has_config = true;
        a.config = (struct config){
            .version = 9, .batch_s = 10, .ward = "w", .time_zone = "UTC"};
        if (i == 0)
            a.nonce.b[3] ^= 1;
        if (i == 1)
            memset(&a.nonce, 0, sizeof a.nonce);
        if (i == 2)
            a.verdicts[0].seq++;
        if (i == 3)
            a.verdicts[0].epoch.b[31] ^= 1;
        if (i == 4)
            a.verdicts[0].digest.b[31] ^= 1;
        if (i >= 5) {
            a.verdict_count = 2;
            a.verdicts[1] = a.verdicts[0];
            a.verdicts[1].seq += i == 5;
            a.verdicts[1].outcome = i == 6 ? OUTCOME_CONFLICT : OUTCOME_STORED;
        }
        if (deliver(&t, &a) != REFUSED || !unchanged(&before))
            CHECK(!what[i]);
    }
}

static void test_an_answer_for_another_device_changes_nothing(void)
{
    static struct station other;
    struct transmission t;
    struct answer a;
    size_t len = 0;

    one_sent(33, &t);
    station_init(&other, SECTORS, 2, 33);
    a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    struct digest before = fingerprint();
    CHECK(station_seal(&other, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, len}) == REFUSED);
    other.k_down =
        st.k_down; /* even with the right key: another kid, another generation */
    CHECK(station_seal(&other, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, len}) == REFUSED);
    other.kid = st.kid;
    other.kid.generation = 2;
    CHECK(station_seal(&other, &a, ROOM_OF(down), &len) == OK);
    CHECK(outbox_answer(&st.outbox, &t.nonce, (struct bytes){down, len}) == REFUSED);
    CHECK(unchanged(&before));
}

static void test_an_answer_kept_back_for_61_s_does_not_count(void)
{
    struct transmission t, again;

    one_sent(34, &t);
    pass(60001);
    struct digest before = fingerprint();
    CHECK(answer(&t, OUTCOME_STORED) == REFUSED);
    CHECK(unchanged(&before));
    CHECK(next(&again) == OK);
    CHECK(memcmp(&again.sent.digest, &t.sent.digest, 32) == 0);
    CHECK(answer(&again, OUTCOME_STORED) == OK);
}

static void test_an_answer_to_a_transmission_that_was_given_up_does_not_count(void)
{
    struct transmission t;

    one_sent(35, &t);
    outbox_unanswered(&st.outbox, &t.nonce);
    struct digest before = fingerprint();
    CHECK(answer(&t, OUTCOME_STORED) == REFUSED);
    CHECK(unchanged(&before));
}

static void test_twenty_set_aside_in_a_row_stop_the_sending(void)
{
    struct transmission t;

    start(SECTORS, 36);
    for (uint32_t i = 0; i < 25; i++) {
        take(1);
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
    for (uint32_t i = 0; i < LIMIT_SET_ASIDE_RUN; i++) {
        CHECK(next(&t) == OK);
        CHECK(answer(&t, i % 2 ? OUTCOME_SCHEMA : OUTCOME_CONFLICT) == OK);
    }
    CHECK(next(&t) == AGAIN);
    pass(3600000);
    CHECK(next(&t) == AGAIN);
    CHECK(seen().set_aside_run == 20 && seen().batches_held == 5);
    reboot(7);
    CHECK(next(&t) == OK);
}

static void test_one_acknowledged_batch_ends_the_run_of_those_set_aside(void)
{
    struct transmission t;

    start(SECTORS, 37);
    for (uint32_t i = 0; i < 45; i++) {
        take(1);
        CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
        CHECK(answer(&t, i % 19 == 18 ? OUTCOME_STORED : OUTCOME_SCHEMA) == OK);
    }
    CHECK(seen().batches_set_aside == 43 && seen().batches_acknowledged == 2);
}

static void test_not_now_is_obeyed_and_keeps_the_batch(void)
{
    struct transmission t;
    uint64_t waited = 0;

    one_sent(38, &t);
    for (int i = 0; i < 6; i++) {
        CHECK(answer(&t, OUTCOME_NOT_NOW) == OK);
        uint64_t before = waited;
        while (next(&t) == AGAIN) {
            pass(500);
            waited += 500;
        }
        CHECK(waited - before >= (2000u << i > 60000 ? 60000 : 2000u << i));
    }
    CHECK(answer(&t, OUTCOME_STORED) == OK);
}

/* ---- another store ---- */

static void seal_some(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        take(3 + i % 4);
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
}

static void test_a_new_store_id_makes_everything_held_be_offered_again(void)
{
    struct transmission t;

    start(SECTORS, 40);
    seal_some(12);
    CHECK(drain() == 12 && seen().batches_held == 0);
    seal_some(1);
    CHECK(next(&t) == OK);
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.store.b[0] = 2;
    CHECK(deliver(&t, &a) == OK);
    CHECK(times(OUTBOX_STORE_RESTORED) == 1 && seen().batches_held == 12);
    CHECK(!seen().synchronised || seen().oldest_held_age_ms < LIMIT_SYNC_AGE_MS);

    reboot(3); /* half-way: it is not forgotten */
    CHECK(seen().batches_held >= 12);
    for (int i = 0; i < 100 && seen().batches_held > 0; pass(1000)) {
        if (next(&t) != OK)
            continue;
        a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_ALREADY);
        a.store.b[0] = 2;
        CHECK(deliver(&t, &a) == OK);
        i++;
    }
    CHECK(seen().batches_held == 0 && !st.outbox.memory.offer_again);
    reboot(4);
    CHECK(times(OUTBOX_STORE_RESTORED) == 1);
    CHECK(!st.outbox.memory.offer_again);
}

/* To a restored store: all is there but the first, which is refused. What was refused. */
static uint32_t offer_all_again(enum outcome first)
{
    struct transmission t;
    uint32_t refused = 0;

    for (int i = 0; i < 100 && seen().batches_held > 0; pass(1000)) {
        if (next(&t) != OK)
            continue;
        struct answer a = station_answer(&st, &t.nonce, &t.sent,
            t.sent.seq == 0 && refused == 0 ? first : OUTCOME_ALREADY);
        a.store.b[0] = 2;
        CHECK(deliver(&t, &a) == OK);
        refused += a.verdicts[0].outcome == OUTCOME_CONFLICT;
        i++;
    }
    return refused;
}

static void test_what_a_restored_store_refuses_is_not_acknowledged_after_a_start(void)
{
    struct transmission t;

    start(SECTORS, 43);
    seal_some(3);
    CHECK(drain() == 3);
    seal_some(1);
    CHECK(next(&t) == OK);
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.store.b[0] = 2;
    CHECK(deliver(&t, &a) == OK && seen().batches_held == 3);
    CHECK(offer_all_again(OUTCOME_CONFLICT) == 1);
    CHECK(seen().batches_held == 0 && seen().batches_set_aside == 1);

    reboot(3); /* its mark on flash is of the store that was replaced */
    CHECK(seen().batches_held >= 1);
    CHECK(offer_all_again(OUTCOME_STORED) == 0);
    CHECK(seen().batches_held == 0 && !st.outbox.memory.offer_again);
    reboot(4);
    CHECK(seen().batches_held == 0);
}

static void test_what_a_restored_store_takes_stays_acknowledged_after_a_start(void)
{
    struct transmission t;

    start(SECTORS, 44);
    seal_some(2);
    CHECK(next(&t) == OK);
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_CONFLICT);
    CHECK(deliver(&t, &a) == OK);
    CHECK(next(&t) == OK);
    a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.store.b[0] = 2;
    CHECK(deliver(&t, &a) == OK && seen().batches_held == 1);
    CHECK(offer_all_again(OUTCOME_STORED) == 0);

    CHECK(journal_sync(st.outbox.ports.journal) == OK);
    reboot(3);
    CHECK(seen().batches_held == 0 && st.outbox.rows.batches[ROW_ASIDE] == 0);
}

static void test_the_first_store_id_is_only_learnt(void)
{
    start(SECTORS, 41);
    seal_some(3);
    CHECK(drain() == 3);
    CHECK(times(OUTBOX_STORE_RESTORED) == 0 && st.outbox.memory.has_store);
}

/* ---- time and configuration ---- */

static void test_server_time_counts_within_a_round_trip_of_2_s_only(void)
{
    static const struct {
        uint64_t trip_ms;
        bool set;
    } rows[] = {{0, true}, {2000, true}, {2001, false}, {30000, false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct transmission t;
        one_sent(50 + i, &t);
        pass(rows[i].trip_ms);
        CHECK(answer(&t, OUTCOME_STORED) == OK);
        CHECK(seen().has_utc == rows[i].set);
        CHECK((seen().clock == CLOCK_SYNCHRONISED) == rows[i].set);
    }
}

static void test_the_round_trip_is_measured_without_speed_up(void)
{
    struct transmission t;

    one_sent(55, &t);
    st.mono_ms += 30000; /* at --speed 60 */
    st.real_ms += 500;
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(seen().has_utc && seen().clock == CLOCK_SYNCHRONISED);
}

static void test_a_batch_says_the_time_and_how_well_it_is_known(void)
{
    struct transmission t;

    one_sent(56, &t);
    CHECK(!batch.has_utc && batch.clock == CLOCK_UNSET);
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    uint64_t utc = st.utc_base_ms + st.real_ms;
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    CHECK(batch.has_utc && batch.utc_ms == utc && batch.clock == CLOCK_SYNCHRONISED);

    take(1); /* a batch is open when the clock steps */
    st.utc_base_ms += 3600000;
    CHECK(answer(&t, OUTCOME_STORED) == OK && times(OUTBOX_CLOCK_STEPPED) == 1);
    utc = st.utc_base_ms + st.real_ms + 500; /* half of a round trip of 1 s */
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    bool before = false, after = false;
    while (next(&t) == OK) {
        before |=
            batch.utc_ms == utc - 1500 - 3600000 && batch.clock == CLOCK_SYNCHRONISED;
        after |= batch.utc_ms == utc && batch.clock == CLOCK_STEPPED;
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
    CHECK(before && after);
}

static struct config a_config(uint32_t version)
{
    return (struct config){.version = version,
        .batch_s = 20,
        .ward = "North",
        .time_zone = "Europe/Berlin",
        .has_assignment = true,
        .assignment = {.set = true, .b = {(uint8_t)version}}};
}

static enum status configure(const struct config *c)
{
    struct transmission t;

    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.has_config = true;
    a.config = *c;
    return deliver(&t, &a);
}

static void test_a_configuration_is_taken_kept_and_put_in_force(void)
{
    struct config c = a_config(3);
    struct transmission t;

    start(SECTORS, 60);
    CHECK(seen().config.version == 0 && seen().config.batch_s == 60);
    take(2);
    CHECK(configure(&c) == OK);
    CHECK(times(OUTBOX_CONFIG_TAKEN) == 1 && seen().config.version == 3);
    reboot(5);
    CHECK(seen().config.version == 3 && strcmp(seen().config.ward, "North") == 0);
    forget();
    take(21);
    CHECK(times(OUTBOX_SEALED) == 1 && heard.readings_sealed == 20);
    while (next(&t) == OK && batch.start_count == 1)
        ;
    CHECK(batch.config_version == 3 && batch.assignment.set
        && batch.assignment.b[0] == 3);
}

static void test_an_assignment_changes_between_batches_never_inside_one(void)
{
    struct config c = a_config(1);
    struct transmission t;
    bool old = false, new = false;

    start(SECTORS, 61);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    take(4);
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.has_config = true;
    a.config = c;
    CHECK(deliver(&t, &a) == OK);
    take(2);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    while (next(&t) == OK) {
        old |= batch.record_count == 4 && !batch.assignment.set;
        new |=
            batch.record_count == 2 && batch.assignment.set &&batch.config_version == 1;
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
    CHECK(old && new);
}

static void test_a_configuration_that_does_not_rise_is_refused_and_changes_nothing(void)
{
    struct config c = a_config(5), other = a_config(5);

    start(SECTORS, 62);
    CHECK(configure(&c) == OK && configure(&c) == OK);
    CHECK(times(OUTBOX_CONFIG_TAKEN) == 1 && times(OUTBOX_CONFIG_REFUSED) == 0);
    strcpy(other.ward, "South");
    CHECK(configure(&other) == OK);
    other.version = 4;
    CHECK(configure(&other) == OK);
    CHECK(times(OUTBOX_CONFIG_REFUSED) == 2);
    CHECK(strcmp(seen().config.ward, "North") == 0 && seen().config.version == 5);
    other.version = 6;
    CHECK(configure(&other) == OK);
    CHECK(strcmp(seen().config.ward, "South") == 0);
}

/* ---- synchronised ---- */

static void test_synchronised_means_a_young_answer_and_nothing_old_unacknowledged(void)
{
    struct transmission t;

    one_sent(70, &t);
    CHECK(!seen().synchronised && !seen().answered);
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(seen().synchronised && seen().answered);
    pass(LIMIT_SYNC_AGE_MS - 1);
    CHECK(seen().synchronised);
    pass(1);
    CHECK(!seen().synchronised && seen().answer_age_ms == LIMIT_SYNC_AGE_MS);
}

static void test_an_answer_is_as_old_as_the_transmission_that_it_answers(void)
{
    struct transmission t;

    one_sent(71, &t);
    pass(50000); /* courier keeps it back */
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(seen().synchronised);
    pass(40000);
    CHECK(!seen().synchronised);
}

static void test_one_old_unacknowledged_batch_is_enough_for_not_synchronised(void)
{
    struct transmission old, t;

    one_sent(72, &old); /* under way, unanswered */
    for (int i = 0; i < 4; i++) {
        take(29);
        CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
        CHECK(answer(&t, OUTCOME_STORED) == OK);
        CHECK(seen().synchronised == (i < 3));
    }
    CHECK(seen().oldest_held_age_ms >= 90000);
}

static void test_what_is_held_is_as_old_as_its_first_reading_before_a_batch_holds_it(
    void)
{
    start(SECTORS, 72);
    CHECK(seen().readings_held == 0 && seen().oldest_held_age_ms == 0);
    take(30);
    CHECK(seen().readings_held == 30 && seen().batches_held == 0);
    CHECK(seen().oldest_held_age_ms >= 29000 && seen().oldest_held_age_ms <= 30000);
    CHECK(outbox_close_batch(&st.outbox) == OK && seen().batches_held == 1);
    CHECK(seen().oldest_held_age_ms >= 29000);
}

static void test_after_a_start_nothing_is_synchronised_until_the_past_is_acknowledged(
    void)
{
    struct transmission t;

    one_sent(73, &t);
    reboot(8);
    CHECK(!seen().synchronised && seen().oldest_held_age_ms >= LIMIT_SYNC_AGE_MS);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    CHECK(batch.start_count == 2); /* live first */
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(!seen().synchronised && seen().answered);
    CHECK(next(&t) == OK && answer(&t, OUTCOME_STORED) == OK);
    CHECK(seen().synchronised);
}

static void test_a_batch_set_aside_is_not_acknowledged(void)
{
    struct transmission t;

    one_sent(74, &t);
    CHECK(answer(&t, OUTCOME_CONFLICT) == OK);
    pass(100000);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    CHECK(!seen().synchronised && seen().batches_held == 0);
    CHECK(seen().oldest_held_age_ms >= 100000);
}

/* ---- order ---- */

static void test_live_goes_before_back_fill_and_back_fill_oldest_first(void)
{
    struct transmission t;
    uint32_t expected = 0, live = 0, back = 0;

    start(SECTORS, 80);
    for (uint32_t i = 0; i < 20; i++) {
        take(30);
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
    for (int i = 0; i < 2000 && seen().batches_held > 0; i++) {
        if (next(&t) != OK) {
            pass(100);
            continue;
        }
        bool is_live = st.mono_ms / 1000 - (batch.mono_ms / 1000 + 30) < 90;
        if (is_live)
            live++;
        else {
            back++;
            CHECK(batch.seq == expected);
            expected = batch.seq + 1;
        }
        pass(500);
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
    CHECK(live > 0 && back > 10 && live + back == 20);
}

static void test_back_fill_takes_half_of_the_link_at_most(void)
{
    struct transmission t;
    uint64_t busy = 0, begin;

    start(SECTORS, 81);
    seal_some(30);
    pass(200000);
    begin = st.mono_ms;
    while (seen().batches_held > 0) {
        if (next(&t) != OK) {
            pass(10);
            continue;
        }
        uint64_t trip = 100 + 37 * (uint64_t)(t.sent.seq % 9);
        pass(trip);
        busy += trip;
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
    CHECK(2 * busy <= st.mono_ms - begin + 500);
}

static void test_alarm_batches_are_filled_in_first(void)
{
    struct transmission t;

    start(SECTORS, 82);
    seal_some(5);
    take_one(true);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    pass(200000);
    CHECK(next(&t) == OK);
    CHECK(t.sent.seq == 5 && batch.record_count == 1);
}

/* ---- a full journal ---- */

/* What store would see: the sum over epochs of the highest count declared. */
static struct {
    uint64_t readings;
    uint32_t declared[64]; /* by start count */
} store;

static void drain_into_store(void)
{
    struct transmission t;

    for (int idle = 0; idle < 100; pass(200)) {
        if (next(&t) != OK) {
            idle++;
            continue;
        }
        idle = 0;
        store.readings += batch.record_count * (batch.merged ? batch.merged : 1u);
        if (batch.lost_count > store.declared[batch.start_count])
            store.declared[batch.start_count] = batch.lost_count;
        pass(20);
        CHECK(answer(&t, OUTCOME_STORED) == OK);
    }
}

static uint64_t declared(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < 64; i++)
        sum += store.declared[i];
    return sum;
}

static void test_above_80_percent_readings_are_thinned_and_the_sum_is_exact(void)
{
    struct transmission t;
    uint32_t measured = 0, thinned = 0;
    struct reading r[THIN_READINGS];

    start(32, 90);
    memset(&store, 0, sizeof store);
    while (seen().fill_permille <= THIN_PERMILLE) {
        take(60);
        measured += 60;
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
    for (uint32_t i = 0; i < THIN_READINGS; i++) {
        r[i] = station_reading(&st, 100 + i);
        CHECK(outbox_take(&st.outbox, &r[i]) == OK);
        pass(1000);
    }
    for (uint32_t i = 0; i < 7; i++)
        take_one(false); /* what is left over */
    measured += 17;
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(next(&t) == OK && batch.merged == 0 && batch.record_count == 7);
    CHECK(answer(&t, OUTCOME_STORED) == OK);
    store.readings += 7;
    CHECK(next(&t) == OK && batch.merged == 10 && batch.record_count == 1);
    struct record want = {.spo2 = {true, 2000}, .quality = 255};
    for (uint32_t i = 0; i < THIN_READINGS; i++) {
        if (r[i].spo2.set && r[i].spo2.v < want.spo2.v)
            want.spo2 = r[i].spo2;
        if (r[i].pulse.set && r[i].pulse.v > want.pulse.v)
            want.pulse = r[i].pulse;
        if (r[i].quality < want.quality)
            want.quality = r[i].quality;
    }
    CHECK(batch.records[0].spo2.v == want.spo2.v && batch.records[0].spo2.set);
    CHECK(batch.records[0].pulse.v == want.pulse.v && batch.records[0].pulse.set);
    CHECK(batch.records[0].quality == want.quality);
    outbox_unanswered(&st.outbox, &t.nonce);
    take(601);
    measured += 601;
    CHECK(outbox_close_batch(&st.outbox) == OK);
    for (uint32_t i = 0; i < heard.count; i++)
        thinned += heard.told[i].note == OUTBOX_SEALED && heard.told[i].count % 10 == 0;
    CHECK(thinned > 0);
    drain_into_store();
    CHECK(store.readings + declared() == measured && heard.readings_lost == 0);
}

static void test_alarm_readings_are_never_thinned(void)
{
    struct transmission t;

    start(32, 91);
    while (seen().fill_permille <= THIN_PERMILLE) {
        take(60);
        CHECK(outbox_close_batch(&st.outbox) == OK);
    }
    for (int i = 0; i < 25; i++)
        take_one(true);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(next(&t) == OK && batch.record_count == 25 && batch.merged == 0);
}

static void test_a_full_journal_takes_the_newest_and_declares_what_it_lost(void)
{
    uint32_t measured = 0;

    start(32, 92);
    memset(&store, 0, sizeof store);
    while (times(OUTBOX_LOST) < 20) {
        take(60);
        measured += 60;
        if (heard.count > HEARD_MAX - 100)
            break;
    }
    CHECK(outbox_missing(&st.outbox, 7, 0) == OK);
    take(1);
    measured += 8;
    CHECK(outbox_close_batch(&st.outbox) == OK);
    CHECK(heard.readings_lost > 0 && seen().readings_lost == heard.readings_lost + 7);
    drain_into_store();
    take(1); /* what the last append pushed out is declared by the next batch */
    measured++;
    CHECK(outbox_close_batch(&st.outbox) == OK);
    drain_into_store();
    CHECK(store.readings + declared() == measured);
    CHECK(store.declared[1] == heard.readings_lost + 7);
}

static void test_a_power_cut_anywhere_neither_hides_a_loss_nor_invents_one(void)
{
    static struct station full;
    uint32_t cuts = 0, open, measured_before = 0;
    bool met_none = false;

    start(32, 93);
    while (times(OUTBOX_LOST) < 3) {
        take(60);
        measured_before += 60;
    }
    CHECK(outbox_close_batch(&st.outbox) == OK);
    take(50);
    open = 50;
    full = st;
    uint32_t lost_before = heard.readings_lost;
    (void)lost_before;
    for (long cut = 0; !met_none && cut < 200; cut++) {
        st = full;
        /* the copies point into `full`: everything is one static struct, so set st again */
        flash_sim_copy(&st.flash, &full.flash);
        flash_sim_copy(&st.kept, &full.kept);
        forget();
        memset(&store, 0, sizeof store);
        flash_sim_cut_at(&st.flash, cut);
        enum status s = outbox_close_batch(&st.outbox);
        met_none = s == OK;
        station_power_cycle(&st, (uint64_t)cut);
        st.mono_ms = 100;
        st.real_ms = 100;
        CHECK(station_boot(&st) == OK);
        bool survived = false;
        for (uint32_t i = 0; i < rows_count(&st.outbox.rows, JOURNAL_ROUTINE); i++)
            survived |= rows_see(&st.outbox.rows, JOURNAL_ROUTINE, i)->readings == open;
        take(1);
        CHECK(outbox_close_batch(&st.outbox) == OK);
        drain_into_store();
        take(1);
        CHECK(outbox_close_batch(&st.outbox) == OK);
        drain_into_store();
        uint64_t measured = measured_before + 2 + (survived ? open : 0);
        CHECK(survived || !met_none);
        CHECK(store.readings + declared() == measured);
        cuts++;
    }
    CHECK(met_none && cuts > 3);
}

/* ---- readings that never come ---- */

enum { MADE = 300 };

static bool never_comes(uint64_t number)
{
    static const struct {
        uint64_t first, next;
    } holes[] = {{0, 2}, {30, 33}, {100, 120}, {121, 122}, {200, 270}};

    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++)
        if (number >= holes[i].first && number < holes[i].next)
            return true;
    return false;
}

/* The next batch, if one waits, is stored, and its answer brings a new configuration. */
static void store_one(uint32_t version)
{
    struct transmission t;

    if (next(&t) != OK)
        return;
    store.readings += batch.record_count;
    if (batch.lost_count > store.declared[batch.start_count])
        store.declared[batch.start_count] = batch.lost_count;
    struct answer a = station_answer(&st, &t.nonce, &t.sent, OUTCOME_STORED);
    a.has_config = true;
    a.config = (struct config){
        .version = version, .batch_s = 60, .ward = "A", .time_zone = "UTC"};
    CHECK(deliver(&t, &a) == OK);
}

/* What measure says to a keeper, from what is settled on; killed before reading kill_at. */
static bool hear_measure(uint64_t kill_at)
{
    uint64_t expected = outbox_settled(&st.outbox);

    for (uint64_t n = expected; n < MADE; n++) {
        if (n == kill_at)
            return false;
        if (never_comes(n))
            continue;
        if (n > expected
            && outbox_missing(&st.outbox, (uint32_t)(n - expected), n) != OK)
            return false;
        struct reading r = station_reading(&st, (uint32_t)n);
        r.number = n;
        if (outbox_take(&st.outbox, &r) != OK)
            return false;
        pass(1000);
        expected = n + 1;
        if (kill_at < MADE && n % 7 == 0)
            store_one((uint32_t)n + 1);
    }
    return outbox_close_batch(&st.outbox) == OK;
}

static void start_numbered(uint64_t seed)
{
    forget();
    memset(&store, 0, sizeof store);
    station_init(&st, SECTORS, 1, seed);
    st.ear = (struct outbox_ear){NULL, hear};
    st.run = 77;
    CHECK(station_boot(&st) == OK);
}

static void check_sum(uint64_t at)
{
    drain_into_store();
    if (store.readings + declared() != MADE)
        printf("# killed at %llu: stored %llu, declared %llu, made %d\n",
            (unsigned long long)at, (unsigned long long)store.readings,
            (unsigned long long)declared(), MADE);
    CHECK(store.readings + declared() == MADE);
}

static void test_a_keeper_killed_at_any_reading_stores_or_declares_each_once(void)
{
    for (uint64_t at = 0; at < MADE; at++) {
        start_numbered(95);
        CHECK(!hear_measure(at));
        CHECK(station_boot(&st) == OK && hear_measure(MADE));
        check_sum(at);
    }
}

static void test_a_cut_anywhere_leaves_each_numbered_reading_stored_or_declared_once(
    void)
{
    bool met_none = false;
    long cut = 0;

    for (; !met_none && cut < 1000; cut++) {
        start_numbered(96);
        station_cut_at(&st, cut);
        met_none = hear_measure(MADE);
        if (!met_none) {
            station_power_cycle(&st, (uint64_t)cut);
            CHECK(station_boot(&st) == OK && hear_measure(MADE));
        }
        station_cut_at(&st, -1);
        check_sum((uint64_t)cut);
    }
    CHECK(met_none && cut > 30);
}

static void test_a_batch_that_flash_gives_back_no_more_is_lost_once_whenever_power_goes(
    void)
{
    enum { INTO_CONTENT = 32 + 4 * 16 + 10 };
    struct transmission t;

    start(SECTORS, 97);
    take(5);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    uint32_t at = rows_see(&st.outbox.rows, JOURNAL_ROUTINE, 0)->at + INTO_CONTENT;
    st.flash.now.bytes[at / SIM_SECTOR][at % SIM_SECTOR] ^= 1;
    st.flash.durable.bytes[at / SIM_SECTOR][at % SIM_SECTOR] ^= 1;
    CHECK(next(&t) == AGAIN && heard.readings_lost == 5);
    for (uint64_t seed = 1; seed < 3; seed++) { /* before any batch says so */
        reboot(seed);
        CHECK(seen().readings_lost == 5 && seen().batches_held == 0);
    }
    take(2);
    CHECK(outbox_close_batch(&st.outbox) == OK && next(&t) == OK);
    CHECK(batch.lost_count == 5 && answer(&t, OUTCOME_STORED) == OK);
    reboot(3);
    CHECK(seen().readings_lost == 0);
}

static void test_entropy_that_fails_sends_nothing(void)
{
    struct transmission t;

    start(SECTORS, 94);
    take(1);
    CHECK(outbox_close_batch(&st.outbox) == OK);
    st.entropy_broken = true;
    CHECK(outbox_next(&st.outbox, ROOM_OF(up), &t.len, &t.nonce) == BROKEN);
    CHECK(station_boot(&st) == BROKEN);
    st.entropy_broken = false;
    CHECK(station_boot(&st) == OK && next(&t) == OK);
}

MAIN(TEST(test_a_batch_closes_after_60_s_with_every_reading_in_it),
    TEST(test_a_batch_closes_at_600_records),
    TEST(test_the_largest_batch_fits_an_envelope),
    TEST(test_an_alarm_closes_the_batch_when_it_comes_and_when_it_goes),
    TEST(test_what_may_not_share_a_batch_does_not),
    TEST(test_a_batch_that_gets_no_more_readings_closes_by_the_clock),
    TEST(test_readings_of_a_replay_keep_their_own_time),
    TEST(test_the_content_digest_is_over_what_the_store_will_read),
    TEST(test_what_is_sent_is_on_flash_and_a_retry_is_the_same_bytes),
    TEST(test_every_start_has_an_epoch_of_its_own),
    TEST(test_flash_that_fails_loses_readings_with_a_count_and_goes_on),
    TEST(test_after_a_flash_call_has_failed_nothing_goes_on_before_a_new_start),
    TEST(test_a_start_that_flash_does_not_let_through_is_told_once),
    TEST(test_stored_and_already_acknowledge_conflict_and_schema_set_aside),
    TEST(test_an_answer_with_any_bit_changed_changes_nothing),
    TEST(test_a_body_that_nobody_sealed_changes_nothing),
    TEST(test_a_genuine_answer_about_something_else_changes_nothing),
    TEST(test_an_answer_for_another_device_changes_nothing),
    TEST(test_an_answer_kept_back_for_61_s_does_not_count),
    TEST(test_an_answer_to_a_transmission_that_was_given_up_does_not_count),
    TEST(test_twenty_set_aside_in_a_row_stop_the_sending),
    TEST(test_one_acknowledged_batch_ends_the_run_of_those_set_aside),
    TEST(test_not_now_is_obeyed_and_keeps_the_batch),
    TEST(test_a_new_store_id_makes_everything_held_be_offered_again),
    TEST(test_what_a_restored_store_refuses_is_not_acknowledged_after_a_start),
    TEST(test_what_a_restored_store_takes_stays_acknowledged_after_a_start),
    TEST(test_the_first_store_id_is_only_learnt),
    TEST(test_server_time_counts_within_a_round_trip_of_2_s_only),
    TEST(test_the_round_trip_is_measured_without_speed_up),
    TEST(test_a_batch_says_the_time_and_how_well_it_is_known),
    TEST(test_a_configuration_is_taken_kept_and_put_in_force),
    TEST(test_an_assignment_changes_between_batches_never_inside_one),
    TEST(test_a_configuration_that_does_not_rise_is_refused_and_changes_nothing),
    TEST(test_synchronised_means_a_young_answer_and_nothing_old_unacknowledged),
    TEST(test_an_answer_is_as_old_as_the_transmission_that_it_answers),
    TEST(test_one_old_unacknowledged_batch_is_enough_for_not_synchronised),
    TEST(test_what_is_held_is_as_old_as_its_first_reading_before_a_batch_holds_it),
    TEST(test_after_a_start_nothing_is_synchronised_until_the_past_is_acknowledged),
    TEST(test_a_batch_set_aside_is_not_acknowledged),
    TEST(test_live_goes_before_back_fill_and_back_fill_oldest_first),
    TEST(test_back_fill_takes_half_of_the_link_at_most),
    TEST(test_alarm_batches_are_filled_in_first),
    TEST(test_above_80_percent_readings_are_thinned_and_the_sum_is_exact),
    TEST(test_alarm_readings_are_never_thinned),
    TEST(test_a_full_journal_takes_the_newest_and_declares_what_it_lost),
    TEST(test_a_keeper_killed_at_any_reading_stores_or_declares_each_once),
    TEST(test_a_cut_anywhere_leaves_each_numbered_reading_stored_or_declared_once),
    TEST(test_a_power_cut_anywhere_neither_hides_a_loss_nor_invents_one),
    TEST(test_a_batch_that_flash_gives_back_no_more_is_lost_once_whenever_power_goes),
    TEST(test_entropy_that_fails_sends_nothing))
