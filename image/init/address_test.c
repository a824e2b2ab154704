/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/address.h"

#include "tests/support/check.h"

#include <arpa/inet.h>

static enum status parse(const char *text, struct address *out)
{
    struct conf_error err;

    return address_parse(
        (struct bytes){(const uint8_t *)text, strlen(text)}, out, &err);
}

static void test_a_file_gives_address_mask_and_gateway(void)
{
    struct address a = {0};

    CHECK(parse("address = \"10.0.2.15\"\ngateway = \"10.0.2.2\"\n", &a) == OK);
    CHECK(a.own.s_addr == htonl(0x0a00020f) && a.gateway.s_addr == htonl(0x0a000202)
        && a.mask.s_addr == htonl(0xffffff00));
    CHECK(parse("address=\"10.9.2.15\"\nprefix_bits=8\ngateway=\"10.0.2.2\"\n", &a)
        == OK);
    CHECK(a.mask.s_addr == htonl(0xff000000));
}

static void test_what_is_no_address_or_not_of_one_network_takes_nothing(void)
{
    static const char *const wrong[] = {
        "",
        "address = \"10.0.2.15\"\n",
        "address = \"10.0.2.256\"\ngateway = \"10.0.2.2\"\n",
        "address = \"10.0.2.15\"\ngateway = \"10.0.3.2\"\n",
        "address = \"10.0.2.15\"\ngateway = \"10.0.2.15\"\n",
        "address = \"10.0.2.15\"\ngateway = \"localhost\"\n",
        "address = \"10.0.2.15\"\nprefix_bits = 31\ngateway = \"10.0.2.14\"\n",
        "address = \"10.0.2.15\"\nprefix_bits = 0\ngateway = \"10.0.2.2\"\n",
        "address = \"10.0.2.15\"\ngateway = \"10.0.2.2\"\nssh = true\n",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct address a = {.own.s_addr = 7};
        CHECK(parse(wrong[i], &a) == MALFORMED && a.own.s_addr == 7);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"a file gives address, mask and gateway",
            test_a_file_gives_address_mask_and_gateway},
        {"what is no address or not of one network takes nothing",
            test_what_is_no_address_or_not_of_one_network_takes_nothing},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
