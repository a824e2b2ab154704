/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/bundle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parts and signature lie inside, next to each other, and neither is empty. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct update_bundle b;

    if (update_bundle_parse((struct bytes){data, size}, &b) != OK)
        return 0;
    if (b.parts.at != data || b.parts.len < 1 || b.cms.at != data + b.parts.len
        || b.cms.len < 1 || b.cms.len > LIMIT_UPDATE_SIGNATURE
        || b.parts.len + b.cms.len + 8 != size)
        abort();
    return 0;
}
