/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/bundle.h"

#include "core/base/reader.h"

enum { TRAILER = 8 };

enum status update_bundle_parse(struct bytes in, struct update_bundle *out)
{
    if (in.len <= TRAILER || in.len > LIMIT_UPDATE_BUNDLE)
        return MALFORMED;
    size_t before = in.len - TRAILER;
    struct reader r = reader_over((struct bytes){in.at + before, TRAILER});
    uint64_t cms = take_u64(&r);

    if (cms < 1 || cms > LIMIT_UPDATE_SIGNATURE || cms >= before)
        return MALFORMED;
    out->parts = (struct bytes){in.at, before - (size_t)cms};
    out->cms = (struct bytes){in.at + before - (size_t)cms, (size_t)cms};
    return OK;
}
