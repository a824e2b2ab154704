/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release acts: what an administrator does to releases: adds one, rolls one out, stops one, ends a class of them.
 *
 * Each act is an event in its own transaction; one that is refused is an event too, with the cause
 * as its reason. What an event names of the act: release, first bytes of the bundle's digest (as
 * devices name it), share or class, and the user who asked, as the kernel tells it.
 *
 * Not here: to whom a release is offered (releases.h), the bundle's bytes (bundles.h).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"
#include "wire/release.h"
#include "wire/types.h"

struct release_act {
    uint64_t uid;
    enum reason reason; /* what came of it */
    uint64_t release;   /* its number; 0: it has none */
    bool has_bundle, has_percent;
    uint8_t bundle[EVENT_ABOUT_LEN];
    uint8_t percent;
    char product[WORD_MAX + 1]; /* the class that is to end; "": none is */
};

/* All in the open transaction. On OK the event is in it; on REFUSED and FULL the caller rolls back, and then
 * release_refused() writes the event. */

/* REFUSED: no statement, or no newer than one of its class. FULL: of one class too many. */
MUST_USE enum status release_add(
    struct store *s, struct bytes statement, struct release_act *act);
/* The bundle of the release that the act names has come. */
MUST_USE enum status release_carried(struct store *s, struct release_act *act);
/* REFUSED: no such release, or not the newest of its class. */
MUST_USE enum status release_roll(
    struct store *s, const struct door_release_roll *ask, struct release_act *act);
/* The releases of a class are offered to nobody, their bundles go (store_trim_bundles), and another class may have its
 * place. What was added and what became of it stays known: nothing older comes in later, and the newest may be added
 * again. REFUSED: no such class, its newest is being rolled out, or a device needs it; *out says. */
MUST_USE enum status release_end(struct store *s, const struct door_class_end *ask,
    struct release_act *act, struct door_class_ended *out);
MUST_USE enum status release_refused(struct store *s, const struct release_act *act);
