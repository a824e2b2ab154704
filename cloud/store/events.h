/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: every refusal and every act, one row each, bounded.
 *
 * Past a quota in a minute rows fold into one with a count; the oldest give way past a total.
 * A row holds code, device and request, never bytes of a message.
 */
#pragma once

#include "cloud/store/store.h"

enum {
    EVENTS_EACH = 256,    /* own rows of one reason and device in a minute */
    EVENTS_MINUTE = 4096, /* own rows of all in a minute */
    EVENTS_KEPT = 1000000,
};

/* One log line, and one row in the open transaction. device, request may be NULL. */
MUST_USE enum status event_add(struct store *s, enum log_level level,
    enum reason reason, const struct device_id *device, const char *request);
/* At start: let the oldest go. */
MUST_USE enum status events_trim(struct store *s);
