/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machine: the life of one update, as a table.
 *
 * Pure: an event goes in, one action comes out, the caller performs it and says how it went
 * (GOOD, BAD). Whoever keeps the state keeps it before the action is performed, so that a loss
 * of power between the two only repeats an action; each of them may be repeated. What the table
 * does not list changes nothing.
 *
 * Not here: the record on flash (record.h), what is good (judge.h, install.h), time.
 */
#pragma once

#include <stdbool.h>

enum update_state {
    UPDATE_IDLE,
    UPDATE_OFFERED, /* a good statement; its bundle is being checked */
    UPDATE_CHECKED, /* both signatures, lengths and digests are good */
    UPDATE_WRITING, /* the inactive slot holds nothing */
    UPDATE_WRITTEN, /* it reads back as stated; to be tried when nobody is measured */
    UPDATE_TRIAL,   /* boot 1, 2, .. of UPDATE_BOOTS from it */
    UPDATE_HEALTHY, /* it measures, its sensor is good, the cloud has answered it */
    UPDATE_RAISING, /* it is what starts from now on; the counter follows */
    UPDATE_CONFIRMED,
    UPDATE_REVERTED, /* the release before runs again */
    UPDATE_REFUSED,
    UPDATE_STATES
};

enum update_event {
    UPDATE_ON_OFFER,
    UPDATE_ON_WITHDRAWN, /* the cloud stopped it, or a person did */
    UPDATE_ON_GOOD,      /* the action is done */
    UPDATE_ON_BAD,       /* it cannot be done */
    UPDATE_ON_QUIET,     /* nobody is being measured: a restart hurts no one */
    UPDATE_ON_HEALTH,    /* all that makes a trial healthy has been seen */
    UPDATE_ON_LATE,      /* it has not been seen in time */
    UPDATE_ON_OLD,       /* start: the slot that was active runs */
    UPDATE_ON_NEW,       /* start: the other one runs */
    UPDATE_ON_SPENT,     /* the same, and more often than a trial may take */
    UPDATE_EVENTS
};

enum update_action {
    UPDATE_DO_NOTHING,
    UPDATE_DO_CHECK,   /* the bundle against its statement, whole */
    UPDATE_DO_SHUT,    /* the inactive slot: it must not start */
    UPDATE_DO_WRITE,   /* the inactive slot, and read it back */
    UPDATE_DO_TRY,     /* let it start on trial, and restart */
    UPDATE_DO_WATCH,   /* health */
    UPDATE_DO_RESTART, /* once more from it; the boots are counted */
    UPDATE_DO_OPEN,    /* it is what starts from now on */
    UPDATE_DO_RAISE,   /* the counter, up to its security version */
    UPDATE_DO_RETURN,  /* shut the new slot, open the old one, restart */
    UPDATE_DO_ADOPT, /* the boot loader fell back: the slot that runs is the active one */
    UPDATE_ACTIONS
};

/* False: not in the table: nothing changed and there is nothing to do. */
bool update_step(
    enum update_state *state, enum update_event on, enum update_action *act);
const char *update_state_name(enum update_state state);
/* A release is under way: another one is not looked at. */
bool update_busy(enum update_state state);
