/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/watch_rule.h"

/* Req: HF-IMG-006 "A version that hangs shall be started anew by a watchdog that nothing in it can stop." */
bool watch_feeds(struct watch *w, uint64_t readings, bool over, uint64_t now_ms)
{
    if (readings != w->readings || over)
        *w = (struct watch){readings, now_ms};
    return now_ms - w->sign_ms < WATCH_SILENT_MS;
}
