/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status: what a caller should do next, one word per choice.
 *
 * A status never carries a value; results leave through out-pointers, which are
 * written only on OK. A broken precondition is a bug in the caller: assert it.
 */
#pragma once

#define MUST_USE __attribute__((warn_unused_result))

enum status {
    OK = 0,
    AGAIN,     /* nothing wrong: come back with more input, room or time */
    FULL,      /* no room: release something first */
    MALFORMED, /* bytes from outside do not parse: drop, count, carry on */
    REFUSED,   /* they parse, but a rule forbids it: drop, record who asked */
    DAMAGED,   /* our own stored bytes fail their check: raise an alarm */
    BROKEN,    /* hardware or OS said no: only a restart can help */
};

const char *status_name(enum status s);

/* The only macro in the tree that returns. Use it where nothing is held. */
#define TRY(call)                  \
    do {                           \
        enum status try_ = (call); \
        if (try_ != OK)            \
            return try_;           \
    } while (0)
