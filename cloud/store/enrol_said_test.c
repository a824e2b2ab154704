/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/enrol_said.h"

#include "cloud/store/events.h"
#include "cloud/store/rig.h"
#include "tests/support/check.h"

static enum status say(
    struct rig *r, enum reason reason, bool refused, const struct device_id *device)
{
    struct door_enrol_said v = {
        .reason = reason, .refused = refused, .has_device = device != NULL};

    if (device)
        v.device = *device;
    rig_must(db_begin(&r->store.db));
    enum status s = enrol_said_take(&r->store, &v);
    rig_must(db_commit(&r->store.db));
    return s;
}

static bool is_word(struct rig *r, const struct rig_device *d, const char *word)
{
    char got[16];
    sqlite3_stmt *q = db_use(&r->store.db, DB_DEVICE);

    db_bind_blob(q, 1, d->kid.device.b, DEVICE_ID_LEN);
    rig_must(db_row(q));
    db_text(q, 23, got, sizeof got);
    db_done(q);
    return strcmp(got, word) == 0;
}

/* Lines of the log that hold this word; the log is empty after it. */
static size_t lines_with(struct rig *r, const char *word)
{
    static char text[65536];
    size_t n = 0;

    close(r->log_fds[1]);
    ssize_t len = read(r->log_fds[0], text, sizeof text - 1);
    text[len > 0 ? len : 0] = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        n++;
    r->log_fds[1] = -1;
    return n;
}

/* Req: HF-TPM-016 "shall be an event with its reason" */
static void test_a_refused_enrolment_is_one_event_one_line_and_a_word_on_its_row(void)
{
    struct rig *r = rig_new();
    const struct rig_device *d = &r->devices[1];

    CHECK(say(r, REASON_ATTEST_MAKER, true, &d->kid.device) == OK);
    CHECK(rig_count(r,
              "SELECT count(*) FROM event e JOIN device d ON d.device = e.device"
              " WHERE e.code = 'attest.maker' AND d.id = 2")
        == 1);
    CHECK(is_word(r, d, "maker") && is_word(r, &r->devices[0], ""));
    CHECK(rig_count(r, "SELECT count(*) FROM device WHERE attest_ms > 0") == 1);
    CHECK(lines_with(r, "attest.maker") == 1);
    rig_free(r);
}

static void test_who_is_not_named_or_not_known_has_an_event_and_no_row(void)
{
    struct rig *r = rig_new();
    struct device_id stranger = {{9}};

    CHECK(say(r, REASON_ENROL_REFUSED, true, NULL) == OK);
    CHECK(say(r, REASON_ATTEST_MAKER, true, &stranger) == OK);
    CHECK(rig_count(r,
              "SELECT count(*) FROM event"
              " WHERE code = 'enrol.refused' AND device IS NULL")
        == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'attest.maker'") == 1);
    CHECK(rig_count(r, "SELECT count(*) FROM device WHERE attest IS NOT NULL") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM device") == RIG_DEVICES);
    rig_free(r);
}

/* Where the policy does not ask for a TPM, what was wrong with one is said, and nothing is refused. */
static void test_who_is_taken_in_with_bad_evidence_has_no_word_of_refusal(void)
{
    struct rig *r = rig_new();
    const struct rig_device *d = &r->devices[0];

    CHECK(say(r, REASON_ATTEST_MAKER, false, &d->kid.device) == OK);
    CHECK(say(r, REASON_DEVICE_ENROLLED, false, &d->kid.device) == OK);
    CHECK(is_word(r, d, ""));
    CHECK(rig_count(r,
              "SELECT count(*) FROM event"
              " WHERE code IN ('attest.maker', 'device.enrolled')")
        == 2);
    rig_free(r);
}

static void test_keys_tells_of_enrolments_and_of_nothing_else(void)
{
    static const enum reason may[] = {REASON_ATTEST_ACTIVATION,
        REASON_ATTEST_ATTRIBUTES, REASON_ATTEST_CERTIFICATE, REASON_ATTEST_KEY,
        REASON_ATTEST_KIND, REASON_ATTEST_MAKER, REASON_ATTEST_NAME,
        REASON_ATTEST_OTHER, REASON_ATTEST_PURPOSE, REASON_ATTEST_SIGNATURE,
        REASON_ATTEST_STRUCTURE, REASON_ATTEST_UNKNOWN, REASON_ENROL_REFUSED};
    struct rig *r = rig_new();
    const struct device_id *device = &r->devices[0].kid.device;
    uint64_t before = rig_count(r, "SELECT count(*) FROM event");
    size_t taken = 0;

    for (int reason = 0; reason < REASON_COUNT; reason++) {
        bool listed = false;
        for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
            listed |= may[i] == (enum reason)reason;
        CHECK((say(r, (enum reason)reason, true, device) == OK) == listed);
        taken += listed;
    }
    CHECK(rig_count(r, "SELECT count(*) FROM event") == before + taken);
    /* Evidence is looked at only when M1 has opened: it is somebody's. So is who is taken in. */
    CHECK(say(r, REASON_ATTEST_MAKER, true, NULL) == REFUSED);
    CHECK(say(r, REASON_DEVICE_ENROLLED, false, NULL) == REFUSED);
    CHECK(say(r, REASON_DEVICE_ENROLLED, true, device) == REFUSED);
    CHECK(say(r, REASON_ENROL_REFUSED, false, device) == REFUSED);
    CHECK(rig_count(r, "SELECT count(*) FROM event") == before + taken);
    rig_free(r);
}

static void test_a_flood_of_refusals_folds_and_loses_none(void)
{
    struct rig *r = rig_new();

    for (int i = 0; i < 3 * EVENTS_EACH; i++)
        rig_must(say(r, REASON_ENROL_REFUSED, true, NULL));
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'enrol.refused'")
        == EVENTS_EACH + 1);
    CHECK(rig_count(r, "SELECT sum(count) FROM event WHERE code = 'enrol.refused'")
        == 3 * EVENTS_EACH);
    rig_free(r);
}

MAIN(TEST(test_a_refused_enrolment_is_one_event_one_line_and_a_word_on_its_row),
    TEST(test_who_is_not_named_or_not_known_has_an_event_and_no_row),
    TEST(test_who_is_taken_in_with_bad_evidence_has_no_word_of_refusal),
    TEST(test_keys_tells_of_enrolments_and_of_nothing_else),
    TEST(test_a_flood_of_refusals_folds_and_loses_none))
