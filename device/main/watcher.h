/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watcher: asks keeper, from outside, how things are.
 */
#pragma once

#include "device/talk/messages.h"
#include "device/talk/place.h"

struct watcher {
    char path[PLACE_MAX];
    int fd; /* -1: not connected */
    bool asked;
    struct said_state state; /* newest */
    bool has_state;
};

MUST_USE enum status watcher_init(struct watcher *w, const char *root);
/* Never waits: takes what came and asks again. OK: state is fresh. AGAIN: nothing new. */
MUST_USE enum status watcher_look(struct watcher *w);
/* Waits at most so long for one answer. AGAIN: keeper does not run, or does not answer. */
MUST_USE enum status watcher_ask(struct watcher *w, unsigned wait_ms);
void watcher_close(struct watcher *w);
