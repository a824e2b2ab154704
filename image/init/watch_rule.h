/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watch rule: whether init feeds the watchdog while the device measures. A control of its own.
 *
 * The sign of life is the count of readings that measure has made, with or without a value: one a second. The
 * program's end is none: init sees it and starts it again. A recording that is over tells of no more, and hangs not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { WATCH_SILENT_MS = 20000 };

struct watch {
    uint64_t readings; /* seen last */
    uint64_t sign_ms;  /* when it was another, or when the program was started */
};

bool watch_feeds(struct watch *w, uint64_t readings, bool over, uint64_t now_ms);
