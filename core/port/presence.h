/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence port: whether a person stands before the device now.
 *
 * A board may have a button, a touch screen, or a code on its screen that somebody types. Not
 * here: who that person is.
 */
#pragma once

#include "core/base/status.h"

struct presence {
    void *board;
    /* Ask anew: what was answered before counts no more. BROKEN: the board cannot ask. */
    enum status (*ask)(void *board);
    /* OK: somebody there has answered, once. AGAIN: not yet. REFUSED: wrong too often, too late,
     * or nobody was asked. After OK and REFUSED the question is over. */
    enum status (*here)(void *board);
};
