/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outbox: keeper's mind. Readings become sealed batches in the journal; batches are offered
 * until a sealed answer speaks for them; only that moves a mark.
 *
 * Promise (architecture.md, 2 to 5 and 9): a batch is sent only after the journal has it and
 * has synced; nothing unauthenticated marks anything; SYNCHRONISED only while the newest answer
 * is younger than LIMIT_SYNC_AGE_MS and no sealed batch older than that is unacknowledged.
 *
 * Pure: clock, entropy, crypto and flash are ports. Not here: connections and back-off
 * (core/uplink), files, sockets, the screen.
 */
#pragma once

#include "core/journal/journal.h"
#include "core/journal/slots.h"
#include "core/port/clock.h"
#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "core/seal/seal.h"
#include "wire/message.h"

struct outbox_ports {
    const struct clock_port *clock;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct journal *journal; /* open */
    struct slots *slots;     /* open: start counter, store id, configuration */
};

struct outbox_identity { /* from enrolment; wipe after outbox_init */
    struct kid kid;
    struct key k_up, k_down;
    struct x25519_public cloud;
};

/* A reading as measure hands it over. */
struct reading {
    uint64_t mono_ms;
    bool has_utc;
    uint64_t utc_ms;      /* as the sensor side knows it (replay); else 0 and outbox fills from its clock offset */
    struct maybe_u16 spo2, pulse, pi;
    uint16_t status;
    uint8_t quality;
    bool alarm;           /* an alarm is active */
    bool test_data;
};

enum outbox_note { /* what a log line is made of; also what tests look at */
    OUTBOX_SEALED,        /* after the sync */
    OUTBOX_ACKNOWLEDGED,
    OUTBOX_SET_ASIDE,
    OUTBOX_LOST,          /* count: readings in unacknowledged batches overwritten */
    OUTBOX_ANSWER_REFUSED, /* does not open, or no outstanding nonce, or other digest */
    OUTBOX_ANSWER_SCHEMA,
    OUTBOX_CONFIG_TAKEN,
    OUTBOX_CONFIG_REFUSED,
    OUTBOX_CLOCK_SET,
    OUTBOX_CLOCK_STEPPED,
    OUTBOX_STORE_RESTORED,
    OUTBOX_FLASH_FAULT,
};

struct outbox_told {
    enum outbox_note note;
    struct epoch epoch;
    uint32_t seq;
    struct digest digest;  /* of the envelope */
    struct digest content; /* SHA-256 over content_of() of each record; SEALED only */
    uint32_t count;        /* readings in the batch, or lost */
    enum outcome outcome;
};

struct outbox_ear { /* called in order, before the function that caused it returns */
    void *ctx;
    void (*tell)(void *ctx, const struct outbox_told *told);
};

struct outbox_state { /* for screen, status and tests */
    bool synchronised;
    bool answered;               /* an answer has ever counted in this run */
    uint64_t answer_age_ms;      /* of the newest that counted */
    uint64_t oldest_held_age_ms; /* 0 if nothing is held */
    uint64_t readings, readings_lost; /* of this run; lost: declared in this epoch */
    uint64_t batches_sealed, batches_acknowledged, batches_set_aside, batches_held;
    uint64_t readings_held;      /* in held batches of any epoch, and in the open batch */
    uint32_t set_aside_run;      /* LIMIT_SET_ASIDE_RUN: sending has stopped */
    uint32_t fill_permille;      /* routine ring */
    enum clock_state clock;
    bool has_utc;
    uint64_t utc_ms;             /* now */
    struct config config;        /* in force; version 0: built-in */
    struct digest content;       /* SHA-256 over content_of() of all readings sealed in this run, in order */
    bool flash_broken;
};

/*
 * The author of outbox.c defines struct outbox here: a complete type, no pointers to heap, at
 * most 2 MiB (index of what the journal holds included).
 */
struct outbox;

/* Draw an epoch, raise the start counter, find what the journal holds. */
MUST_USE enum status outbox_init(struct outbox *o, const struct outbox_ports *ports,
    const struct outbox_identity *identity, struct outbox_ear ear);
/* Take a reading; seals and appends when the batch is full, old, or an alarm comes or goes. */
MUST_USE enum status outbox_take(struct outbox *o, const struct reading *r);
/* Close what is open: end of a recording, orderly stop, low voltage. */
MUST_USE enum status outbox_close_batch(struct outbox *o);
/* Readings that measure had to drop because keeper did not read: declared in the next batch. */
void outbox_declare_lost(struct outbox *o, uint32_t count);
/* The next envelope to send, or AGAIN. Draws and remembers a nonce. Live before back-fill. */
MUST_USE enum status outbox_next(
    struct outbox *o, struct room envelope, size_t *len, struct nonce *nonce);
/* Whatever courier got for that nonce. OK: it counted. Anything else changed nothing. */
MUST_USE enum status outbox_answer(struct outbox *o, const struct nonce *nonce, struct bytes body);
/* courier gave up this transmission. */
void outbox_unanswered(struct outbox *o, const struct nonce *nonce);
void outbox_state(const struct outbox *o, struct outbox_state *out);
