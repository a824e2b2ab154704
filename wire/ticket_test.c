/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include "tests/support/check.h"
#include "tests/support/messages.h"

static struct ticket good(void)
{
    return (struct ticket){.device = {{1, 2, 3}},
        .serial = {{9, 8, 7}},
        .not_before_s = 1795846800,
        .not_after_s = 1795846800 + LIMIT_TICKET_S,
        .holder = "J. Engineer"};
}

static struct bytes built(const struct ticket *t, uint8_t out[LIMIT_TICKET])
{
    static const struct signature s = {{0x5e}};
    uint8_t payload[TICKET_PAYLOAD_MAX];

    return ticket_build(ticket_payload_build(t, ROOM_OF(payload)), &s,
        (struct room){out, LIMIT_TICKET});
}

static void test_any_ticket_comes_back_whole(void)
{
    uint8_t b[LIMIT_TICKET];
    struct dice d = {5};

    for (int i = 0; i < 5000; i++) {
        struct ticket in;
        struct signed_ticket out;
        any_ticket(&d, &in);
        CHECK(ticket_parse(built(&in, b), &out) == OK);
        CHECK(memcmp(&out.ticket.device, &in.device, sizeof in.device) == 0);
        CHECK(memcmp(&out.ticket.serial, &in.serial, sizeof in.serial) == 0);
        CHECK(out.ticket.not_before_s == in.not_before_s
            && out.ticket.not_after_s == in.not_after_s);
        CHECK(strcmp(out.ticket.holder, in.holder) == 0);
        CHECK(out.signature.b[0] == 0x5e);
    }
}

static void test_a_ticket_cut_or_extended_anywhere_is_malformed(void)
{
    uint8_t b[LIMIT_TICKET + 1];
    struct ticket t = good();
    struct signed_ticket out;
    struct bytes whole = built(&t, b);

    CHECK(ticket_parse(whole, &out) == OK);
    for (size_t n = 0; n < whole.len; n++)
        CHECK(ticket_parse((struct bytes){b, n}, &out) == MALFORMED);
    b[whole.len] = 0;
    CHECK(ticket_parse((struct bytes){b, whole.len + 1}, &out) == MALFORMED);
}

/* One byte string for one content: what is still a ticket after a change is another one. */
static void test_every_changed_bit_is_malformed_or_another_ticket(void)
{
    uint8_t b[LIMIT_TICKET], again[LIMIT_TICKET], payload[TICKET_PAYLOAD_MAX];
    struct ticket t = good();
    struct bytes whole = built(&t, b);
    unsigned malformed = 0;

    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        struct signed_ticket out;
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (ticket_parse(whole, &out) != OK) {
            malformed++;
        } else {
            struct bytes other =
                ticket_build(ticket_payload_build(&out.ticket, ROOM_OF(payload)),
                    &out.signature, ROOM_OF(again));
            CHECK(other.len == whole.len && memcmp(other.at, b, other.len) == 0);
        }
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(malformed > 150);
}

static void test_a_spoiled_ticket_is_refused_whole_or_is_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX];
    uint8_t again[LIMIT_TICKET], payload[TICKET_PAYLOAD_MAX];
    struct signed_ticket out, before;
    struct dice d = {11};
    unsigned refused = 0;

    memset(&before, 0x33, sizeof before);
    for (int i = 0; i < 20000; i++) {
        size_t len = spoil(&d, ROOM_OF(b), any_message(&d, MESSAGE_TICKET, ROOM_OF(b)));
        memcpy(&out, &before, sizeof out);
        if (ticket_parse((struct bytes){b, len}, &out) != OK) {
            refused++;
            CHECK(memcmp(&out, &before, sizeof out) == 0);
            continue;
        }
        struct bytes other =
            ticket_build(ticket_payload_build(&out.ticket, ROOM_OF(payload)),
                &out.signature, ROOM_OF(again));
        CHECK(other.len == len && memcmp(other.at, b, len) == 0);
    }
    CHECK(refused > 10000 && refused < 20000);
}

static void test_ranges_of_a_ticket_hold_at_their_edges(void)
{
    static const struct {
        const char *what, *holder;
        uint32_t from, to;
        bool holds;
    } rows[] = {
        {"one second", "J", 0, 1, true},
        {"the last second there is", "J", UINT32_MAX - 1, UINT32_MAX, true},
        {"ends as it begins", "J", 5, 5, false},
        {"ends before it begins", "J", 6, 5, false},
        {"nobody's", "", 0, 1, false},
        {"32 bytes", "abcdefghijklmnopqrstuvwxyz012345", 0, 1, true},
        {"a new line", "a\nb", 0, 1, false},
        {"a mark that turns the writing", "\xe2\x80\xaeJ", 0, 1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ticket t = good();
        t.not_before_s = rows[i].from;
        t.not_after_s = rows[i].to;
        (void)snprintf(t.holder, sizeof t.holder, "%s", rows[i].holder);
        if (ticket_rules_hold(&t) != rows[i].holds)
            printf("# %s\n", rows[i].what);
        CHECK(ticket_rules_hold(&t) == rows[i].holds);
    }
}

MAIN(TEST(test_any_ticket_comes_back_whole),
    TEST(test_a_ticket_cut_or_extended_anywhere_is_malformed),
    TEST(test_every_changed_bit_is_malformed_or_another_ticket),
    TEST(test_a_spoiled_ticket_is_refused_whole_or_is_another_valid_one),
    TEST(test_ranges_of_a_ticket_hold_at_their_edges))
