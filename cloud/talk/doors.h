/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doors: everything that one process of the cloud may ask of another, with its layout.
 *
 * All integers big-endian, all layouts fixed: a body is exactly the fields listed. Each body is
 * made and taken apart by one function here, so both ends share it; the far side parses again and
 * checks proofs itself: what gate says of a TLS peer can make store refuse, never accept.
 *
 * Sockets (below --root): run/holdfast/store/gate  gate -> store
 *                         run/holdfast/store/view  view -> store
 *                         run/holdfast/store/admin command line -> store (root or store's user)
 *                         run/holdfast/keys/store  store -> keys
 *                         run/holdfast/keys/enrol  enrol -> keys
 *                         run/holdfast/keys/admin  command line -> keys (root or keys' user)
 *                         run/holdfast/view/http   people -> view, a SOCK_STREAM of plain HTTP
 */
#pragma once

#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/status.h"
#include "wire/enrol.h"
#include "wire/types.h"

enum door {
    /* gate -> store, and the answers. `ticket` is gate's, echoed: many are under way at once. */
    DOOR_INGEST = 0x0101,      /* struct door_ingest, then the envelope */
    DOOR_INGESTED = 0x0102,    /* struct door_ingested, then the sealed answer (may be empty) */
    DOOR_GATE_EVENT = 0x0103,  /* struct door_gate_event: a refusal that gate made itself */
    DOOR_ADMIT = 0x0104,       /* struct door_admit: may this certificate's device connect? */
    DOOR_ADMITTED = 0x0105,    /* struct door_admitted */
    DOOR_CLOSE_DEVICE = 0x0106, /* store -> gate: u8[16] device: close its connections now */

    /* store -> keys */
    DOOR_EPOCH_KEY = 0x0201,   /* kid (20), epoch (32) */
    DOOR_DOWN_KEY = 0x0202,    /* kid (20) */
    DOOR_KEY = 0x0203,         /* u8 found, key (32, zero unless found) */
    DOOR_TOMBSTONE = 0x0204,   /* device (16); one way, answered by DOOR_DONE */
    DOOR_FIRST_BATCH = 0x0205, /* kid (20): the generation is in use: wipe the invitation; DOOR_DONE */

    /* enrol -> keys */
    DOOR_ENROL = 0x0301,       /* M1, exactly 134 bytes */
    DOOR_ENROLLED = 0x0302,    /* u8 ok, then M2 (empty unless ok) */

    /* command line -> keys, admin socket */
    DOOR_INVITE = 0x0401,      /* struct door_invite */
    DOOR_INVITED = 0x0402,     /* struct door_invited */
    DOOR_ENROL_OPEN = 0x0403,  /* empty; answered by DOOR_DONE: u8 1 if an invitation is open */

    DOOR_DONE = 0x0501,        /* u8: enum status */

    /* view -> store; every one but SIGN_IN carries the person's session token (32) first */
    DOOR_SIGN_IN = 0x0601,     /* u8 name_len, name, u8 password_len, password */
    DOOR_SIGNED_IN = 0x0602,   /* u8 status, token (32, zero unless OK), u32 retry_after_s */
    DOOR_SIGN_OUT = 0x0603,    /* token; DOOR_DONE */
    DOOR_DEVICES = 0x0604,     /* token, u32 from: page of at most 64; DOOR_DEVICE_LIST */
    DOOR_DEVICE_LIST = 0x0605, /* u8 status, u64 now_utc_ms, u16 count, u8 more, door_device each */
    DOOR_TREND = 0x0606,       /* token, device, u64 from_utc_ms, u64 to_utc_ms, u16 points 1..600 */
    DOOR_TREND_POINTS = 0x0607, /* u8 status, u16 count, door_point each, oldest first */
    DOOR_GAPS = 0x0608,        /* token, device, u64 from, u64 to; DOOR_GAP_LIST: at most 256 */
    DOOR_GAP_LIST = 0x0609,    /* u8 status, u16 count, { u64 from_ms, u64 to_ms, u32 lost } each */

    /* command line -> store, admin socket */
    DOOR_DEVICE_NEW = 0x0701,  /* u8 label_len, label; DOOR_DEVICE_MADE */
    DOOR_DEVICE_MADE = 0x0702, /* u8 status, kid (20) */
    DOOR_DEVICE_REVOKE = 0x0703, /* device; DOOR_DONE after the row is committed and gates were told */
    DOOR_USER_ADD = 0x0704,    /* u8 name_len, name, u8 password_len, password; DOOR_DONE */
    DOOR_STATUS = 0x0705,      /* empty; DOOR_TEXT: JSON */
    DOOR_LIST_DEVICES = 0x0706, /* u64 cursor; DOOR_TEXT: JSON lines, then the next cursor */
    DOOR_LIST_BATCHES = 0x0707, /* u64 cursor, device or zero (16); DOOR_TEXT */
    DOOR_LIST_EVENTS = 0x0708, /* u64 cursor; DOOR_TEXT */
    DOOR_CONTENT = 0x0709,     /* device or zero (16); DOOR_TEXT: {"readings":R,"content":"<hex>"}: by a query, sorted by measured time */
    DOOR_CONFIG_SET = 0x070a,  /* device (16), u8 batch_s, u8 ward_len, ward, u8 zone_len, zone; DOOR_DONE */
    DOOR_TEXT = 0x070f,        /* u8 status, u64 next_cursor (0: end), text */
};

struct door_ingest {
    uint32_t ticket;
    struct device_id peer; /* of the verified client certificate */
    struct device_id path; /* of the request's path, after gate's own check */
    struct nonce nonce;
};

struct door_ingested {
    uint32_t ticket;
    uint16_t http_status;   /* 200, 401, 403, 409, 422, 429, 503 */
    uint16_t retry_after_s; /* 0: none */
};

struct door_gate_event {
    enum reason reason;
    bool has_peer;
    struct device_id peer;
    uint64_t request; /* gate's own number of the request */
};

struct door_admit {
    uint32_t ticket;
    struct device_id peer;
};

struct door_admitted {
    uint32_t ticket;
    bool admitted; /* the row exists and may send */
};

struct door_invite {
    struct kid kid;
    uint64_t expires_utc_s;
};

struct door_invited {
    bool ok;
    struct key secret;          /* goes into the bundle and nowhere else */
    struct x25519_public s;
    /* certificate authorities and server name as keys holds them: read from keys' public files */
};

struct door_device {
    struct device_id device;
    char label[65];
    uint8_t state; /* enum device_state of cloud/store */
    bool has_spo2, has_pulse, has_utc;
    uint16_t spo2_permille, pulse_decibpm;
    uint8_t quality;
    uint16_t status;
    uint64_t measured_utc_ms; /* of the newest reading, from measured time */
    uint8_t clock;
    uint64_t last_answer_utc_ms; /* when this device last got a sealed answer; 0: never */
    uint64_t readings, lost;
    bool test_data, clone_suspected;
};

struct door_point {
    uint64_t utc_ms;
    bool has_spo2, has_pulse;
    uint16_t spo2_min, spo2_max; /* permille, within this point's span */
    uint16_t pulse_min, pulse_max;
    bool gap_before;
};
