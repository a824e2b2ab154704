/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/judge.h"

#include "wire/event.h"

#include "tests/support/check.h"

static const struct update_self self = {.product = "holdfast-oximeter",
    .version = {1, 4, 2},
    .security_version = 5,
    .build = {{1}}};

/* Req: HF-UPD-003 "A device shall refuse a release of another product class, of a security version below the one that it has confirmed, or of the same security version that is not newer." */
static void test_class_version_and_security_version_decide(void)
{
    static const struct {
        const char *what, *product;
        struct release_version version;
        uint32_t security;
        uint64_t counter;
        uint8_t why;
    } rows[] = {
        {"newer", "holdfast-oximeter", {1, 4, 3}, 5, 5, 0},
        {"newer and safer", "holdfast-oximeter", {1, 5, 0}, 6, 5, 0},
        {"safer, from an older line", "holdfast-oximeter", {1, 3, 9}, 6, 5, 0},
        {"other class", "holdfast-monitor", {1, 4, 3}, 5, 5, EVENT_UPDATE_CLASS},
        {"a longer class", "holdfast-oximeter2", {1, 4, 3}, 5, 5, EVENT_UPDATE_CLASS},
        {"below the counter", "holdfast-oximeter", {9, 0, 0}, 4, 5,
            EVENT_UPDATE_ROLLBACK},
        {"below what runs, above the counter", "holdfast-oximeter", {9, 0, 0}, 4, 0,
            EVENT_UPDATE_ROLLBACK},
        {"below a counter above what runs", "holdfast-oximeter", {9, 0, 0}, 5, 6,
            EVENT_UPDATE_ROLLBACK},
        {"the same", "holdfast-oximeter", {1, 4, 2}, 5, 5, EVENT_UPDATE_OLDER},
        {"equal counter, older", "holdfast-oximeter", {1, 4, 1}, 5, 5,
            EVENT_UPDATE_OLDER},
        {"equal counter, older in front", "holdfast-oximeter", {0, 9, 9}, 5, 5,
            EVENT_UPDATE_OLDER},
        {"64 ahead", "holdfast-oximeter", {2, 0, 0}, 69, 5, 0},
        {"65 ahead", "holdfast-oximeter", {2, 0, 0}, 70, 5, EVENT_UPDATE_LEAP},
        {"as far as can be", "holdfast-oximeter", {2, 0, 0}, UINT32_MAX, 5,
            EVENT_UPDATE_LEAP},
    };
    struct update_record none;

    memset(&none, 0, sizeof none);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct release r = {
            .version = rows[i].version, .security_version = rows[i].security};
        (void)snprintf(r.product, sizeof r.product, "%s", rows[i].product);
        uint8_t why = update_judge(&r, &self, rows[i].counter, &none);
        if (why != rows[i].why)
            printf("# %s: %s\n", rows[i].what, event_name(why));
        CHECK(why == rows[i].why);
    }
}

static void test_a_release_is_not_tried_a_fourth_time(void)
{
    struct update_record record;
    struct release r = {.product = "holdfast-oximeter",
        .version = {2, 0, 0},
        .security_version = 5,
        .bundle_digest = {{7}}};

    memset(&record, 0, sizeof record);
    for (int i = 0; i < LIMIT_UPDATE_TRIES; i++) {
        CHECK(update_judge(&r, &self, 5, &record) == 0);
        update_tried(&record, &r.bundle_digest);
    }
    CHECK(update_judge(&r, &self, 5, &record) == EVENT_UPDATE_TRIED);
    r.bundle_digest.b[31] = 1;
    CHECK(update_judge(&r, &self, 5, &record) == 0);
}

MAIN(TEST(test_class_version_and_security_version_decide),
    TEST(test_a_release_is_not_tried_a_fourth_time))
