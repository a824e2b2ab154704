/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/event.h"

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
