/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/wording.h"

#include "tests/support/check.h"

static bool vague(const char *text)
{
    return wording_of(text_of(text)).vague;
}

static void the_sentence_that_names_no_mechanism_is_found_and_its_four_children_are_not(
    void)
{
    struct wording w = wording_of(TEXT("The device shall authenticate to the cloud."));
    CHECK(w.vague && w.gap == GAP_MECHANISM && w.word_count == 1);
    CHECK(w.word_count && text_same(w.words[0], TEXT("authenticate to")));
    CHECK(!vague(
        "A device's credential shall reach that device's own telemetry endpoint only."));
    CHECK(!vague(
        "Every message shall be protected by TLS 1.3 with pinning and, independently, by a "
        "message authentication code under a per-device key."));
    CHECK(!vague(
        "While the cloud cannot be reached the device shall keep measuring, shall not use "
        "any unauthenticated channel, and shall show the unsynchronised state."));
    CHECK(!vague(
        "Every payload received from the cloud shall be checked against its schema before "
        "use; one that fails shall be refused and logged."));
}

static void open_words_escapes_and_unfinished_bounds_are_found(void)
{
    static const char *const found[] = {
        "The device shall be secure.",
        "Data shall be protected as appropriate.",
        "Sessions shall be ended where possible.",
        "The system shall use strong encryption.",
        "The device shall support updates.",
        "The system shall handle errors.",
        "The response shall arrive within X ms.",
        "The alarm limit shall be 90 % (to be confirmed?)",
        "Access shall be limited to the level of access necessary for the task.",
        "All inputs shall be validated.",
        "Keys shall be stored securely.",
    };
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        CHECK(vague(found[i]));
        if (!vague(found[i]))
            printf("# not found: %s\n", found[i]);
    }
}

static void a_bound_a_mechanism_or_a_name_makes_a_sentence_testable(void)
{
    static const char *const good[] = {
        "The device shall support at least two pinned certificates.",
        "Secure boot shall refuse an image whose signature does not verify.",
        "The MAC address shall be shown on the service page.",
        "The channel shall protect against replay of messages.",
        "The lower alarm limit shall be settable only between 80 % and 95 %.",
        "The service shall answer HTTP 401 to a request without a token.",
        "If the file is empty, the tool shall exit with code 3.",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CHECK(!vague(good[i]));
        if (vague(good[i]))
            printf("# found: %s\n", good[i]);
    }
}

static void words_are_matched_whole(void)
{
    CHECK(!vague("The insecurely named file shall be deleted before the next start."));
    CHECK(!vague("The breakfast menu shall be shown at 7:00."));
    CHECK(!vague(""));
}

static void things_that_can_fail_alone_are_counted(void)
{
    CHECK(wording_parts(TEXT("It shall be answered 403.")) == 1);
    CHECK(wording_parts(TEXT("It shall be refused and logged.")) == 2);
    CHECK(wording_parts(TEXT("It shall measure, shall store and shall show the state."))
        == 3);
    CHECK(wording_parts(TEXT("Date and time shall be shown.")) == 1);
}

MAIN(TEST(the_sentence_that_names_no_mechanism_is_found_and_its_four_children_are_not),
    TEST(open_words_escapes_and_unfinished_bounds_are_found),
    TEST(a_bound_a_mechanism_or_a_name_makes_a_sentence_testable),
    TEST(words_are_matched_whole), TEST(things_that_can_fail_alone_are_counted))
