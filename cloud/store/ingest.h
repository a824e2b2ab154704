/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ingest: one envelope, judged and written inside the open transaction.
 *
 * Promise: a batch is inserted at most once for its identity (device, epoch, seq), only for a
 * device whose row may send as it stands in this very transaction, and only from an envelope that
 * opened under the key of that device and epoch. A verdict may leave store only after the commit.
 *
 * A log of a service ticket comes the same way, is kept once for its identity in a table of its own,
 * and moves nothing of what is known of readings. Only opening it tells that it is one.
 *
 * Not here: commit and grouping (group.c), asking keys (store_keys.c), sockets.
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"
#include "wire/envelope.h"

enum ingest_next {
    INGEST_DONE, /* *out holds what to say after the commit */
    INGEST_ASK_EPOCH, /* the key of out->kid, out->epoch is needed first; nothing was written */
    INGEST_ASK_DOWN, /* the down key of out->kid is needed first; nothing was written */
    INGEST_BROKEN,   /* the database said no: roll back, acknowledge nothing */
};

struct ingested {
    uint16_t http_status, retry_after_s;
    enum reason reason;
    struct kid kid; /* once the envelope was parsed */
    struct epoch epoch;
    bool sealed; /* an answer is to be sealed: then down and answer are set */
    bool first;  /* the generation's first batch */
    bool ended;  /* its receipt is kept: everybody is to be told */
    bool renews; /* keys is to be asked, after the commit */
    struct door_m1 m1;
    struct key down; /* wipe after use */
    struct answer answer;
};

/* trial: a key that keys has just given for this very epoch, or NULL. */
enum ingest_next ingest(struct store *s, const struct door_ingest *head,
    struct bytes envelope, const struct key *trial, struct ingested *out);
/* After the commit: stamp and seal. */
MUST_USE enum status ingest_seal(
    struct store *s, struct ingested *in, struct room envelope, size_t *len);
/* keys knows no such device or epoch: the same answer and event as for what does not open. */
enum ingest_next ingest_no_key(
    struct store *s, const struct door_ingest *head, struct ingested *out);
