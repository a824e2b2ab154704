/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/look.h"

#include "cloud/store/rig.h"
#include "core/base/hex.h"
#include "tests/support/check.h"

static struct rig_sealed sealed;
static struct door_device_list devices;
static struct door_trend_points points;
static struct door_gap_list gaps;

static void store_batch(struct rig *r, struct rig_device *d, const struct batch *b)
{
    rig_seal(r, d, b, &sealed);
    CHECK(rig_send(r, d, &sealed)->http_status == 200);
}

static void test_newest_reading_is_by_measured_time_not_by_arrival(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint64_t t = r->utc_ms;

    r->utc_ms += 60000;
    store_batch(r, d, rig_batch(5, 10, t + 50000));
    store_batch(r, d, rig_batch(2, 10, t + 20000)); /* back-fill comes later */
    CHECK(look_devices(&r->store, 0, &devices) == OK);
    CHECK(devices.count == RIG_DEVICES && !devices.more);
    CHECK(devices.devices[0].measured_utc_ms == t + 50000 + 9000);
    CHECK(devices.devices[0].spo2_permille == 900 + (5 * 7 + 9) % 100);
    CHECK(devices.devices[0].readings == 20);
    CHECK(!devices.devices[1].has_utc && devices.devices[1].last_answer_utc_ms == 0);
    rig_free(r);
}

/* Req: HF-TPM-017 "shall say so" */
static void test_keys_in_software_are_said_of_the_device_that_says_so_itself(void)
{
    struct rig *r = rig_new();
    struct batch *b;

    store_batch(r, &r->devices[0], rig_batch(0, 5, r->utc_ms));
    b = rig_batch(0, 5, r->utc_ms);
    b->tpm = true;
    store_batch(r, &r->devices[1], b);
    CHECK(look_devices(&r->store, 0, &devices) == OK);
    CHECK(devices.devices[0].keys_in_software);
    CHECK(!devices.devices[1].keys_in_software);
    CHECK(!devices.devices[2].keys_in_software); /* it has said nothing yet */
    rig_free(r);
}

/* Else a device whose clock was an hour ahead for a moment would show that moment for an hour. */
static void test_a_reading_dated_in_the_future_hides_no_later_one(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    store_batch(r, d, rig_batch(1, 10, r->utc_ms + 3600000));
    CHECK(look_devices(&r->store, 0, &devices) == OK);
    CHECK(devices.devices[0].measured_utc_ms == r->utc_ms + 3600000 + 9000);
    store_batch(r, d, rig_batch(2, 10, r->utc_ms - 9000));
    CHECK(look_devices(&r->store, 0, &devices) == OK);
    CHECK(devices.devices[0].measured_utc_ms == r->utc_ms);
    CHECK(devices.devices[0].spo2_permille == 900 + (2 * 7 + 9) % 100);
    rig_free(r);
}

static void test_reading_without_value_shows_none(void)
{
    struct rig *r = rig_new();
    struct batch *b = rig_batch(0, 10, r->utc_ms);
    b->records[9].spo2.set = false;
    b->records[9].spo2.v = 0;
    store_batch(r, &r->devices[0], b);
    CHECK(look_devices(&r->store, 0, &devices) == OK);
    CHECK(!devices.devices[0].has_spo2 && devices.devices[0].has_pulse);
    rig_free(r);
}

static void test_thinning_a_trend_loses_no_extreme(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct door_span ask = {.device = d->kid.device,
        .from_utc_ms = r->utc_ms,
        .to_utc_ms = r->utc_ms + 40 * 60000,
        .points = 7};

    for (uint32_t i = 0; i < 40; i++) {
        struct batch *b = rig_batch(i, 60, r->utc_ms + i * 60000);
        if (i == 17)
            b->records[30].spo2.v = 701;
        if (i == 31)
            b->records[59].pulse.v = 2222;
        store_batch(r, d, b);
    }
    for (int narrow = 0; narrow < 2; narrow++) {
        uint16_t low = 1000, high = 0;
        ask.points = narrow ? 600 : 7; /* by single readings, by summaries */
        CHECK(look_trend(&r->store, &ask, &points) == OK);
        CHECK(points.count > 0 && points.count <= ask.points);
        for (size_t i = 0; i < points.count; i++) {
            if (points.points[i].has_spo2 && points.points[i].spo2_min < low)
                low = points.points[i].spo2_min;
            if (points.points[i].has_pulse && points.points[i].pulse_max > high)
                high = points.points[i].pulse_max;
            CHECK(i == 0 || points.points[i].utc_ms > points.points[i - 1].utc_ms);
        }
        CHECK(low == 701 && high == 2222);
    }
    rig_free(r);
}

static void test_gaps_are_missing_batches_declared_loss_and_silence(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint64_t t = r->utc_ms;
    struct door_span ask = {
        .device = d->kid.device, .from_utc_ms = t, .to_utc_ms = t + 3600000};
    struct batch *b;

    store_batch(r, d, rig_batch(0, 10, t));
    store_batch(r, d, rig_batch(1, 10, t + 10000)); /* no gap: 1 s */
    store_batch(r, d, rig_batch(3, 10, t + 30000)); /* batch 2 is missing */
    b = rig_batch(4, 10, t + 40000);
    b->lost_count = 25; /* declared */
    store_batch(r, d, b);
    rig_new_epoch(r, d);
    store_batch(r, d, rig_batch(0, 10, t + 600000)); /* silence */
    CHECK(look_gaps(&r->store, &ask, &gaps) == OK);
    CHECK(gaps.count == 3);
    CHECK(gaps.gaps[0].from_ms == t + 19000 && gaps.gaps[0].to_ms == t + 30000);
    CHECK(gaps.gaps[1].lost == 25);
    CHECK(gaps.gaps[2].from_ms == t + 49000 && gaps.gaps[2].to_ms == t + 600000);
    ask.device = r->devices[1].kid.device;
    CHECK(look_gaps(&r->store, &ask, &gaps) == OK && gaps.count == 0);
    rig_free(r);
}

/* Computed here without the database: all records, by measured time. */
static void test_content_digest_is_that_of_all_records_by_measured_time(void)
{
    static const uint32_t order[] = {3, 0, 2, 1}; /* arrival */
    static uint8_t flat[4 * 25 * CONTENT_LEN];
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct digest want;
    struct device_id all = {{0}};
    char hex[65], expected[160];
    uint8_t text[200];
    size_t len = 0;

    for (size_t i = 0; i < 4; i++)
        store_batch(r, d, rig_batch(order[i], 25, r->utc_ms + order[i] * 25000));
    for (uint32_t i = 0; i < 4; i++) {
        const struct batch *b = rig_batch(i, 25, r->utc_ms + i * 25000);
        for (uint16_t k = 0; k < 25; k++)
            content_of(b, k, flat + (i * 25 + k) * CONTENT_LEN);
    }
    CHECK(r->store.crypto->sha256(r->store.crypto->board, BYTES_OF(flat), &want) == OK);
    hex_of(BYTES_OF(want.b), (struct room){(uint8_t *)hex, sizeof hex});
    snprintf(expected, sizeof expected, "{\"readings\":100,\"content\":\"%s\"}", hex);
    CHECK(look_content(&r->store, &d->kid.device, ROOM_OF(text), &len) == OK);
    CHECK(len == strlen(expected) && memcmp(text, expected, len) == 0);
    CHECK(look_content(&r->store, &all, ROOM_OF(text), &len) == OK);
    CHECK(len == strlen(expected) && memcmp(text, expected, len) == 0);
    rig_free(r);
}

static void test_lists_come_in_whole_lines_page_by_page_and_each_row_once(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    static uint8_t text[2000];
    struct door_list ask = {0};
    uint64_t lines = 0, pages = 0, next = 0;
    size_t len = 0;

    for (uint32_t i = 0; i < 50; i++)
        store_batch(r, d, rig_batch(i, 2, r->utc_ms + i * 2000));
    do {
        CHECK(look_list_batches(&r->store, &ask, ROOM_OF(text), &len, &next) == OK);
        CHECK(len > 0 && text[len - 1] == '\n');
        for (size_t i = 0; i < len; i++)
            lines += text[i] == '\n';
        CHECK(next == 0 || next > ask.cursor);
        ask.cursor = next;
        pages++;
    } while (next && pages < 100);
    CHECK(lines == 50 && pages > 5);
    rig_free(r);
}

MAIN(TEST(test_newest_reading_is_by_measured_time_not_by_arrival),
    TEST(test_keys_in_software_are_said_of_the_device_that_says_so_itself),
    TEST(test_a_reading_dated_in_the_future_hides_no_later_one),
    TEST(test_reading_without_value_shows_none),
    TEST(test_thinning_a_trend_loses_no_extreme),
    TEST(test_gaps_are_missing_batches_declared_loss_and_silence),
    TEST(test_content_digest_is_that_of_all_records_by_measured_time),
    TEST(test_lists_come_in_whole_lines_page_by_page_and_each_row_once))
