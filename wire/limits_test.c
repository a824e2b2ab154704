/* SPDX-License-Identifier: Apache-2.0 */
/* docs/wire-format.md states limits; each is the one of core/base/limits.h. */
#include "core/base/limits.h"

#include "tests/support/check.h"

static const struct {
    const char *name;
    long value;
} limits[] = {
#define LIMIT(name) \
    {               \
        #name, name \
    }
    LIMIT(LIMIT_ENVELOPE),
    LIMIT(LIMIT_BATCH),
    LIMIT(LIMIT_ANSWER),
    LIMIT(LIMIT_BATCH_RECORDS),
    LIMIT(LIMIT_BATCH_EVENTS),
    LIMIT(LIMIT_BATCH_MS),
    LIMIT(LIMIT_ANSWER_OUTCOMES),
    LIMIT(LIMIT_CBOR_DEPTH),
    LIMIT(LIMIT_ENROL_TPM),
    LIMIT(LIMIT_ENDORSEMENT),
    LIMIT(LIMIT_BETWEEN),
    LIMIT(LIMIT_TPM_STRUCTURE),
    LIMIT(LIMIT_ATTEST_MS),
    LIMIT(LIMIT_PIN_SET),
    LIMIT(LIMIT_TICKET),
    LIMIT(LIMIT_TICKET_S),
    LIMIT(LIMIT_SERVICE_LOG),
    LIMIT(LIMIT_SERVICE_LOGS),
    LIMIT(LIMIT_LOG_LINES),
    LIMIT(LIMIT_LOG_CHECKS),
    LIMIT(LIMIT_LOG_FIGURES),
    LIMIT(LIMIT_RELEASE),
    LIMIT(LIMIT_UPDATE_BUNDLE),
    LIMIT(LIMIT_UPDATE_SIGNATURE),
    LIMIT(LIMIT_UPDATE_TRIES),
    LIMIT(LIMIT_CERT),
    LIMIT(LIMIT_CONF_FILE),
    LIMIT(LIMIT_NONCE_MS),
    LIMIT(LIMIT_TIME_TRIP_MS),
};
enum { COUNT = sizeof limits / sizeof limits[0] };

static void test_the_page_states_the_limits_of_the_product(void)
{
    char line[512], name[64];
    size_t found = 0;
    long value;
    FILE *f = fopen(WIRE_PAGE, "re");

    CHECK(f != NULL);
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "| LIMIT_%50[A-Z0-9_] | %ld |", name, &value) != 2)
            continue;
        size_t i = 0;
        while (i < COUNT && strcmp(limits[i].name + strlen("LIMIT_"), name) != 0)
            i++;
        CHECK(i < COUNT && limits[i].value == value);
        found++;
    }
    if (f)
        (void)fclose(f);
    CHECK(found == COUNT);
}

MAIN(TEST(test_the_page_states_the_limits_of_the_product))
