/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte picks the door, the second how long the body is at least; what its parser accepts must build back to the same bytes. */
#include "cloud/talk/doors.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct bytes in, struct bytes built)
{
    if (in.len != built.len || memcmp(in.at, built.at, in.len) != 0)
        abort();
}

#define TRY_DOOR(name, type)                        \
    {                                               \
        struct type v;                              \
        if (door_##name##_parse(in, &v) == OK)      \
            same(in, door_##name##_build(&v, out)); \
        break;                                      \
    }

static void try_door(uint8_t which, struct bytes in)
{
    static uint8_t mem[LIMIT_TALK_BODY];
    struct room out = ROOM_OF(mem);

    switch (which % 39) {
    case 0: {
        struct door_ingest v;
        struct bytes rest;
        if (door_ingest_parse(in, &v, &rest) == OK)
            same(in, door_ingest_build(&v, rest, out));
        break;
    }
    case 1: {
        struct door_ingested v;
        struct bytes rest;
        if (door_ingested_parse(in, &v, &rest) == OK)
            same(in, door_ingested_build(&v, rest, out));
        break;
    }
    case 2: TRY_DOOR(gate_event, door_gate_event)
    case 3: TRY_DOOR(admit, door_admit)
    case 4: TRY_DOOR(admitted, door_admitted)
    case 5: TRY_DOOR(device_id, device_id)
    case 6: TRY_DOOR(epoch, door_epoch)
    case 7: TRY_DOOR(kid, kid)
    case 8: TRY_DOOR(key, door_key)
    case 9: TRY_DOOR(enrolled, door_enrolled)
    case 10: TRY_DOOR(invite, door_invite)
    case 11: TRY_DOOR(invited, door_invited)
    case 12: TRY_DOOR(sign_in, door_sign_in)
    case 13: TRY_DOOR(signed_in, door_signed_in)
    case 14: TRY_DOOR(token, session_token)
    case 15: TRY_DOOR(devices, door_devices)
    case 16: TRY_DOOR(device_list, door_device_list)
    case 17: TRY_DOOR(trend, door_span)
    case 18: TRY_DOOR(trend_points, door_trend_points)
    case 19: TRY_DOOR(gaps, door_span)
    case 20: TRY_DOOR(gap_list, door_gap_list)
    case 21: TRY_DOOR(device_new, door_device_new)
    case 22: TRY_DOOR(device_made, door_device_made)
    case 23: TRY_DOOR(list, door_list)
    case 24: TRY_DOOR(list_batches, door_list)
    case 25: TRY_DOOR(config_set, door_config_set)
    case 26: TRY_DOOR(text, door_text)
    case 32: {
        struct door_attest v;
        struct bytes rest;
        if (door_attest_parse(in, &v, &rest) == OK)
            same(in, door_attest_build(&v, rest, out));
        break;
    }
    case 33: {
        struct door_attested v;
        struct bytes rest;
        if (door_attested_parse(in, &v, &rest) == OK)
            same(in, door_attested_build(&v, rest, out));
        break;
    }
    case 34: TRY_DOOR(attest_key, door_attest_key)
    case 35: TRY_DOOR(enrol_said, door_enrol_said)
    case 36: TRY_DOOR(user_remove, door_user_remove)
    case 37: TRY_DOOR(class_end, door_class_end)
    case 38: TRY_DOOR(class_ended, door_class_ended)
    case 28: TRY_DOOR(m1, door_m1)
    case 29: TRY_DOOR(release_roll, door_release_roll)
    case 30: TRY_DOOR(piece, door_piece)
    case 31: {
        struct door_bundle v;
        struct bytes rest;
        if (door_bundle_parse(in, &v, &rest) == OK)
            same(in, door_bundle_build(&v, rest, out));
        break;
    }
    case 27: {
        uint8_t v = 0;
        if (door_done_parse(in, &v) == OK)
            same(in, door_done_build(v, out));
        break;
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > LIMIT_TALK_BODY)
        return 0;
    struct bytes in = filled((struct bytes){data + 2, size - 2}, data[1]);
    if (in.len > 0)
        try_door(data[0], in);
    filled_free(in);
    return 0;
}
