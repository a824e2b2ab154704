/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service log: what a device tells of itself while a service ticket is in force.
 *
 * Lines of the device's own log, self-test results and figures, all of short words and numbers.
 * *_parse: MALFORMED if the bytes are not exactly one log of holdfast.cddl in its one encoding;
 * `out` is untouched then. *_build: FULL if `out` is too small; the caller must bring values
 * inside their ranges (asserted).
 *
 * Not here: what may become a line (core/service/service_say), sealing (core/seal).
 */
#pragma once

#include "core/base/status.h"
#include "wire/ticket.h"
#include "wire/types.h"

struct log_line {
    uint8_t level;             /* 0..3: info, warn, refuse, fault */
    char code[WORD_MAX + 1];   /* core/base/reason.def */
    char detail[WORD_MAX + 1]; /* "": none */
    bool has_number;
    uint64_t number;
    uint16_t count;             /* 1..: so many lines that were the same */
    uint64_t first_ms, last_ms; /* monotonic */
};

struct log_check { /* a self-test */
    char name[WORD_MAX + 1];
    bool passed;
};

struct log_figure {
    char name[WORD_MAX + 1];
    uint64_t value; /* 0..2^53-1 */
};

struct service_log {
    uint32_t seq; /* in this epoch, counted with the batches */
    struct serial serial;
    uint8_t part; /* of the logs under that ticket, from 0 */
    uint64_t mono_ms;
    bool has_utc;
    uint64_t utc_ms; /* zero unless has_utc */
    char holder[HOLDER_MAX + 1];
    uint8_t line_count, check_count, figure_count;
    struct log_line lines[LIMIT_LOG_LINES];
    struct log_check checks[LIMIT_LOG_CHECKS];
    struct log_figure figures[LIMIT_LOG_FIGURES];
};

bool log_word_holds(const char word[WORD_MAX + 1]); /* [a-z0-9._-]{1,32} */
bool service_log_rules_hold(const struct service_log *log);
MUST_USE enum status service_log_parse(struct bytes in, struct service_log *out);
MUST_USE enum status service_log_build(
    const struct service_log *log, struct room out, size_t *len);
