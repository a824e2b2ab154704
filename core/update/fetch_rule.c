/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/fetch.h"

/* Req: HF-UPD-012 "never more than the stated length" */
bool fetch_fits(const struct fetch *f, uint32_t number, uint64_t len)
{
    uint64_t left = f->bundle_len - fetch_have(f);

    return left > 0 && number == f->next
        && len == (left < LIMIT_PIECE ? left : LIMIT_PIECE);
}
