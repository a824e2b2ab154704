/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record: what a device remembers of its updates, on two sectors (core/journal/slots.h).
 *
 * Of one length, whatever it says. A record from our own flash is parsed like bytes from outside.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/update/machine.h"
#include "wire/release.h"

enum { UPDATE_REMEMBERED = 8, UPDATE_RECORD_LEN = 440 };

struct update_tried { /* a release that came to nothing here */
    struct digest bundle;
    uint8_t tries; /* 0: no such release; 1..LIMIT_UPDATE_TRIES */
};

struct update_record {
    enum update_state state;
    uint8_t active;   /* slot of the release that is in force */
    uint8_t boots;    /* from the other one, in this trial */
    uint8_t why;      /* enum event_code: of the last refusal or return; 0: none */
    bool untold;      /* a return that the start which made it could not tell */
    bool by_hand;     /* a person put it: the cloud does not withdraw it */
    bool has_release; /* exactly while a release is, or was last, under way */
    struct release release;                       /* zero unless has_release */
    struct update_tried tried[UPDATE_REMEMBERED]; /* oldest first */
};

struct bytes update_record_build(
    const struct update_record *r, uint8_t out[UPDATE_RECORD_LEN]);
/* MALFORMED: not what update_record_build() makes of some record; *out is untouched. */
MUST_USE enum status update_record_parse(struct bytes in, struct update_record *out);

uint8_t update_tries(const struct update_record *r, const struct digest *bundle);
/* One try more; when UPDATE_REMEMBERED others have been tried since, it is forgotten. */
void update_tried(struct update_record *r, const struct digest *bundle);
