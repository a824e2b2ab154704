/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cage parts: what only review/read/cage*.c use of each other.
 */
#pragma once

#include "review/read/cage.h"

enum { /* exit codes of a child; 0 is CAGE_DONE */
    EXIT_MEMORY = 4,
    EXIT_OPEN = 90,
    EXIT_NO_PROGRAM = 91,
};

enum task_kind { TASK_WORK, TASK_WORK_ON_TEXT, TASK_PDFTOTEXT };

struct task { /* caller to small parent */
    uint8_t kind, slot;
    uint32_t what;
    uint64_t len;
};

struct ended { /* small parent to caller */
    uint8_t slot, end;
};

struct slot_files {
    int input, text, output;
};

/* Rules that are made once and put on by each child. */
struct cage_rules {
    int nothing, programs; /* Landlock */
    void *filter;          /* struct sock_filter[] */
    unsigned short filter_len;
    struct cage_limits limits;
};

MUST_USE enum status cage_rules_make(struct cage_rules *r);
/* Put on in a child; descriptors from `first` on are closed. Ends it with EXIT_OPEN when a
 * rule does not take. */
void cage_close_for_work(const struct cage_rules *r, unsigned first);
void cage_close_for_program(const struct cage_rules *r, unsigned first);
/* For a child that may read files below these paths, as libgit2 must; one such child may use
 * more memory and time than a reader. Needs no rules made before. */
void cage_close_for_files(const char *const *paths, size_t count, unsigned first);
/* No capabilities, no new privileges, not to be traced. */
void cage_give_up(void);
/* The small parent: never returns. */
_Noreturn void cage_mind(int talk, const struct slot_files *slots, unsigned count,
    cage_work_fn *work, const struct cage_limits *limits);
