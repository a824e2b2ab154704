/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Screen port: what a person at the device sees, as values; pixels are made elsewhere.
 *
 * measure fills a view ten times a second and hands it on without ever waiting.
 */
#pragma once

#include "core/base/status.h"
#include "core/port/clock.h"

#include <stdbool.h>
#include <stdint.h>

enum { VIEW_PLETH = 500 /* 5 s */, VIEW_TREND = 120, VIEW_NAME = 33 };

enum view_sync { VIEW_NOT_SYNCHRONISED, VIEW_SYNCHRONISED };

/* Causes beside NOT SYNCHRONISED, worst first; the screen shows the first that is set. */
enum view_note {
    VIEW_CONFIG = 1u << 0, /* bad configuration, or keeper does not answer */
    VIEW_KEY_FAULT = 1u << 1,
    VIEW_STORE_FAULT = 1u << 2,  /* journal cannot be written */
    VIEW_STORE_FULL = 1u << 3,   /* oldest readings were lost */
    VIEW_NOT_TRUSTED = 1u << 4,  /* the server failed the pinned check */
    VIEW_NOT_ACCEPTED = 1u << 5, /* the cloud cannot open what we send, or refuses us */
    VIEW_NOT_ENROLLED = 1u << 6,
    VIEW_STORE_80 = 1u << 7,
    VIEW_NO_NETWORK = 1u << 8,
    VIEW_DECOMMISSIONED = 1u << 9, /* the keys are gone for ever */
};

/* A service ticket, as the device shows it. */
enum view_service {
    VIEW_NO_SERVICE,
    VIEW_SERVICE_ASKS,  /* for the code */
    VIEW_SERVICE_PRESS, /* for the board's button */
    VIEW_SERVICE_OPEN
};

struct view_ticket {
    enum view_service state;
    uint64_t until_utc_ms;  /* zero unless OPEN */
    uint32_t code;          /* ASKS: 0..999999, what a person has to say; else zero */
    char holder[VIEW_NAME]; /* whose it is; "" unless there is one */
};

struct view {
    uint64_t mono_ms;
    uint64_t utc_ms; /* 0: clock not set */
    enum clock_state clock;
    bool has_spo2, has_pulse, has_pi;
    uint16_t spo2_permille;   /* 0..1000 */
    uint16_t pulse_decibpm;   /* 0.1 bpm, 0..3000 */
    uint16_t pi_centipercent; /* 0.01 %, 0..2000 */
    uint32_t value_age_ms;    /* > 10 s: marked; >= 30 s: has_* are false */
    uint16_t status;          /* bit n is 150604.n */
    uint8_t quality;          /* 0..100 */
    enum view_sync sync;
    uint32_t notes;       /* enum view_note */
    uint64_t held_count;  /* readings held that the cloud has not acknowledged */
    uint64_t held_age_ms; /* age of the oldest of them */
    uint64_t lost_count;
    struct view_ticket service;
    bool test_data;
    bool reduced_separation;
    char trust[9];              /* "software" or "tpm" */
    char device[37];            /* device id as text, "" before enrolment */
    uint16_t pleth[VIEW_PLETH]; /* 0..1000, oldest first, scaled for display */
    uint16_t pleth_count;
};

struct screen {
    void *board;
    enum status (*show)(
        void *board, const struct view *view); /* never waits; AGAIN: frame dropped */
};
