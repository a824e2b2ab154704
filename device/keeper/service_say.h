/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service say: what of this device's log may leave it under a service ticket.
 *
 * Promise: a positive list. Of a reason that is on it one fixed word and one count may go, each
 * under the field name that the list gives; everything else stays here: other reasons, other
 * fields, bytes of any kind, ids. So neither a key nor a value of the patient has a way out,
 * whatever somebody writes into a log line later. Control: service log list.
 */
#pragma once

#include "host/log.h"
#include "wire/service_log.h"

/* False: nothing of it may leave. */
bool service_say(enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint64_t mono_ms,
    struct log_line *out);
