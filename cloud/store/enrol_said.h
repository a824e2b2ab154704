/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol said: what keys tells of an enrolment becomes an event, and a word on the row of the device that it names.
 *
 * keys may tell of enrolments and of nothing else. The word is the one by which evidence was refused, in the place where
 * a refused quote has its own. Not here: who is named (cloud/keys/keys.h), how many come (cloud/keys/tell.h).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"

/* In an open transaction. REFUSED: no reason that an enrolment has; nothing was written. */
MUST_USE enum status enrol_said_take(struct store *s, const struct door_enrol_said *v);
