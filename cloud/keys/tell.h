/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tell: what came of an enrolment goes to store, which makes an event of it, or else into our own log; once.
 *
 * Whoever reaches enrol, or has taken it, causes these: so store is told so many in a second, and what is more is a line
 * of our log. Not here: what the event says (cloud/store/enrol_said.h), renewals (store asks for them itself).
 */
#pragma once

#include "cloud/talk/doors.h"
#include "core/seal/kid.h"
#include "host/log.h"

enum { TELL_PER_S = 16 }; /* enrol passes ten on */

struct tell {
    struct log *log;
    void *ctx;
    bool (*store)(void *ctx, struct bytes said); /* false: store is not there */
    uint64_t window_ms;
    uint32_t in_window;
};

struct told { /* as keys_enrol() gives it */
    enum status status;
    const struct kid *who;
    const char *why;
    bool challenged; /* OK, and nobody is taken in yet */
};

void tell_enrol(struct tell *t, uint64_t now_ms, const struct told *v);
