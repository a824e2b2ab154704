/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/boot_line.h"

#include "tests/support/check.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SALT "ff112233445566778899aabbccddeeff00112233445566778899aabbccddee00"
#define REST                                                                 \
    " holdfast.data=/dev/vdb holdfast.roothash=" HASH " holdfast.salt=" SALT \
    " holdfast.blocks=2500 holdfast.security-version=3"
#define PLACES                                                             \
    " holdfast.slot-a=/dev/vda2 holdfast.slot-b=/dev/vda3 holdfast.slot=b" \
    " holdfast.boot=/dev/vda1"
#define GOOD "quiet panic=-1" PLACES REST

static enum status parse(const char *text, struct boot_line *out)
{
    return boot_line_parse((struct bytes){(const uint8_t *)text, strlen(text)}, out);
}

static void test_a_signed_line_gives_its_nine_values_and_other_words_are_the_kernels(
    void)
{
    struct boot_line l = {0};

    CHECK(parse(GOOD "\n", &l) == OK);
    CHECK(strcmp(l.slots[0], "/dev/vda2") == 0 && strcmp(l.slots[1], "/dev/vda3") == 0);
    CHECK(l.slot == 1 && strcmp(l.root, "/dev/vda3") == 0);
    CHECK(strcmp(l.boot, "/dev/vda1") == 0 && strcmp(l.data, "/dev/vdb") == 0);
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
        {"no slots", "quiet" REST},
        {"no slot that starts",
            "holdfast.slot-a=/dev/a holdfast.slot-b=/dev/b "
            "holdfast.boot=/dev/c" REST},
        {"a third slot",
            "holdfast.slot-a=/dev/a holdfast.slot-b=/dev/b "
            "holdfast.slot=c holdfast.boot=/dev/c" REST},
        {"two letters",
            "holdfast.slot-a=/dev/a holdfast.slot-b=/dev/b "
            "holdfast.slot=ab holdfast.boot=/dev/c" REST},
        {"both slots the same",
            "holdfast.slot-a=/dev/a holdfast.slot-b=/dev/a "
            "holdfast.slot=a holdfast.boot=/dev/c" REST},
        {"a slot that is the writable partition",
            "holdfast.slot-a=/dev/a holdfast.slot-b=/dev/vdb "
            "holdfast.slot=a holdfast.boot=/dev/c" REST},
        {"version appended", GOOD " holdfast.security-version=9"},
        {"the same again", GOOD " holdfast.slot=b"},
        {"unknown word", GOOD " holdfast.debug=1"},
        {"no value",
            "holdfast.slot-a= holdfast.slot-b=/dev/b holdfast.slot=b holdfast.boot=/dev/c" REST},
        {"no device",
            "holdfast.slot-a=/etc/passwd holdfast.slot-b=/dev/b holdfast.slot=b holdfast.boot=/dev/c" REST},
        {"a folder up",
            "holdfast.slot-a=/dev/../x holdfast.slot-b=/dev/b holdfast.slot=b holdfast.boot=/dev/c" REST},
        {"a long device",
            "holdfast.slot-a=/dev/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa holdfast.slot-b=/dev/b holdfast.slot=b holdfast.boot=/dev/c" REST},
        {"upper case",
            "holdfast.slot-a=/dev/VDA holdfast.slot-b=/dev/b holdfast.slot=b holdfast.boot=/dev/c" REST},
        {"short hash",
            PLACES " holdfast.data=/dev/vdb "
                   "holdfast.roothash=00 holdfast.salt=" SALT
                   " holdfast.blocks=1 holdfast.security-version=1"},
        {"leading nought",
            PLACES " holdfast.data=/dev/vdb "
                   "holdfast.roothash=" HASH " holdfast.salt=" SALT
                   " holdfast.blocks=01 holdfast.security-version=1"},
        {"version nought",
            PLACES " holdfast.data=/dev/vdb "
                   "holdfast.roothash=" HASH " holdfast.salt=" SALT
                   " holdfast.blocks=1 holdfast.security-version=0"},
        {"too many blocks",
            PLACES " holdfast.data=/dev/vdb "
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
        {"a signed line gives its nine values and other words are the kernel's",
            test_a_signed_line_gives_its_nine_values_and_other_words_are_the_kernels},
        {"a word that is missing, doubled, unknown or of another form takes nothing",
            test_a_word_that_is_missing_doubled_unknown_or_of_another_form_takes_nothing},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
