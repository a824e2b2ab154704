/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bring: has courier fetch a bundle, appends piece by piece, and gives it its name when it is whole.
 *
 * Until then it is `part-<digest>` in updater's folder, which a cut of power leaves to go on with.
 * Courier is believed nothing: a piece that is not the next one, or not of its length, ends the
 * talk; what the bytes are worth is judged by who offered them (core/update/install.h).
 *
 * Not here: whether a bundle is wanted (updater.c).
 */
#pragma once

#include "core/update/fetch.h"
#include "core/update/record.h"
#include "device/talk/place.h"
#include "device/talk/role.h"

struct bring { /* fields belong to bring.c */
    struct role_env *env;
    struct loop *loop;
    struct log *log;
    char door[PLACE_MAX], folder[PLACE_MAX], bundle[PLACE_MAX];
    int courier_fd; /* -1: not connected */
    uint64_t knock_due_ms;
    bool on;      /* a fetch is under way */
    bool clean;   /* nothing of an earlier one is in the folder */
    bool fetched; /* the bundle that is there came by us */
    bool asked;   /* courier knows which piece is wanted */
    struct digest digest;
    struct fetch fetch;
    int part_fd;   /* -1: none */
    uint8_t *talk; /* TALK_DATAGRAM, lent */
};

/* REFUSED: --root is too long. */
MUST_USE enum status bring_init(
    struct bring *b, struct role_env *env, struct loop *loop, uint8_t *talk);
/* In each round in which this release's bundle is wanted and is not there. */
void bring_want(struct bring *b, const struct release *r);
/* In each round in which none is. */
void bring_stop(struct bring *b);
/* The bundle that is there has another digest. True: it goes, and is fetched anew. */
bool bring_wrong(struct bring *b);
