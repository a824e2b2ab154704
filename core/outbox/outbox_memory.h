/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory: the few things that outbox remembers across a start, as one slots record.
 *
 * `losing` names the unacknowledged batches that the append under way makes room from. `lost`
 * counts them already; a batch of the list that is still there at the next start was not lost.
 *
 * `device` is the identity under which this was written. When it is not the one in use, `lost` does
 * not count yet what the one before still held; the write that names the one in use counts it.
 */
#pragma once

#include "core/base/status.h"
#include "core/journal/slots.h"
#include "core/outbox/outbox_serials.h"
#include "wire/types.h"

enum {
    MEMORY_FORM = 4,        /* the first byte; what is written */
    MEMORY_FORM_BEFORE = 3, /* without the device; still read */
    MEMORY_LOSING_MAX = 48,
    MEMORY_RINGS = 2,
    MEMORY_RUNS = 8,
};

struct losing {
    uint8_t ring;
    uint64_t number;
    uint32_t
        readings; /* counted because of it: its own, and losses that only it declared */
};

struct confirmed { /* a run whose losses the store has heard of, up to this count */
    uint32_t start_count;
    uint32_t lost; /* 0: an unused place */
};

struct memory {
    uint32_t start_count;
    bool has_device; /* false: written before this was kept */
    struct device_id
        device; /* whose configuration this is, and whose batches count; zero unless has_device */
    bool has_store;
    struct store_id store; /* zero unless has_store */
    bool
        offer_again; /* another store: the records below these numbers are not held by it */
    uint64_t below[MEMORY_RINGS]; /* zero unless offer_again */
    uint32_t lost; /* declared, or to be declared, in the run start_count */
    /* What `lost` knows of: of the device's run, all readings numbered below settled. */
    uint64_t run, settled; /* settled: zero unless run */
    uint8_t losing_count;
    struct losing losing[MEMORY_LOSING_MAX];
    struct confirmed confirmed[MEMORY_RUNS];
    struct serials serials; /* service tickets that were used */
    struct config config;
};

/* MALFORMED: not a value that memory_build() writes, or wrote before it kept the device. */
MUST_USE enum status memory_parse(struct bytes in, struct memory *out);
/* out.cap >= SLOTS_MAX */
void memory_build(const struct memory *m, struct room out, size_t *len);
void memory_blank(struct memory *m); /* of a new device: built-in configuration */
