/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress: one line on the terminal that says how far a long run is.
 *
 * Nothing is shown in the first second, nor while no stage is begun: a verb that ends its
 * stages before it prints has the terminal to itself, the line is gone then. A thread of its own
 * draws, so that a stage that counts nothing is seen to go on; it begins with the first stage,
 * behind all forks.
 *
 * Not here: whether there is a terminal, and whether the user wants it (main.c). Every function
 * takes NULL, and then does nothing.
 */
#pragma once

#include <stdint.h>

struct progress;

/* NULL: there is no room for it. `fd` is the terminal. */
struct progress *progress_new(int fd);
/* `what` is of static storage: "reading". A stage ends with the next one, or with its end. */
void progress_begin(struct progress *p, const char *what);
/* How many of how many; of = 0: the stage counts nothing. */
void progress_told(void *progress, uint32_t done, uint32_t of);
void progress_end(struct progress *p);
void progress_free(struct progress *p);
