/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cage: work on bytes from outside, each piece in a process of its own that has nothing.
 *
 * cage_start() forks a small parent, before anything large is in memory. For each piece of
 * work that one forks a child, and the child has: the input, mapped read-only; the output, a
 * memory file that cannot grow beyond its limit; and by Landlock, a seccomp allow-list
 * and limits no file, no network, no program, no other process. It ends by itself or is ended
 * after its seconds of CPU or of waiting; nothing that it does ends the caller.
 *
 * A piece has a slot: one input and one output. Input is copied into the slot by the caller:
 * a file that changes or shrinks meanwhile can neither change what was hashed nor fault.
 *
 * Not here: what the work is, and what its output means.
 */
#pragma once

#include "core/base/status.h"
#include "review/base/arena.h"

enum {
    CAGE_SLOTS_MAX = 32,
    CAGE_INPUT_MAX = 67108864,
};

struct cage_limits { /* of one child; pdftotext gets twice the memory */
    unsigned cpu_s, wall_s;
    uint64_t memory_max, output_max; /* bytes: address space, what it may write */
    uint64_t input_max;              /* bytes; 0: CAGE_INPUT_MAX */
};

enum cage_end {
    CAGE_DONE,
    CAGE_TIME,
    CAGE_MEMORY,
    CAGE_TOO_MUCH,   /* more output than the limit */
    CAGE_CRASH,      /* a signal, or an exit that nobody planned */
    CAGE_NO_PROGRAM, /* pdftotext is not installed */
    CAGE_REFUSED,    /* pdftotext ended with an error: damaged or locked */
    CAGE_OPEN,       /* confinement did not take: the run must end */
};

/* Runs in the child; `out_fd` takes write() only. A plain return is CAGE_DONE. */
typedef void cage_work_fn(uint32_t what, struct bytes input, int out_fd);

struct cage;

MUST_USE enum status cage_start(struct cage **out, unsigned slots, cage_work_fn *work,
    const struct cage_limits *limits);
void cage_end(struct cage *c); /* ends the children too */
unsigned cage_slots(const struct cage *c);
/* Where the input of a free slot goes; as many bytes as the limits say. */
struct room cage_input(struct cage *c, unsigned slot);
/* The work on the first `len` bytes of the input begins; the slot is taken until it ends. */
MUST_USE enum status cage_work(
    struct cage *c, unsigned slot, uint32_t what, size_t len);
/* The same with what cage_pdftotext() left in this slot as the input. */
MUST_USE enum status cage_work_on_text(struct cage *c, unsigned slot, uint32_t what);
/* `pdftotext -bbox-layout` on the input, in a cage that may read /usr and nothing else. */
MUST_USE enum status cage_pdftotext(struct cage *c, unsigned slot, size_t len);
/* Waits for the next end. BROKEN: the small parent is gone. */
MUST_USE enum status cage_wait(struct cage *c, unsigned *slot, enum cage_end *end);
/* What the work wrote, however it ended; empties the slot. */
struct bytes cage_output(struct cage *c, unsigned slot, struct arena *into);
