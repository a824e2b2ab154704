/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/counter.h"

#include "tests/support/check.h"

#include <stdbool.h>

/* Answers of swtpm 0.7.1 to counter_command(), and what they become when a byte is changed. */
static const uint8_t three[] = {0x80, 0x02, 0, 0, 0, 29, 0, 0, 0, 0, 0, 0, 0, 10, 0, 8,
    0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 1, 0, 0};
static const uint8_t no_index[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x01, 0x8b};

static void test_the_value_and_the_refusal_of_a_real_tpm_are_understood(void)
{
    uint64_t value = 0;
    uint32_t says = 0;

    CHECK(counter_parse(BYTES_OF(three), &value, &says) == OK && value == 3);
    CHECK(counter_parse(BYTES_OF(no_index), &value, &says) == REFUSED && says == 0x18b);
    CHECK(value == 3);
}

static void test_an_answer_cut_short_extended_or_of_another_form_gives_no_value(void)
{
    uint64_t value = 77;
    uint32_t says = 0;
    uint8_t longer[sizeof three + 1] = {0};

    for (size_t n = 0; n < sizeof three; n++)
        CHECK(counter_parse((struct bytes){three, n}, &value, &says) == MALFORMED);
    memcpy(longer, three, sizeof three);
    CHECK(counter_parse(BYTES_OF(longer), &value, &says) == MALFORMED);
    for (size_t i = 0; i < sizeof three; i++) {
        memcpy(longer, three, sizeof three);
        longer[i] ^= 0x40;
        bool free_byte = (i >= 16 && i < 24) || i == 26; /* value, attributes */
        enum status s =
            counter_parse((struct bytes){longer, sizeof three}, &value, &says);
        CHECK(free_byte ? s == OK : s == MALFORMED);
    }
}

static void test_the_command_is_as_long_as_it_says_and_names_the_index(void)
{
    uint8_t c[COUNTER_COMMAND_LEN];
    static const uint8_t index[] = {0x01, 0x50, 0x00, 0x01};

    counter_command(c);
    CHECK(c[5] == sizeof c && memcmp(c + 10, index, 4) == 0
        && memcmp(c + 14, index, 4) == 0);
}

int main(void)
{
    static const struct test tests[] = {
        {"the value and the refusal of a real TPM are understood",
            test_the_value_and_the_refusal_of_a_real_tpm_are_understood},
        {"an answer cut short, extended or of another form gives no value",
            test_an_answer_cut_short_extended_or_of_another_form_gives_no_value},
        {"the command is as long as it says and names the index",
            test_the_command_is_as_long_as_it_says_and_names_the_index},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
