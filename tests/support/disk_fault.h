/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disk fault: a file system whose n-th call fails, and which may lose power after that.
 *
 * Takes the place of write, fsync, rename and unlink (linked with -Wl,--wrap). A write that fails has
 * written the half. A rename or a removal is seen at once, and is undone by a cut of power unless its
 * folder was synced after it; they are undone from the newest on, as a journal of a file system does
 * it. A sync of a folder that fails leaves that open; a later one that works settles it.
 *
 * One folder at a time, in one thread; files of at most DISK_FILE_MAX bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DISK_FILE_MAX = 8192, DISK_OPEN_MAX = 64 };

/* The n-th call from now on (0: the next one) fails, and `run` of them in all; n < 0: none does. What
 * is not settled is forgotten: whoever arms it begins anew. */
void disk_fault_at(long n, long run);
/* How many have failed. */
long disk_fault_fired(void);
/* None fails any more; what is not settled stays so. */
void disk_fault_ends(void);
/*
 * Every call of an act fails in its turn, alone and from there on, and power is cut in every form after it:
 *     for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
 *         ...; disk_sweep_arm(&w); the act; disk_sweep_ends(&w); ...; disk_cut(w.form); ...
 */
struct disk_sweep {
    bool begun, all; /* all: from that call on none works */
    long n, fired;   /* fired: of the act, after disk_sweep_ends() */
    int form, forms;
};
bool disk_sweep_next(struct disk_sweep *w);
void disk_sweep_arm(const struct disk_sweep *w);
void disk_sweep_ends(struct disk_sweep *w);
/* How many forms a cut of power can take now, from 1; and that cut. */
int disk_forms(void);
void disk_cut(int form);
