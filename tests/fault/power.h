/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power: what the power-cut tests share: options, the set of states seen, the clock, the verdict.
 *
 * The work is split over processes by seed; they share the sets, so a state that two of them
 * meet is counted once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct power;

/* One seed's worth of cuts; returns early when power_over(). */
typedef void power_run(struct power *p, uint64_t seed);

/*
 * --seconds N (default 2), --states N (stop there), --jobs N (processes), --seed N (first),
 * --all (every form of every cut, not a sample), --second N (recovery is cut too after one in N
 * of the states that a first cut leaves; default 16; 1: after each), --expect-bad (a planted defect: success is to
 * find it). Prints TAP and `N distinct states, N bad`. The value for main to return.
 */
int power_main(int argc, char **argv, const char *claim, power_run *run);

bool power_over(const struct power *p);
bool power_all(const struct power *p);
/* A content of the flash after a cut, and what was expected of it. True: not judged before. */
bool power_state(struct power *p, uint64_t image, uint64_t expected);
/* Of a new state that a first cut left: is recovery from it to be cut as well? */
bool power_second(struct power *p, uint64_t draw);
/* The state is judged bad; the first few are printed. */
void power_bad(struct power *p, uint64_t seed, long step, const char *why);
/* A rare thing happened; a run in which one of the `count` names never did is not a test. */
void power_sometimes(struct power *p, unsigned which);
void power_name_sometimes(struct power *p, const char *const *names, unsigned count);

/* splitmix64 */
uint64_t power_draw(uint64_t *state);
