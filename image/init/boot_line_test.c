/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/boot_line.h"

#include "tests/support/check.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SALT "ff112233445566778899aabbccddeeff00112233445566778899aabbccddee00"
#define REST                                                                 \
    " holdfast.data=/dev/vdb holdfast.roothash=" HASH " holdfast.salt=" SALT \
    " holdfast.blocks=2500 holdfast.security-version=3"
#define GOOD "quiet panic=-1 holdfast.root=/dev/vda2" REST

static enum status parse(const char *text, struct boot_line *out)
{
    return boot_line_parse((struct bytes){(const uint8_t *)text, strlen(text)}, out);
}

static void test_a_signed_line_gives_its_six_values_and_other_words_are_the_kernels(
    void)
{
    struct boot_line l = {0};

    CHECK(parse(GOOD "\n", &l) == OK);
    CHECK(strcmp(l.root, "/dev/vda2") == 0 && strcmp(l.data, "/dev/vdb") == 0);
    CHECK(strcmp(l.hash, HASH) == 0 && strcmp(l.salt, SALT) == 0);
    CHECK(l.block_count == 2500 && l.security_version == 3);
}

static void
test_a_word_that_is_missing_doubled_unknown_or_of_another_form_takes_nothing(void)
{
    static const struct {
        const char *what, *line;
    } cases[] = {
        {"empty", ""},
        {"no root", "quiet" REST},
        {"version appended", GOOD " holdfast.security-version=9"},
        {"the same again", GOOD " holdfast.root=/dev/vda2"},
        {"unknown word", GOOD " holdfast.debug=1"},
        {"no value", "holdfast.root=" REST},
        {"no device", "holdfast.root=/etc/passwd" REST},
        {"a folder up", "holdfast.root=/dev/../x" REST},
        {"a long device", "holdfast.root=/dev/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" REST},
        {"upper case", "holdfast.root=/dev/VDA" REST},
        {"short hash",
            "holdfast.root=/dev/vda holdfast.data=/dev/vdb "
            "holdfast.roothash=00 holdfast.salt=" SALT
            " holdfast.blocks=1 holdfast.security-version=1"},
        {"leading nought",
            "holdfast.root=/dev/vda holdfast.data=/dev/vdb "
            "holdfast.roothash=" HASH " holdfast.salt=" SALT
            " holdfast.blocks=01 holdfast.security-version=1"},
        {"version nought",
            "holdfast.root=/dev/vda holdfast.data=/dev/vdb "
            "holdfast.roothash=" HASH " holdfast.salt=" SALT
            " holdfast.blocks=1 holdfast.security-version=0"},
        {"too many blocks",
            "holdfast.root=/dev/vda holdfast.data=/dev/vdb "
            "holdfast.roothash=" HASH " holdfast.salt=" SALT
            " holdfast.blocks=9999999999 holdfast.security-version=1"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct boot_line l = {.block_count = 7};
        enum status s = parse(cases[i].line, &l);
        if (s != MALFORMED)
            printf("# %s\n", cases[i].what);
        CHECK(s == MALFORMED && l.block_count == 7 && l.root[0] == '\0');
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"a signed line gives its six values and other words are the kernel's",
            test_a_signed_line_gives_its_six_values_and_other_words_are_the_kernels},
        {"a word that is missing, doubled, unknown or of another form takes nothing",
            test_a_word_that_is_missing_doubled_unknown_or_of_another_form_takes_nothing},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
