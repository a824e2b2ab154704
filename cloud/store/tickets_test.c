/* SPDX-License-Identifier: Apache-2.0 */
/* A service ticket on its way: in which answers it rides, and when it stops. */
#include "cloud/store/tickets.h"

#include "cloud/store/devices.h"
#include "cloud/store/rig.h"
#include "wire/ticket.h"

#include "tests/support/check.h"

static struct rig_sealed sealed;
static struct answer answer;

/* Signed by nobody: the store does not judge that, devices do. */
static struct bytes ticket(const struct rig *r, const struct rig_device *d,
    uint8_t serial, uint32_t seconds, uint8_t room[LIMIT_TICKET])
{
    static const struct signature s = {{7}};
    struct ticket t = {.device = d->kid.device,
        .serial = {{serial}},
        .not_before_s = 1,
        .not_after_s = (uint32_t)(r->utc_ms / 1000) + seconds,
        .holder = "J. Engineer"};
    uint8_t payload[TICKET_PAYLOAD_MAX];

    return ticket_build(ticket_payload_build(&t, ROOM_OF(payload)), &s,
        (struct room){room, LIMIT_TICKET});
}

static enum status give(struct rig *r, struct bytes t)
{
    CHECK(db_begin(&r->store.db) == OK);
    enum status got = ticket_send(&r->store, t);
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

/* One batch: is exactly this ticket in its answer? */
static bool rides(struct rig *r, struct rig_device *d, uint32_t seq, struct bytes t)
{
    rig_seal(r, d, rig_batch(seq, 5, r->utc_ms), &sealed);
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    CHECK(answer.ticket_len == 0
        || (answer.ticket_len == t.len && memcmp(answer.ticket, t.at, t.len) == 0));
    return answer.ticket_len > 0;
}

static void log_under(struct rig *r, struct rig_device *d, uint32_t seq, uint8_t serial)
{
    static uint8_t plain[LIMIT_SERVICE_LOG];
    struct service_log g = {.seq = seq, .serial = {{serial}}, .holder = "J. Engineer"};
    size_t len = 0;

    rig_must(service_log_build(&g, ROOM_OF(plain), &len));
    rig_must(seal_log(&d->sealer, rig_crypto(r), (struct bytes){plain, len},
        ROOM_OF(sealed.bytes), &sealed.len, &sealed.digest));
    CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
}

/* Req: HF-SVC-008 "A service ticket shall ride in every answer to its device until it was used" */
static void
test_a_ticket_rides_in_every_answer_to_its_device_until_a_log_under_it_comes(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], *other = &r->devices[1];
    uint8_t room[LIMIT_TICKET];

    struct bytes t = ticket(r, d, 1, 3600, room);
    CHECK(!rides(r, d, 0, t));
    CHECK(give(r, t) == OK);
    CHECK(rides(r, d, 1, t) && rides(r, d, 2, t));
    CHECK(!rides(r, other, 1, t));
    rig_close(r);
    rig_open(r);
    CHECK(rides(r, d, 3, t));
    log_under(r, d, 4, 9); /* of another one */
    CHECK(rides(r, d, 5, t));
    log_under(r, d, 6, 1);
    CHECK(!rides(r, d, 7, t));
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'service.sent'") == 1);
    rig_free(r);
}

static void test_a_ticket_stops_riding_with_its_last_second(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t room[LIMIT_TICKET];

    r->utc_ms -= r->utc_ms % 1000;
    struct bytes t = ticket(r, d, 1, 60, room);
    CHECK(give(r, t) == OK);
    r->utc_ms += 59999;
    CHECK(rides(r, d, 1, t));
    r->utc_ms += 1;
    CHECK(!rides(r, d, 2, t));
    CHECK(give(r, t) == REFUSED);
    rig_free(r);
}

static void test_a_newer_ticket_takes_the_place_of_an_older_one(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    uint8_t room[LIMIT_TICKET], newer[LIMIT_TICKET];

    CHECK(give(r, ticket(r, d, 1, 60, room)) == OK);
    struct bytes t = ticket(r, d, 2, 60, newer);
    CHECK(give(r, t) == OK);
    CHECK(rides(r, d, 1, t));
    rig_free(r);
}

static void test_what_is_no_ticket_of_a_device_that_may_send_is_refused(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], stranger = *d;
    uint8_t room[LIMIT_TICKET];

    struct bytes t = ticket(r, d, 1, 60, room);
    CHECK(give(r, (struct bytes){t.at, t.len - 1}) == MALFORMED);
    stranger.kid.device.b[0] ^= 1;
    CHECK(give(r, ticket(r, &stranger, 1, 60, room)) == REFUSED);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(device_revoke(&r->store, &d->kid.device) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    CHECK(give(r, ticket(r, d, 1, 60, room)) == REFUSED);
    CHECK(rig_count(r, "SELECT count(*) FROM event WHERE code = 'service.sent'") == 0);
    rig_free(r);
}

MAIN(TEST(test_a_ticket_rides_in_every_answer_to_its_device_until_a_log_under_it_comes),
    TEST(test_a_ticket_stops_riding_with_its_last_second),
    TEST(test_a_newer_ticket_takes_the_place_of_an_older_one),
    TEST(test_what_is_no_ticket_of_a_device_that_may_send_is_refused))
