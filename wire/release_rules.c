/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/release.h"

#include "core/base/sha256.h"
#include "wire/service_log.h"

#include <string.h>

int release_version_order(struct release_version a, struct release_version b)
{
    int order[] = {a.major - b.major, a.minor - b.minor, a.patch - b.patch};

    return order[0] != 0 ? order[0] : order[1] != 0 ? order[1] : order[2];
}

void release_class_mark(const char *product, uint8_t out[EVENT_ABOUT_LEN])
{
    struct sha256 all;
    struct digest d;

    sha256_start(&all);
    sha256_more(&all, (struct bytes){(const uint8_t *)product, strlen(product)});
    sha256_peek(&all, &d);
    memcpy(out, d.b, EVENT_ABOUT_LEN);
}

bool release_rules_hold(const struct release *r)
{
    uint64_t sum = 0;
    bool good = log_word_holds(r->product) && r->part_count >= 1
        && r->part_count <= RELEASE_PARTS && r->bundle_len <= LIMIT_UPDATE_BUNDLE;

    for (size_t i = 0; good && i < r->part_count; i++) {
        good = r->parts[i].len >= 1 && r->parts[i].len <= LIMIT_UPDATE_BUNDLE;
        sum += r->parts[i].len;
    }
    return good && sum < r->bundle_len;
}
