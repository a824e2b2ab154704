/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/messages.h"

#include "device/talk/keys.h"

#include <assert.h>

enum {
    DOORS = 10,
    REPLY_MAX = REPLY_HEAD_LEN + LIMIT_ENVELOPE,
    OFFER_MAX = 16 + LIMIT_ENVELOPE
};

/* clang-format off */
static const struct talk_door tables[HEARERS][DOORS] = {
    [KEEPER_OF_MEASURE] = {
        {SAY_READING, READING_LEN, READING_LEN, "reading"},
        {SAY_END, 8, 8, "end"},
        {SAY_HELLO, 8, 8, "hello"}},
    [MEASURE_OF_KEEPER] = {
        {SAY_KEPT, 8, 8, "kept"},
        {SAY_STATE, STATE_LEN, STATE_LEN, "state"},
        {SAY_STOP, 0, 0, "stop"}},
    [COURIER_OF_KEEPER] = {
        {SAY_WANT, 0, 0, "want"},
        {SAY_OFFER, 17, OFFER_MAX, "offer"},
        {SAY_NOTHING, 0, 0, "nothing"},
        {SAY_TIME, 8, 8, "time"},
        {SAY_NEXT_KEY, 0, 0, "next_key"},
        {SAY_CERT, 1, LIMIT_CERT, "cert"},
        {SAY_PINS, 1, LIMIT_PIN_SET, "pins"},
        {SAY_ERASE, 0, 0, "erase"}},
    [KEEPER_OF_COURIER] = {
        {SAY_ASK, 0, 0, "ask"},
        {SAY_REPLY, REPLY_HEAD_LEN, REPLY_MAX, "reply"},
        {SAY_UNANSWERED, 16, 16, "unanswered"},
        {SAY_LINK, 1, 1, "link"},
        {SAY_NEXT_PUBLIC, P256_PUBLIC_LEN, P256_PUBLIC_LEN, "next_public"},
        {SAY_CERT_KEPT, 0, 0, "cert_kept"},
        {SAY_PINS_IN_FORCE, 8, 8, "pins_in_force"},
        {SAY_PINS_REFUSED, 0, 0, "pins_refused"}},
    [SCREEN_OF_MEASURE] = {
        {SAY_VIEW, VIEW_LEN, VIEW_LEN, "view"}},
    [KEEPER_OF_PEOPLE] = {
        {SAY_TELL, 0, 0, "tell"},
        {SAY_TICKET, 0, LIMIT_TICKET, "ticket"},
        {SAY_CODE, 4, 4, "code"}},
    [PEOPLE_OF_KEEPER] = {
        {SAY_STATE, STATE_LEN, STATE_LEN, "state"},
        {SAY_SERVICE, 2, 2, "service"}},
    [AGENT_OF_ROLES] = {
        {ASK_PUBLIC, 0, 0, "public"},
        {ASK_SIGN, 32, 32, "sign"},
        {ASK_IDENTITY, 0, 0, "identity"},
        {ASK_ACTIVATE, SAID_CREDENTIAL_LEN, SAID_CREDENTIAL_LEN, "activate"},
        {ASK_QUOTE, SAID_QUOTE_LEN, SAID_QUOTE_LEN, "quote"},
        {ASK_SEAL, SAID_SECRET_LEN, SAID_SECRET_LEN, "seal"},
        {ASK_OPEN, SAID_SECRET_LEN, SAID_SECRET_LEN, "open"},
        {ASK_COUNTER, 0, 0, "counter"},
        {ASK_RAISE, 0, 0, "raise"}},
    [COURIER_OF_AGENT] = {
        {SAY_PUBLIC, P256_PUBLIC_LEN, P256_PUBLIC_LEN, "public"},
        {SAY_SIGNED, SAID_SIGNATURE_LEN, SAID_SIGNATURE_LEN, "signed"},
        {SAY_IDENTITY, SAID_IDENTITY_LEN, SAID_IDENTITY_LEN, "identity"},
        {SAY_ACTIVATED, sizeof(struct key), sizeof(struct key), "activated"},
        {SAY_QUOTED, SAID_EVIDENCE_LEN, SAID_EVIDENCE_LEN, "quoted"},
        {SAY_NO_KEY, 1, 1, "no key"}},
    [KEEPER_OF_AGENT] = {
        {SAY_SEALED, SAID_SECRET_LEN, SAID_SECRET_LEN, "sealed"},
        {SAY_OPENED, SAID_SECRET_LEN, SAID_SECRET_LEN, "opened"},
        {SAY_NO_KEY, 1, 1, "no key"}},
    [UPDATER_OF_KEEPER] = {
        {SAY_SIGNS, 1, 1, "signs"},
        {SAY_RELEASE, 0, LIMIT_RELEASE, "release"}},
    [COURIER_OF_UPDATER] = {
        {SAY_FETCH, FETCH_LEN, FETCH_LEN, "fetch"},
        {SAY_FETCH_END, 0, 0, "fetch end"}},
    [UPDATER_OF_COURIER] = {
        {SAY_PIECE, FETCH_LEN + 1, FETCH_LEN + LIMIT_PIECE, "piece"}},
    [UPDATER_OF_AGENT] = {
        {SAY_COUNTER, 8, 8, "counter"},
        {SAY_NO_KEY, 1, 1, "no key"}},
    [KEEPER_OF_UPDATER] = {
        {SAY_UPDATE_EVENT, 1, 1 + EVENT_ABOUT_LEN, "update event"},
        {SAY_UPDATE_STATE, 1, 1, "update state"}},
};
/* clang-format on */

const struct talk_door *messages_heard(enum hearer who, size_t *count)
{
    assert(who < HEARERS);
    size_t n = 0;
    while (n < DOORS && tables[who][n].door != 0)
        n++;
    *count = n;
    return tables[who];
}
