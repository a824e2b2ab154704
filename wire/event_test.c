/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/event.h"

#include "tests/support/check.h"

static const struct {
    unsigned code;
    const char *name, *meaning;
} all[] = {
#define EVENT(name, code, text, meaning) {(code), (text), (meaning)},
#include "wire/event.def"
#undef EVENT
};
enum { COUNT = sizeof all / sizeof all[0] };

static void test_codes_are_unique_and_leave_the_receipts_free(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        CHECK(all[i].code >= 1 && all[i].code <= 199);
        for (size_t k = i + 1; k < COUNT; k++)
            CHECK(all[i].code != all[k].code && strcmp(all[i].name, all[k].name) != 0);
    }
}

static void test_each_code_has_its_name_and_others_are_unknown(void)
{
    size_t known = 0;
    for (unsigned code = 0; code < 256; code++)
        known += strcmp(event_name((uint8_t)code), "unknown") != 0;
    CHECK(known == COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        CHECK(strcmp(event_name((uint8_t)all[i].code), all[i].name) == 0);
        CHECK(strcmp(event_meaning((uint8_t)all[i].code), all[i].meaning) == 0);
    }
}

MAIN(TEST(test_codes_are_unique_and_leave_the_receipts_free),
    TEST(test_each_code_has_its_name_and_others_are_unknown))
