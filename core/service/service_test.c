/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a service ticket, with real signatures, real memory on simulated flash, and a
 * simulated person. */
#include "core/service/service.h"

#include "tests/support/check.h"
#include "tests/support/station.h"
#include "wire/event.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { SECTORS = 64, NOW_S = 1795846800, HOUR_S = 3600 };

static struct station st;

/* ---- a person, if there is one ---- */

static struct {
    uint32_t asked;
    enum status here;
} person;

static enum status ask(void *board)
{
    (void)board;
    person.asked++;
    return OK;
}

static enum status here(void *board)
{
    (void)board;
    return person.here;
}

/* ---- a key, and what it signs ---- */

static EVP_PKEY *key_of(uint8_t n)
{
    uint8_t seed[32] = {n, 1, 2, 3};
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
}

static struct ed25519_public public_of(uint8_t n)
{
    struct ed25519_public out = {{0}};
    size_t len = sizeof out.b;
    EVP_PKEY *k = key_of(n);
    CHECK(k && EVP_PKEY_get_raw_public_key(k, out.b, &len) == 1 && len == 32);
    EVP_PKEY_free(k);
    return out;
}

struct made {
    uint8_t b[LIMIT_TICKET];
    size_t len;
};

static struct made sign(const struct ticket *t, uint8_t by)
{
    struct made out;
    struct signature signature;
    uint8_t payload_room[TICKET_PAYLOAD_MAX], room[TICKET_SIGNED_BYTES_MAX];
    struct bytes payload = ticket_payload_build(t, ROOM_OF(payload_room));
    struct bytes to_sign = ticket_signed_bytes(payload, ROOM_OF(room));
    size_t len = sizeof signature.b;
    EVP_PKEY *k = key_of(by);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    CHECK(k && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, k) == 1
        && EVP_DigestSign(ctx, signature.b, &len, to_sign.at, to_sign.len) == 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    out.len = ticket_build(payload, &signature, ROOM_OF(out.b)).len;
    return out;
}

static struct ticket good(void)
{
    return (struct ticket){.device = st.kid.device,
        .serial = {{7, 7, 7}},
        .not_before_s = NOW_S,
        .not_after_s = NOW_S + 8 * HOUR_S,
        .holder = "J. Engineer"};
}

/* ---- a device ---- */

static bool fresh(void *ctx, const struct ticket *t)
{
    (void)ctx;
    return outbox_serial_fresh(&st.outbox, &t->serial, t->not_after_s);
}

static enum status use(void *ctx, const struct ticket *t)
{
    (void)ctx;
    return outbox_use_serial(&st.outbox, &t->serial, t->not_after_s);
}

static struct service service;

static void begin_run(void)
{
    static const struct presence presence = {.ask = ask, .here = here};
    struct ed25519_public key = public_of(1);

    memset(&person, 0, sizeof person);
    person.here = AGAIN;
    service_init(&service, station_crypto(), &presence,
        (struct service_memory){NULL, fresh, use}, &key, &st.kid.device);
}

static void start(void)
{
    station_init(&st, SECTORS, 1, 5);
    CHECK(station_boot(&st) == OK);
    begin_run();
}

static struct service_now at(uint64_t utc_s)
{
    return (struct service_now){true, utc_s * 1000, (utc_s - NOW_S + 100) * 1000};
}

static enum reason offer(const struct made *m, uint64_t utc_s)
{
    struct service_now now = at(utc_s);
    return service_offer(&service, (struct bytes){m->b, m->len}, &now);
}

static enum reason step(uint64_t utc_s)
{
    struct service_now now = at(utc_s);
    enum reason what = REASON_COUNT;
    return service_step(&service, &now, &what) ? what : REASON_COUNT;
}

static enum reason answer_and_step(uint64_t utc_s)
{
    person.here = OK;
    enum reason what = step(utc_s);
    person.here = AGAIN;
    return what;
}

/* ---- claims ---- */

static void test_a_good_ticket_begins_when_a_person_answers_and_ends_with_its_time(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);

    CHECK(offer(&m, NOW_S + 5) == REASON_SERVICE_ASKED && person.asked == 1);
    CHECK(step(NOW_S + 6) == REASON_COUNT && service.state == SERVICE_ASKING);
    CHECK(answer_and_step(NOW_S + 7) == REASON_SERVICE_BEGUN);
    CHECK(service.state == SERVICE_OPEN
        && strcmp(service.ticket.holder, "J. Engineer") == 0);
    CHECK(step(NOW_S + 8 * HOUR_S - 1) == REASON_COUNT);
    CHECK(step(NOW_S + 8 * HOUR_S) == REASON_SERVICE_ENDED);
    CHECK(service.state == SERVICE_CLOSED);
}

static void test_a_ticket_of_another_device_is_refused(void)
{
    start();
    struct ticket t = good();
    t.device.b[15] ^= 1;
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_DEVICE);
    CHECK(service.state == SERVICE_CLOSED && person.asked == 0);
}

static void test_a_ticket_is_good_only_within_its_time(void)
{
    static const struct {
        const char *what;
        int64_t from_s;
        enum reason want;
    } rows[] = {
        {"a second before", -1, REASON_SERVICE_EARLY},
        {"a year before", -31536000, REASON_SERVICE_EARLY},
        {"as it begins", 0, REASON_SERVICE_ASKED},
        {"its last second", 8 * HOUR_S - 1, REASON_SERVICE_ASKED},
        {"as it ends", 8 * HOUR_S, REASON_SERVICE_EXPIRED},
        {"a year after", 31536000, REASON_SERVICE_EXPIRED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start();
        struct ticket t = good();
        struct made m = sign(&t, 1);
        enum reason got = offer(&m, (uint64_t)(NOW_S + rows[i].from_s));
        if (got != rows[i].want)
            printf("# %s\n", rows[i].what);
        CHECK(got == rows[i].want);
    }
}

static void test_a_ticket_that_runs_out_while_the_person_is_asked_does_not_begin(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S + 8 * HOUR_S - 1) == REASON_SERVICE_ASKED);
    CHECK(answer_and_step(NOW_S + 8 * HOUR_S) == REASON_SERVICE_EXPIRED);
    CHECK(service.state == SERVICE_CLOSED);
}

static void test_a_ticket_for_more_than_eight_hours_is_refused(void)
{
    start();
    struct ticket t = good();
    t.not_after_s = t.not_before_s + LIMIT_TICKET_S + 1;
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_LONG);
}

static void test_a_used_ticket_is_refused_also_after_a_new_start_and_by_an_older_clock(
    void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
    CHECK(answer_and_step(NOW_S) == REASON_SERVICE_BEGUN);
    CHECK(step(NOW_S + 8 * HOUR_S) == REASON_SERVICE_ENDED);
    CHECK(offer(&m, NOW_S + 1) == REASON_SERVICE_REPLAYED);
    station_power_cycle(&st, 3);
    CHECK(station_boot(&st) == OK);
    begin_run();
    CHECK(offer(&m, NOW_S + 1) == REASON_SERVICE_REPLAYED);
    t.serial.b[0] ^= 1; /* another ticket for the same hours is none that was used */
    m = sign(&t, 1);
    CHECK(offer(&m, NOW_S + 1) == REASON_SERVICE_ASKED);
}

/* However many there were since, the first is not good again. */
static void test_a_used_ticket_stays_used_after_a_hundred_others(void)
{
    start();
    struct ticket t = good();
    struct made first = sign(&t, 1);
    for (uint32_t i = 0; i < 100; i++) {
        t = good();
        t.serial.b[7] = (uint8_t)i;
        t.not_before_s += i * 60;
        t.not_after_s += i * 60;
        struct made m = sign(&t, 1);
        CHECK(offer(&m, t.not_before_s) == REASON_SERVICE_ASKED);
        CHECK(answer_and_step(t.not_before_s) == REASON_SERVICE_BEGUN);
        CHECK(step(t.not_after_s) == REASON_SERVICE_ENDED);
        CHECK(offer(&first, NOW_S) == REASON_SERVICE_REPLAYED);
        CHECK(offer(&m, t.not_before_s) == REASON_SERVICE_REPLAYED);
    }
}

static void test_no_changed_bit_of_a_ticket_is_accepted(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    unsigned signature = 0;

    for (size_t bit = 0; bit < m.len * 8; bit++) {
        m.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum reason got = offer(&m, NOW_S);
        CHECK(got == REASON_SERVICE_MALFORMED || got == REASON_SERVICE_SIGNATURE);
        signature += got == REASON_SERVICE_SIGNATURE;
        m.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(signature > 500 && person.asked == 0);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
}

static void test_a_ticket_cut_or_extended_at_any_byte_is_malformed(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    size_t len = m.len;
    for (m.len = 0; m.len < len; m.len++)
        CHECK(offer(&m, NOW_S) == REASON_SERVICE_MALFORMED);
    m.b[len] = 0;
    m.len = len + 1;
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_MALFORMED);
}

static void test_a_ticket_signed_by_another_key_is_refused(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 2);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_SIGNATURE);
    CHECK(service.state == SERVICE_CLOSED && person.asked == 0);
}

static void test_a_device_without_a_service_key_takes_no_ticket(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    memset(&service.key, 0, sizeof service.key);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_NO_KEY);
}

static void test_while_the_clock_is_unset_no_ticket_is_good(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    struct service_now now = {.has_utc = false, .mono_ms = 5000};
    CHECK(service_offer(&service, (struct bytes){m.b, m.len}, &now)
        == REASON_SERVICE_CLOCK);
}

static void test_without_a_person_no_ticket_begins(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
    for (int i = 0; i < 50; i++)
        CHECK(step(NOW_S + 1) == REASON_COUNT && service.state == SERVICE_ASKING);
    person.here = REFUSED; /* the board gave up */
    CHECK(step(NOW_S + 60) == REASON_SERVICE_PRESENCE);
    CHECK(service.state == SERVICE_CLOSED);
    CHECK(outbox_serial_fresh(&st.outbox, &t.serial, t.not_after_s)); /* not used up */
}

static void test_a_second_ticket_is_refused_while_one_is_asked_about_or_in_force(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    t.serial.b[0] ^= 9;
    struct made second = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
    CHECK(offer(&second, NOW_S) == REASON_SERVICE_BUSY);
    CHECK(answer_and_step(NOW_S) == REASON_SERVICE_BEGUN);
    CHECK(offer(&second, NOW_S) == REASON_SERVICE_BUSY);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_BUSY);
    CHECK(step(NOW_S + 8 * HOUR_S) == REASON_SERVICE_ENDED);
}

static void test_a_clock_that_is_set_back_gives_no_more_time(void)
{
    start();
    struct ticket t = good();
    struct made m = sign(&t, 1);
    CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
    CHECK(answer_and_step(NOW_S) == REASON_SERVICE_BEGUN);
    struct service_now now = at(NOW_S + 8 * HOUR_S);
    now.utc_ms = NOW_S * UINT64_C(1000); /* the cloud says that it is morning again */
    enum reason what;
    CHECK(service_step(&service, &now, &what) && what == REASON_SERVICE_ENDED);
}

/* Req: HF-SVC-001 "and not used there before" */
static void test_power_cut_anywhere_leaves_no_ticket_that_is_good_twice(void)
{
    bool cut_came = true;

    for (long cut = 0; cut_came; cut++) {
        start();
        struct ticket t = good();
        struct made m = sign(&t, 1);
        CHECK(offer(&m, NOW_S) == REASON_SERVICE_ASKED);
        station_cut_at(&st, cut);
        bool begun = answer_and_step(NOW_S) == REASON_SERVICE_BEGUN;
        cut_came = st.off;
        CHECK(begun || service.state == SERVICE_CLOSED);
        station_power_cycle(&st, (uint64_t)cut + 1);
        CHECK(station_boot(&st) == OK);
        begin_run();
        enum reason again = offer(&m, NOW_S + 60);
        CHECK(again == REASON_SERVICE_REPLAYED
            || (!begun && again == REASON_SERVICE_ASKED));
        CHECK(cut < 1000);
    }
}

MAIN(TEST(test_a_good_ticket_begins_when_a_person_answers_and_ends_with_its_time),
    TEST(test_a_ticket_of_another_device_is_refused),
    TEST(test_a_ticket_is_good_only_within_its_time),
    TEST(test_a_ticket_that_runs_out_while_the_person_is_asked_does_not_begin),
    TEST(test_a_ticket_for_more_than_eight_hours_is_refused),
    TEST(test_a_used_ticket_is_refused_also_after_a_new_start_and_by_an_older_clock),
    TEST(test_a_used_ticket_stays_used_after_a_hundred_others),
    TEST(test_no_changed_bit_of_a_ticket_is_accepted),
    TEST(test_a_ticket_cut_or_extended_at_any_byte_is_malformed),
    TEST(test_a_ticket_signed_by_another_key_is_refused),
    TEST(test_a_device_without_a_service_key_takes_no_ticket),
    TEST(test_while_the_clock_is_unset_no_ticket_is_good),
    TEST(test_without_a_person_no_ticket_begins),
    TEST(test_a_second_ticket_is_refused_while_one_is_asked_about_or_in_force),
    TEST(test_a_clock_that_is_set_back_gives_no_more_time),
    TEST(test_power_cut_anywhere_leaves_no_ticket_that_is_good_twice))
