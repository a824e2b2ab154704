/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/event.h"

#include <stddef.h>

const char *event_name(uint8_t code)
{
    switch (code) {
#define EVENT(name, code, text, meaning) \
    case code:                           \
        return text;
#include "wire/event.def"
#undef EVENT
    default: return "unknown";
    }
}

const char *event_meaning(uint8_t code)
{
    switch (code) {
#define EVENT(name, code, text, meaning) \
    case code:                           \
        return meaning;
#include "wire/event.def"
#undef EVENT
    default: return "an event of a newer device";
    }
}

static const struct {
    uint8_t code;
    enum reason reason;
} updates[] = {
    {EVENT_UPDATE_TRIAL, REASON_UPDATE_TRIAL},
    {EVENT_UPDATE_CONFIRMED, REASON_UPDATE_CONFIRMED},
    {EVENT_UPDATE_REVERTED, REASON_UPDATE_REVERTED},
    {EVENT_UPDATE_MALFORMED, REASON_UPDATE_MALFORMED},
    {EVENT_UPDATE_STATEMENT, REASON_UPDATE_STATEMENT},
    {EVENT_UPDATE_SIGNATURE, REASON_UPDATE_SIGNATURE},
    {EVENT_UPDATE_CLASS, REASON_UPDATE_CLASS},
    {EVENT_UPDATE_ROLLBACK, REASON_UPDATE_ROLLBACK},
    {EVENT_UPDATE_OLDER, REASON_UPDATE_OLDER},
    {EVENT_UPDATE_LEAP, REASON_UPDATE_LEAP},
    {EVENT_UPDATE_LENGTH, REASON_UPDATE_LENGTH},
    {EVENT_UPDATE_DIGEST, REASON_UPDATE_DIGEST},
    {EVENT_UPDATE_ROOM, REASON_UPDATE_ROOM},
    {EVENT_UPDATE_TRIED, REASON_UPDATE_TRIED},
    {EVENT_UPDATE_SLOT, REASON_UPDATE_SLOT},
    {EVENT_UPDATE_BOOT, REASON_UPDATE_BOOT},
    {EVENT_UPDATE_COUNTER, REASON_UPDATE_COUNTER},
    {EVENT_UPDATE_OTHER, REASON_UPDATE_OTHER},
    {EVENT_UPDATE_RECORD, REASON_UPDATE_RECORD},
};

bool event_of_update(uint8_t code, enum reason *out)
{
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++)
        if (updates[i].code == code) {
            *out = updates[i].reason;
            return true;
        }
    return false;
}
