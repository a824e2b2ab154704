/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/fetch.h"

void fetch_begin(struct fetch *f, uint32_t bundle_len, uint64_t have)
{
    uint64_t whole = have > bundle_len ? 0 : have;

    *f = (struct fetch){
        .bundle_len = bundle_len, .next = (uint32_t)(whole / LIMIT_PIECE), .begun = 1};
    if (whole == bundle_len && whole % LIMIT_PIECE != 0)
        f->next++; /* the last one is short, and there */
}

uint32_t fetch_have(const struct fetch *f)
{
    uint64_t have = (uint64_t)f->next * LIMIT_PIECE;
    return have < f->bundle_len ? (uint32_t)have : f->bundle_len;
}

bool fetch_whole(const struct fetch *f)
{
    return fetch_have(f) == f->bundle_len;
}

/* Req: HF-UPD-012 "begun three times at most" */
bool fetch_anew(struct fetch *f)
{
    f->next = 0;
    return f->begun++ < LIMIT_FETCHES;
}
