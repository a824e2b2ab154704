/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types: what device and cloud say to each other, as C values (holdfast.cddl is the contract).
 *
 * Only the *_parse functions make these from bytes that came from outside. Whoever holds one
 * may rely on the ranges below without checking again.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/secret.h"

#include <stdbool.h>

enum {
    DEVICE_ID_LEN = 16,
    KID_LEN = 20,
    EPOCH_LEN = 32,
    ASSIGNMENT_LEN = 8,
    ALGORITHM_LEN = 8,
    STORE_ID_LEN = 16,
    ORDER_LEN = 16,
    SERIAL_LEN = 8,
    HOLDER_MAX = 32,
    WORD_MAX = 32,
    RENEWAL_ASK_LEN = 134,                /* an M1 of the next generation */
    RENEWAL_ANSWER_MAX = 32 + LIMIT_CERT, /* its M2 */
};

struct device_id { /* UUIDv4 */
    uint8_t b[DEVICE_ID_LEN];
};

struct kid {
    struct device_id device;
    uint32_t generation; /* from 1 */
};

struct epoch { /* one run of keeper: HPKE encapsulated key */
    uint8_t b[EPOCH_LEN];
};

struct assignment {
    bool set;
    uint8_t b[ASSIGNMENT_LEN];
};

struct store_id {
    uint8_t b[STORE_ID_LEN];
};

struct end_order { /* of one decommissioning */
    uint8_t b[ORDER_LEN];
};

struct identity { /* of a batch, for ever */
    struct device_id device;
    struct epoch epoch;
    uint32_t seq;
};

/* A value or nothing: below quality there is no value, never a sentinel. */
struct maybe_u16 {
    bool set;
    uint16_t v;
};

struct record {             /* one reading */
    uint16_t dt_ms;         /* since the previous record; 0 in the first */
    struct maybe_u16 spo2;  /* permille, 0..1000 */
    struct maybe_u16 pulse; /* 0.1 bpm, 0..3000 */
    struct maybe_u16 pi;    /* 0.01 %, 0..2000 */
    uint16_t status;        /* bit n is 150604.n */
    uint8_t quality;        /* 0..100 */
};

enum { EVENT_ABOUT_LEN = 8 };
struct event {
    uint8_t code;               /* 1..255, wire/event.def */
    uint16_t count;             /* 1..65535 */
    uint64_t first_ms, last_ms; /* monotonic, 0..2^53-1 */
    bool has_about;
    uint8_t about
        [EVENT_ABOUT_LEN]; /* of an update: its bundle's digest begins so; of CLASS: release_class_mark() */
};

struct batch {
    uint32_t seq;         /* in this epoch, from 0 */
    uint32_t start_count; /* a hint for order, may repeat */
    uint64_t mono_ms;     /* of the first record */
    bool has_utc;
    uint64_t utc_ms; /* of the first record */
    uint8_t clock;   /* enum clock_state 0..3 */
    struct assignment assignment;
    uint16_t record_count; /* 1..600 */
    struct record records[LIMIT_BATCH_RECORDS];
    uint8_t algorithm[ALGORITHM_LEN]; /* calibration and algorithm id */
    uint32_t lost_count;              /* records lost so far in this epoch */
    uint32_t config_version;
    bool test_data;
    uint8_t event_count; /* 0..32 */
    struct event events[LIMIT_BATCH_EVENTS];
    uint8_t
        merged; /* 0: each record is one reading; else 2..60 readings merged into each */
    bool renews;
    uint8_t m1[RENEWAL_ASK_LEN]; /* of the next generation, while it is agreed */
    bool tpm;                    /* keys are in a TPM, by the device's own word */
    uint32_t pins_version;       /* of the set in force; 0: the bundle's */
};

enum outcome {
    OUTCOME_STORED,
    OUTCOME_ALREADY,
    OUTCOME_CONFLICT,
    OUTCOME_SCHEMA,
    OUTCOME_NOT_NOW
};

struct verdict { /* on one batch */
    struct epoch epoch;
    uint32_t seq;
    struct digest digest; /* SHA-256 of the envelope as received */
    enum outcome outcome;
};

struct config {
    uint32_t version;
    uint8_t batch_s; /* 10..60 */
    char ward[65];   /* UTF-8, 1..64 bytes, NUL-ended here */
    char time_zone[65];
    bool has_assignment;
    struct assignment assignment;
    bool has_label;
    char label[33]; /* what the screen shows for the assignment */
};

struct answer {
    struct nonce nonce;    /* of the transmission that it answers */
    uint8_t verdict_count; /* 1..8 */
    struct verdict verdicts[LIMIT_ANSWER_OUTCOMES];
    uint64_t server_utc_ms;
    struct store_id store;
    bool has_config;
    struct config config;
    uint32_t renew_to; /* generation that the device shall agree; 0: none */
    uint16_t m2_len;   /* 0: the cloud has no M1 of it yet */
    uint8_t m2[RENEWAL_ANSWER_MAX];
    uint16_t release_len; /* 0: no release is offered now */
    uint8_t release
        [LIMIT_RELEASE]; /* a signed-release (wire/release.h), verified by nobody yet */
    bool ends;           /* the device shall give up its keys for ever */
    struct end_order order;
    uint16_t pins_len; /* 0: no signed pin set (wire/pins.h) */
    uint8_t pins[LIMIT_PIN_SET];
    uint16_t ticket_len; /* 0: nobody asks to look into this device */
    uint8_t ticket
        [LIMIT_TICKET]; /* a signed-ticket (wire/ticket.h), verified by nobody yet */
};
