/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash simulator: raw flash in memory that can lose power.
 *
 * What was programmed or erased since the last sync is pending. A cut leaves the durable content
 * and of the pending operations whatever its form says: dropped, kept, torn, reordered. The port
 * holds its users to the contract of core/port/flash.h: a second program of a unit between two
 * erases, a wrong offset or length is counted in `faults` and answered BROKEN; tests check that
 * it stayed 0. A unit that a cut may have touched without completing counts as programmed.
 *
 * A call can also fail and the program go on (flash_sim_fail_at): a write is then done in part; a sync
 * that fails drops what was pending, or parts of it, and reads show it all the same, as a kernel's
 * cache does, until the flash is opened anew.
 *
 * Sector 4096, unit 16. Memory is of fixed size: one struct, copied by assignment-like
 * flash_sim_copy (the port points to itself).
 */
#pragma once

#include "core/port/flash.h"

#include <stdbool.h>

enum {
    SIM_SECTOR = 4096,
    SIM_UNIT = 16,
    SIM_SECTORS_MAX = 64,
    SIM_UNITS = SIM_SECTOR / SIM_UNIT,
    SIM_PENDING_MAX = 96,
    SIM_DATA_MAX = 65536, /* pending bytes */
};

struct sim_op {
    bool erase;
    uint32_t at;             /* byte offset */
    uint32_t len;            /* bytes; a sector for erase */
    uint32_t data;           /* where in data[] */
    uint32_t from, to, half; /* what is done of it, in units: all, unless it failed */
};

struct sim_image {
    uint8_t bytes[SIM_SECTORS_MAX][SIM_SECTOR];
    uint8_t touched[SIM_SECTORS_MAX][SIM_UNITS]; /* programmed since the erase */
};

struct flash_sim {
    struct flash port;
    uint64_t seed;
    long ops;       /* program, erase and sync calls so far */
    long cut_at;    /* that call is the last one begun; -1: none */
    long fail_sync; /* so many more syncs succeed, the next is BROKEN; -1: none */
    long fail_in,
        fail_run; /* so many more calls work, the next so many fail; -1: none */
    unsigned fail_kinds;
    uint64_t fail_state;
    long failed; /* calls that have failed so */
    bool off;    /* everything is BROKEN until a power cycle */
    long syncs;
    long faults;       /* broken contract: must stay 0 */
    const char *fault; /* the first */
    struct sim_image durable, now;
    struct sim_op pending[SIM_PENDING_MAX];
    uint32_t pending_count;
    uint8_t data[SIM_DATA_MAX];
    uint32_t data_len;
};

/* Erased flash; sectors <= SIM_SECTORS_MAX. */
void flash_sim_init(struct flash_sim *sim, uint32_t sectors, uint64_t seed);
void flash_sim_copy(struct flash_sim *to, const struct flash_sim *from);

/* The n-th call (0: the next one) of program, erase or sync is cut: it and all later return
 * BROKEN, reads too. n < 0: no cut. */
void flash_sim_cut_at(struct flash_sim *sim, long n);
/* The n-th sync from now on (0: the next one) returns BROKEN, and so does everything after it
 * until a power cycle or flash_sim_restart. */
void flash_sim_fail_sync(struct flash_sim *sim, long n);
enum { SIM_FAIL_READS = 1, SIM_FAIL_WRITES = 2 /* program, erase and sync */ };
/* Of the calls of these kinds, the n-th from now on (0: the next one) fails, and `run` of them in all;
 * then they work again. n < 0: none does. What a failed one leaves is drawn from seed. */
void flash_sim_fail_at(
    struct flash_sim *sim, long n, long run, unsigned kinds, uint64_t seed);
/* The program opens it anew: what it reads comes from the flash, not from a cache. */
void flash_sim_reopen(struct flash_sim *sim);
/* Power is lost and comes back; what was pending is in a random state drawn from seed. */
void flash_sim_power_cycle(struct flash_sim *sim, uint64_t seed);
/* The program is killed and started anew; power stays, pending stays pending. */
void flash_sim_restart(struct flash_sim *sim);
/* Flip one bit of the content, durable too. */
void flash_sim_rot(struct flash_sim *sim, uint32_t at, unsigned bit);

/* Every form that a cut now can take, 0..flash_sim_forms()-1, and the cut itself. */
size_t flash_sim_forms(const struct flash_sim *sim);
void flash_sim_power_cycle_form(struct flash_sim *sim, size_t form);

/* Of the durable content. */
uint64_t flash_sim_hash(const struct flash_sim *sim);
