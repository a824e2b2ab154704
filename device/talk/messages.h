/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: everything that one role of the device may say to another, with its layout.
 *
 * Fixed layouts, big-endian. Each has one build and one parse function, so both ends share it;
 * *_parse: MALFORMED unless the bytes are exactly what *_build makes of some value, and *out is
 * written only on OK. A role that was taken over can say false things, never malformed ones.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/port/screen.h"
#include "core/port/trust.h"
#include "host/talk.h"
#include "wire/types.h"

enum message {
    /* measure -> keeper */
    SAY_READING = 0x0101, /* struct said_reading */
    SAY_END = 0x0102,     /* u64: the recording is over: so many readings were made */
    SAY_HELLO = 0x0103,   /* u64: first; every reading below this number is settled */
    /* keeper -> measure */
    SAY_KEPT =
        0x0201, /* u64: every reading below is on stable storage, or its loss is declared */
    SAY_STATE = 0x0202, /* struct said_state; also keeper -> status */
    SAY_STOP = 0x0203,  /* enough batches, if the run asked for so many: say END */
    /* keeper -> courier */
    SAY_WANT = 0x0301,     /* something waits to be sent */
    SAY_OFFER = 0x0302,    /* nonce (16), then the envelope */
    SAY_NOTHING = 0x0303,  /* answer to ASK: nothing, after all */
    SAY_TIME = 0x0304,     /* u64 UTC ms: of the cloud, authenticated, now */
    SAY_NEXT_KEY = 0x0305, /* a renewal begins: which TLS key shall be certified? */
    SAY_PINS = 0x0307,     /* a signed pin set of the cloud, whole */
    SAY_ERASE = 0x0309,    /* the device has ended: your key goes too */
    SAY_CERT = 0x0306,     /* DER: for that key, proved by the cloud */
    /* courier -> keeper */
    SAY_ASK = 0x0401,         /* the link is up: give me something to send */
    SAY_REPLY = 0x0402,       /* struct said_reply, then the body */
    SAY_UNANSWERED = 0x0403,  /* nonce (16) */
    SAY_LINK = 0x0404,        /* u8 enum link_word */
    SAY_NEXT_PUBLIC = 0x0405, /* P-256 point (65) */
    SAY_PINS_IN_FORCE =
        0x0407, /* u64: version; said at the start and when it changes */
    SAY_PINS_REFUSED = 0x0408,
    SAY_CERT_KEPT = 0x0406, /* it is on flash, and in force */
    /* measure -> screen */
    SAY_VIEW = 0x0501, /* struct view */
    /* status -> keeper */
    SAY_TELL = 0x0601, /* answered by STATE, without the ticket's code */
    SAY_TICKET =
        0x0602, /* a signed service ticket, or empty: the one that came by the cloud;
                            answered by SERVICE */
    SAY_CODE =
        0x0603, /* u32: what a person reads from the screen; answered by SERVICE */
    /* keeper -> status */
    SAY_SERVICE = 0x0604, /* u16 enum reason: what came of it */
    /* updater -> keeper */
    SAY_UPDATE_EVENT = 0x0c01, /* struct said_event */
    SAY_UPDATE_STATE = 0x0c02, /* u8 enum update_state */
    /* keeper -> updater */
    SAY_SIGNS = 0x0d01,   /* u8 of enum sign */
    SAY_RELEASE = 0x0d02, /* the statement that the cloud offers now; empty: none */
    /* updater -> courier */
    SAY_FETCH = 0x0e01,     /* struct said_fetch: the piece that is wanted next */
    SAY_FETCH_END = 0x0e02, /* none any more */
    /* courier -> updater */
    SAY_PIECE = 0x0f01, /* struct said_fetch, then the piece */
    /* courier -> agent (device/talk/keys.h) */
    ASK_PUBLIC = 0x0701,   /* of the TLS key */
    ASK_SIGN = 0x0702,     /* digest (32) */
    ASK_IDENTITY = 0x0703, /* of the TPM and its keys */
    ASK_ACTIVATE = 0x0704, /* struct trust_credential */
    ASK_QUOTE = 0x0705,    /* struct said_quote */
    /* keeper -> agent */
    ASK_SEAL = 0x0801, /* struct said_secret */
    ASK_OPEN = 0x0802, /* struct said_secret, sealed */
    /* updater -> agent */
    ASK_COUNTER = 0x1001, /* the security counter */
    ASK_RAISE = 0x1002,   /* it by one, to what runs at most */
    /* agent -> updater */
    SAY_COUNTER = 0x1101, /* u64 */
    /* agent -> courier */
    SAY_PUBLIC = 0x0901,    /* point (65) */
    SAY_SIGNED = 0x0902,    /* struct said_signature */
    SAY_IDENTITY = 0x0903,  /* struct trust_identity */
    SAY_ACTIVATED = 0x0904, /* key (32): what was in the credential */
    SAY_QUOTED = 0x0905,    /* struct trust_evidence */
    /* agent -> keeper */
    SAY_SEALED = 0x0a01, /* struct said_secret, sealed */
    SAY_OPENED = 0x0a02, /* struct said_secret */
    /* agent -> any of them */
    SAY_NO_KEY = 0x0b01, /* u8 enum no_key */
};

enum sign {                  /* of a device in order, for who tries a new release */
    SIGN_MEASURES = 1u << 0, /* readings come */
    SIGN_SENSOR = 1u << 1,   /* and none of them says that the sensor is at fault */
    SIGN_ANSWERED = 1u << 2, /* a sealed answer has counted since the start */
    SIGN_QUIET = 1u << 3, /* no value and no alarm for a minute: nobody is measured */
    SIGNS_ALL = 15,
};

enum link_word {
    LINK_NONE,
    LINK_NO_NETWORK,
    LINK_NOT_TRUSTED,
    LINK_KEY_FAULT,
    LINK_CONFIG,
    LINK_OPEN,
    LINK_NOT_ATTESTED, /* the cloud does not take what the TPM says of this device */
    LINK_WORDS
};

struct said_reading {
    uint64_t
        number; /* of this run of the device; said again until KEPT; a gap is a loss */
    uint64_t mono_ms;
    bool has_utc;
    uint64_t utc_ms; /* zero unless has_utc */
    struct maybe_u16 spo2, pulse, pi;
    uint16_t status;
    uint8_t quality;
    bool alarm, test_data;
};

struct said_state { /* what keeper knows, for measure's screen and for people */
    bool enrolled;
    struct device_id device; /* zero unless enrolled */
    struct epoch epoch;      /* zero unless enrolled */
    bool synchronised, ended,
        delivered;  /* ended: measure said so; delivered: nothing is held */
    bool reduced;   /* roles share a user */
    bool tpm;       /* keys are in a TPM; else in files */
    uint32_t notes; /* enum view_note */
    uint8_t clock;  /* enum clock_state */
    bool has_utc;
    uint64_t utc_ms;
    uint64_t taken; /* readings that measure handed over, whatever became of them */
    uint64_t readings, readings_lost, readings_held;
    uint64_t batches_sealed, batches_acknowledged, batches_set_aside, batches_held;
    uint64_t oldest_held_age_ms, answer_age_ms;
    uint32_t fill_permille, config_version,
        lost_before;       /* lost_before: never handed over */
    struct digest content; /* of all readings sealed in this run */
    struct view_ticket service;
};

struct said_fetch {
    struct digest bundle;
    uint32_t number; /* of the piece, below LIMIT_PIECES */
};

struct said_reply {
    struct nonce nonce;
    uint16_t http_status; /* 100..599 */
    uint32_t retry_after_s;
};

enum {
    TICKET_LEN = 1 + 8 + 4 + 32,
    READING_LEN = 8 + 8 + 1 + 8 + 6 + 2 + 1,
    STATE_LEN = 16 + 32 + 1 + 4 + 1 + 8 + 8 + 24 + 32 + 16 + 12 + 32 + TICKET_LEN,
    REPLY_HEAD_LEN = 16 + 2 + 4,
    FETCH_LEN = 32 + 4,
    VIEW_LEN = 8 + 8 + 1 + 2 + 6 + 4 + 2 + 1 + 4 + 24 + 8 + 37 + TICKET_LEN + 2
        + 2 * VIEW_PLETH
};

struct bytes reading_build(const struct said_reading *v, struct room out);
MUST_USE enum status reading_parse(struct bytes in, struct said_reading *out);
struct bytes state_build(const struct said_state *v, struct room out);
MUST_USE enum status state_parse(struct bytes in, struct said_state *out);
struct bytes offer_build(
    const struct nonce *nonce, struct bytes envelope, struct room out);
MUST_USE enum status offer_parse(
    struct bytes in, struct nonce *nonce, struct bytes *envelope);
struct bytes reply_build(
    const struct said_reply *v, struct bytes body, struct room out);
MUST_USE enum status reply_parse(
    struct bytes in, struct said_reply *out, struct bytes *body);
struct bytes fetch_build(const struct said_fetch *v, struct room out);
MUST_USE enum status fetch_parse(struct bytes in, struct said_fetch *out);
struct bytes piece_build(
    const struct said_fetch *v, struct bytes piece, struct room out);
/* The piece is 1 to LIMIT_PIECE bytes. */
MUST_USE enum status piece_parse(
    struct bytes in, struct said_fetch *out, struct bytes *piece);
struct bytes nonce_build(const struct nonce *nonce, struct room out);
MUST_USE enum status nonce_parse(struct bytes in, struct nonce *out);
struct bytes point_build(const uint8_t point[P256_PUBLIC_LEN], struct room out);
MUST_USE enum status point_parse(struct bytes in, uint8_t out[P256_PUBLIC_LEN]);
struct bytes link_build(enum link_word word, struct room out);
MUST_USE enum status link_parse(struct bytes in, enum link_word *out);
struct said_event { /* of an update, and of which */
    uint8_t code;   /* enum event_code */
    bool has_about;
    uint8_t about[EVENT_ABOUT_LEN];
};
struct bytes event_build(const struct said_event *event, struct room out);
MUST_USE enum status event_parse(struct bytes in, struct said_event *out);

struct bytes signs_build(uint8_t signs, struct room out);
MUST_USE enum status signs_parse(struct bytes in, uint8_t *out);
struct bytes word_build(uint8_t word, struct room out);
/* MALFORMED: not one of from..below - 1. */
MUST_USE enum status word_parse(
    struct bytes in, uint8_t from, uint8_t below, uint8_t *out);
struct bytes view_build(const struct view *v, struct room out);
MUST_USE enum status view_parse(struct bytes in, struct view *out);
struct bytes number_build(uint64_t number, struct room out);
MUST_USE enum status number_parse(struct bytes in, uint64_t *out);
struct bytes code_build(uint32_t code, struct room out);
MUST_USE enum status code_parse(struct bytes in, uint32_t *out); /* 0..999999 */
struct bytes service_build(enum reason what, struct room out);
MUST_USE enum status service_parse(struct bytes in, enum reason *out);
struct bytes utc_build(uint64_t utc_ms, struct room out);
MUST_USE enum status utc_parse(struct bytes in, uint64_t *out);

/* The tables for talk_recv(): what an end may hear. */
enum hearer {
    KEEPER_OF_MEASURE,
    MEASURE_OF_KEEPER,
    COURIER_OF_KEEPER,
    KEEPER_OF_COURIER,
    SCREEN_OF_MEASURE,
    KEEPER_OF_PEOPLE,
    PEOPLE_OF_KEEPER,
    AGENT_OF_ROLES, /* which role may say what: device/agent/may.h */
    COURIER_OF_AGENT,
    KEEPER_OF_AGENT,
    UPDATER_OF_KEEPER,
    KEEPER_OF_UPDATER,
    COURIER_OF_UPDATER,
    UPDATER_OF_COURIER,
    UPDATER_OF_AGENT,
    HEARERS
};
const struct talk_door *messages_heard(enum hearer who, size_t *count);
