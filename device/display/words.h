/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words: what the screen says, made once for every kind of screen.
 *
 * A value that is not there is "--", never the last one. NOT SYNCHRONISED stands until a sealed
 * answer proves otherwise, with how much is held and how old the oldest of it is.
 */
#pragma once

#include "core/port/screen.h"

enum { WORDS_LEN = 64 };

struct words {
    char spo2[WORDS_LEN], pulse[WORDS_LEN], pi[WORDS_LEN];
    char quality[WORDS_LEN]; /* "signal good", ..., or why there is no value */
    char sync[WORDS_LEN];    /* SYNCHRONISED or NOT SYNCHRONISED */
    char held[WORDS_LEN];    /* how much the device holds and since when */
    char note[WORDS_LEN];    /* the worst note, or "" */
    char service[2
        * WORDS_LEN];         /* whose service ticket, until when; or its code; or "" */
    char clock[WORDS_LEN];    /* "14:02:33 UTC", or CLOCK NOT SET */
    char foot[2 * WORDS_LEN]; /* device, trust, separation */
    bool stale;               /* values older than 10 s: drawn pale */
};

void words_of(const struct view *view, struct words *out);
