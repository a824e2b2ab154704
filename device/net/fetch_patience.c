/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/fetcher.h"

/* Req: HF-UPD-010 "a batch that waits, waits for one piece for two seconds at most" */
bool fetcher_stalls(const struct fetcher *f, uint64_t now_ms, bool batch_waits)
{
    return f->asked
        && now_ms - f->asked_ms
        > (uint64_t)(batch_waits ? FETCH_PATIENCE_MS : FETCH_ANSWER_MS);
}
