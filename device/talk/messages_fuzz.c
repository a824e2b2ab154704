/* SPDX-License-Identifier: Apache-2.0 */
/* What a parser accepts is, built again, the same bytes: the first byte chooses the parser, the
 * second whether zeros fill the body up. */
#include "device/talk/messages.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct bytes built, struct bytes in)
{
    if (built.len != in.len || (in.len > 0 && memcmp(built.at, in.at, in.len) != 0))
        abort();
}

static void values(uint8_t which, struct bytes in, struct room out)
{
    struct said_reading reading;
    struct said_state state;
    struct view view;

    if (which == 0 && reading_parse(in, &reading) == OK)
        same(reading_build(&reading, out), in);
    if (which == 1 && state_parse(in, &state) == OK)
        same(state_build(&state, out), in);
    if (which == 2 && view_parse(in, &view) == OK)
        same(view_build(&view, out), in);
}

static void carriers(uint8_t which, struct bytes in, struct room out)
{
    struct said_reply reply;
    struct nonce nonce;
    struct bytes rest;

    if (which == 3 && offer_parse(in, &nonce, &rest) == OK)
        same(offer_build(&nonce, rest, out), in);
    if (which == 4 && reply_parse(in, &reply, &rest) == OK)
        same(reply_build(&reply, rest, out), in);
    struct said_fetch fetch;
    if (which == 12 && fetch_parse(in, &fetch) == OK)
        same(fetch_build(&fetch, out), in);
    if (which == 13 && piece_parse(in, &fetch, &rest) == OK)
        same(piece_build(&fetch, rest, out), in);
    if (which == 5 && nonce_parse(in, &nonce) == OK)
        same(nonce_build(&nonce, out), in);
}

static void words(uint8_t which, struct bytes in, struct room out)
{
    enum link_word word;
    uint64_t utc_ms;
    uint8_t point[P256_PUBLIC_LEN];
    uint32_t code;
    enum reason what;
    struct said_event event;

    if (which == 14 && event_parse(in, &event) == OK)
        same(event_build(&event, out), in);
    if (which == 6 && link_parse(in, &word) == OK)
        same(link_build(word, out), in);
    if (which == 7 && number_parse(in, &utc_ms) == OK)
        same(number_build(utc_ms, out), in);
    if (which == 9 && point_parse(in, point) == OK)
        same(point_build(point, out), in);
    if (which == 8 && utc_parse(in, &utc_ms) == OK)
        same(utc_build(utc_ms, out), in);
    if (which == 10 && code_parse(in, &code) == OK)
        same(code_build(code, out), in);
    if (which == 11 && service_parse(in, &what) == OK)
        same(service_build(what, out), in);
}

/* Of the bodies that are long and of one length. */
static size_t length_of(uint8_t which)
{
    switch (which) {
    case 0: return READING_LEN;
    case 1: return STATE_LEN;
    case 2: return VIEW_LEN;
    case 12: return FETCH_LEN;
    case 13: return FETCH_LEN + 1;
    default: return 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[LIMIT_TALK_BODY];

    if (size < 2)
        return 0;
    bool fill = data[1] % 4 != 0;
    struct bytes in =
        filled((struct bytes){data + 2, size - 2}, fill ? length_of(data[0]) : 0);
    values(data[0], in, ROOM_OF(out));
    carriers(data[0], in, ROOM_OF(out));
    words(data[0], in, ROOM_OF(out));
    filled_free(in);
    return 0;
}
