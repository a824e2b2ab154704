/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/why.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const char area[] = "attest.";

const char *attest_word(enum reason reason)
{
    assert(strncmp(reason_code(reason), area, strlen(area)) == 0);
    return reason_code(reason) + strlen(area);
}

enum reason attest_reason(const char *word)
{
    static const enum reason all[] = {REASON_ATTEST_ACTIVATION,
        REASON_ATTEST_ATTRIBUTES, REASON_ATTEST_BINDING, REASON_ATTEST_CERTIFICATE,
        REASON_ATTEST_CHANNEL, REASON_ATTEST_KEY, REASON_ATTEST_KIND,
        REASON_ATTEST_MAKER, REASON_ATTEST_MEASUREMENTS, REASON_ATTEST_NAME,
        REASON_ATTEST_NONCE, REASON_ATTEST_OTHER, REASON_ATTEST_PURPOSE,
        REASON_ATTEST_SELECTION, REASON_ATTEST_SIGNATURE, REASON_ATTEST_STRUCTURE,
        REASON_ATTEST_UNKNOWN, REASON_ATTEST_VERSION};
    size_t i = 0;

    while (i < sizeof all / sizeof all[0] && strcmp(attest_word(all[i]), word) != 0)
        i++;
    assert(i < sizeof all / sizeof all[0]);
    return all[i];
}
