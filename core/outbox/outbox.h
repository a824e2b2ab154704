/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outbox: keeper's mind. Readings become sealed batches in the journal; batches are offered
 * until a sealed answer speaks for them; only that moves a mark.
 *
 * Promise (architecture.md, 2 to 5 and 9): a batch is sent only after the journal has it and
 * has synced; nothing unauthenticated marks anything; SYNCHRONISED only while the newest answer
 * is younger than LIMIT_SYNC_AGE_MS and no sealed batch older than that is unacknowledged.
 *
 * A journal record is an entry (outbox_entry.h): a short head, then the envelope as it is sent.
 * Above 80 % of the routine ring THIN_READINGS routine readings become one record; what is left
 * over when such a batch must close goes into a plain batch of its own, so that every record of
 * a thinned batch stands for exactly THIN_READINGS. Readings lost in the journal are counted on
 * flash before they go, so a loss of power neither hides nor invents one.
 *
 * A log of a service ticket goes the same way as a batch: sealed once, kept, sent until a sealed
 * answer names it. It holds no readings, so its loss is none.
 *
 * What was sealed under an identity before the present enrolment is not offered: its readings, and
 * losses of that identity that no cloud has heard of, are counted as lost in the write that names the
 * new identity, and told; what its cloud had set is forgotten; the device goes on (HF-KEYS-005).
 *
 * Live is what was sealed in this run within LIMIT_SYNC_AGE_MS, newest first; back-fill is the
 * rest, alarm batches first, oldest first, and rests as long as it took the link.
 *
 * Once a flash call has failed (OUTBOX_FLASH_FAULT, once), what runs may be ahead of flash or behind it:
 * readings are still taken, and nothing else goes on (HF-FLASH-001). Nothing is sent, no answer counts,
 * no loss is kept; whoever starts anew learns from flash what was. Readings that are numbered are not
 * lost by it: measure has them until they are settled.
 *
 * Pure: clock, entropy, crypto and flash are ports. Not here: connections and back-off
 * (core/uplink), files, sockets, the screen.
 */
#pragma once

#include "core/base/sha256.h"
#include "core/journal/journal.h"
#include "core/journal/slots.h"
#include "core/outbox/outbox_clock.h"
#include "core/outbox/outbox_entry.h"
#include "core/outbox/outbox_match.h"
#include "core/outbox/outbox_memory.h"
#include "core/outbox/outbox_nonce.h"
#include "core/outbox/outbox_rows.h"
#include "core/outbox/outbox_serials.h"
#include "core/port/clock.h"
#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "core/seal/seal.h"
#include "wire/message.h"
#include "wire/service_log.h"

struct outbox_ports {
    const struct clock_port *clock;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct journal *journal; /* open */
    struct slots *slots;     /* open: start counter, store id, configuration */
    uint8_t
        algorithm[ALGORITHM_LEN]; /* calibration and algorithm id, said in each batch */
    bool tpm;                     /* keys are in a TPM: said in each batch */
    uint64_t run; /* of the device: what readings' numbers belong to; 0: not numbered */
};

struct outbox_identity { /* from enrolment; wipe after outbox_init */
    struct kid kid;
    struct key k_up, k_down;
    struct x25519_public cloud;
};

/* A reading as measure hands it over. */
struct reading {
    uint64_t number; /* in the run of the device, from 0, rising */
    uint64_t mono_ms;
    bool has_utc;
    uint64_t
        utc_ms; /* as the sensor side knows it (replay); else 0 and outbox fills from its clock offset */
    struct maybe_u16 spo2, pulse, pi;
    uint16_t status;
    uint8_t quality;
    bool alarm; /* an alarm is active */
    bool test_data;
};

enum outbox_note { /* what a log line is made of; also what tests look at */
    OUTBOX_SEALED, /* after the sync */
    OUTBOX_ACKNOWLEDGED,
    OUTBOX_SET_ASIDE,
    OUTBOX_LOST,           /* count: readings in unacknowledged batches overwritten */
    OUTBOX_ANSWER_REFUSED, /* does not open, or no outstanding nonce, or other digest */
    OUTBOX_ANSWER_SCHEMA,
    OUTBOX_CONFIG_TAKEN,
    OUTBOX_CONFIG_REFUSED,
    OUTBOX_CLOCK_SET,
    OUTBOX_CLOCK_STEPPED,
    OUTBOX_STORE_RESTORED,
    OUTBOX_FLASH_FAULT,
    OUTBOX_RENEWAL,
    /* count: generation of keys to agree; m2: of the cloud, or nothing yet */
    OUTBOX_ENDING, /* m2: an order (16 bytes): the device shall give up its keys */
    OUTBOX_PINS,   /* m2: a signed pin set */
    OUTBOX_CLOSED, /* count: readings that another store might want, under keys that are closed */
    OUTBOX_FOREIGN, /* count: readings held that were sealed under another identity: lost */
    OUTBOX_LOG_SEALED, /* after the sync; count: its lines */
    OUTBOX_LOG_ACKNOWLEDGED,
};

struct outbox_told {
    enum outbox_note note;
    struct epoch epoch;
    uint32_t seq;
    struct digest digest;  /* of the envelope */
    struct digest content; /* SHA-256 over content_of() of each record; SEALED only */
    uint32_t count;        /* readings in the batch, or lost */
    struct bytes m2;       /* RENEWAL, PINS and ENDING only; borrowed for the call */
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
    uint64_t readings,
        readings_lost; /* of this run; lost: declared, or next, in this epoch */
    uint64_t batches_sealed, batches_acknowledged, batches_set_aside, batches_held;
    uint64_t readings_held; /* in held batches of any epoch, and in the open batch */
    uint32_t set_aside_run; /* LIMIT_SET_ASIDE_RUN: sending has stopped */
    uint32_t fill_permille; /* routine ring */
    enum clock_state clock;
    bool has_utc;
    uint64_t utc_ms;      /* now */
    struct config config; /* in force; version 0: built-in */
    struct digest
        content; /* SHA-256 over content_of() of all readings sealed in this run, in order */
    bool flash_broken;
};

enum {
    OUTBOX_FLIGHTS = 4, /* transmissions under way at most */
    THIN_READINGS = 10,
    THIN_PERMILLE = 800,
    HOLD_MAX_MS = 60000, /* the store said not-now again and again */
    OUTBOX_EVENTS = 8,   /* kinds of events that wait for a batch */
    MARKS_UNSYNCED = 32, /* at most so many marks does a loss of power forget */
};

struct outbox_flight { /* one transmission */
    bool used, back_fill;
    struct outbox_nonce nonce;
    struct outbox_sent sent;
    uint8_t ring;
    uint64_t number; /* of its record */
    uint32_t readings;
    uint32_t start_count, lost_count; /* as its entry says */
    uint64_t real_ms;                 /* when it was drawn */
};

struct outbox { /* fields belong to the outbox_*.c */
    struct outbox_ports ports;
    struct outbox_ear ear;
    struct kid kid;
    struct key k_down;
    struct sealer sealer;
    struct memory memory; /* as on flash */
    struct outbox_clock clock;
    uint64_t start_ms;

    struct batch open; /* record_count 0: none */
    bool open_alarm, thinning, close_soon;
    struct reading first, last; /* of what is open */
    uint64_t last_record_ms;
    struct reading left_over[THIN_READINGS]; /* readings that are not yet a record */
    uint8_t left_over_count;

    uint64_t upto;    /* readings of this run numbered below it are in batches */
    uint64_t settled; /* of them, in sealed ones, or on flash as lost */
    uint32_t seq;
    uint32_t lost, lost_told; /* in this epoch; of them declared in a sealed batch */
    uint64_t lost_first_ms, lost_last_ms;
    uint64_t readings, batches_sealed, batches_acknowledged, batches_set_aside;
    uint8_t event_count;
    struct event events[OUTBOX_EVENTS]; /* for the next batch */
    struct sha256 content;
    bool flash_broken;
    uint32_t marks; /* since the last append or sync */

    bool renews;
    uint8_t m1[RENEWAL_ASK_LEN];
    uint32_t pins_version;

    struct outbox_flight flights[OUTBOX_FLIGHTS];
    bool answered;
    uint64_t answered_ms; /* when the newest transmission that was answered began */
    uint32_t set_aside_run, not_now_run;
    uint64_t hold_until_ms, back_fill_from_ms;

    struct rows rows;
    struct answer answer; /* scratch, as are these */
    uint8_t plain[LIMIT_BATCH];
    uint8_t record[JOURNAL_RECORD_MAX];
    uint8_t going[JOURNAL_RECORD_MAX]; /* the record that makes room */
};

/* Draw an epoch, raise the start counter, find what the journal holds. */
MUST_USE enum status outbox_init(struct outbox *o, const struct outbox_ports *ports,
    const struct outbox_identity *identity, struct outbox_ear ear);
/*
 * Take a reading; seals and appends when the batch is full, old, or an alarm comes or goes.
 * BROKEN: a batch could not be kept: its readings are lost, unless they are numbered. The reading
 * was taken.
 */
MUST_USE enum status outbox_take(struct outbox *o, const struct reading *r);
/* Readings of the device's run numbered below it are sealed, or on flash as lost. */
uint64_t outbox_settled(const struct outbox *o);
/* Close what is open: end of a recording, orderly stop, low voltage. */
MUST_USE enum status outbox_close_batch(struct outbox *o);
/*
 * `count` readings before the one numbered `next` will never come: nobody has them any more.
 * What is open is sealed without them; then the loss and `next` are on flash together, so that
 * a keeper that starts anew neither forgets it nor finds it again. The next batch declares it.
 * BROKEN: flash failed; only a new start knows what it kept.
 */
MUST_USE enum status outbox_missing(struct outbox *o, uint32_t count, uint64_t next);
/*
 * The next envelope to send, or AGAIN. Draws and remembers a nonce. Live before back-fill.
 * Closes a batch whose time has come. envelope.cap >= LIMIT_ENVELOPE. BROKEN: flash has failed.
 */
MUST_USE enum status outbox_next(
    struct outbox *o, struct room envelope, size_t *len, struct nonce *nonce);
/* Whatever courier got for that nonce. OK: it counted. BROKEN: flash has failed, before it or in it.
 * Anything else changed nothing. */
MUST_USE enum status outbox_answer(
    struct outbox *o, const struct nonce *nonce, struct bytes body);
/*
 * Seal a log and keep it; its sequence and times are filled in here. BROKEN: it could not be kept.
 */
MUST_USE enum status outbox_log(struct outbox *o, struct service_log *log);
/* The next batch says it; equal ones fold. */
void outbox_event(struct outbox *o, uint8_t code);
/* Likewise, about an update: how the digest of its bundle begins. */
void outbox_event_about(
    struct outbox *o, uint8_t code, const uint8_t about[EVENT_ABOUT_LEN]);
/* Used service tickets (outbox_serials.h). BROKEN: that it was used is not on flash. */
bool outbox_serial_fresh(
    const struct outbox *o, const struct serial *serial, uint32_t not_after_s);
MUST_USE enum status outbox_use_serial(
    struct outbox *o, const struct serial *serial, uint32_t not_after_s);
/*
 * Renewal of the keys. Each batch carries this M1 from now on; NULL: none does.
 */
void outbox_renew(struct outbox *o, const uint8_t *m1);
/* Each batch says from now on that this pin set is in force; 0: the bundle's. */
void outbox_pins(struct outbox *o, uint32_t version);
/* OK: no sealed batch waits for an answer, and the marks that say so are on flash. AGAIN: not yet. */
MUST_USE enum status outbox_rest(struct outbox *o);
/*
 * After outbox_rest(), in the same breath: a new epoch begins under the new keys, with what is
 * open. Batches under other keys are offered no more. BROKEN: only a new start can go on.
 */
MUST_USE enum status outbox_change_keys(
    struct outbox *o, const struct outbox_identity *identity);
/* The release that the answer which counted last offers; empty: none. Dies with the next answer. */
struct bytes outbox_peek_release(const struct outbox *o);
/* The service ticket that came with it, likewise. */
struct bytes outbox_peek_ticket(const struct outbox *o);
/* The last thing to be sealed: what goes with the keys. It is kept by the caller, not here. */
MUST_USE enum status outbox_receipt(
    struct outbox *o, const struct end_order *order, struct room envelope, size_t *len);
/* courier gave up this transmission. */
void outbox_unanswered(struct outbox *o, const struct nonce *nonce);
void outbox_state(const struct outbox *o, struct outbox_state *out);
