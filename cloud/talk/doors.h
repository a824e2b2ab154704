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

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/status.h"
#include "host/talk.h"
#include "wire/attest.h"
#include "wire/enrol.h"
#include "wire/types.h"

enum door {
    /* gate -> store, and the answers. `ticket` is gate's, echoed: many are under way at once. */
    DOOR_INGEST = 0x0101, /* struct door_ingest, then the envelope */
    DOOR_INGESTED =
        0x0102, /* struct door_ingested, then the sealed answer (may be empty) */
    DOOR_GATE_EVENT =
        0x0103, /* struct door_gate_event: a refusal that gate made itself */
    DOOR_ADMIT =
        0x0104, /* struct door_admit: may this device connect? gate reports what it refuses */
    DOOR_ADMITTED = 0x0105,    /* struct door_admitted */
    DOOR_PIECE = 0x0111,       /* struct door_piece; answered by DOOR_PIECE_GIVEN */
    DOOR_PIECE_GIVEN = 0x0112, /* struct door_ingested, then the piece */
    DOOR_CLOSE_DEVICE =
        0x0106, /* store -> gate: u8[16] device: close its connections now */

    DOOR_ATTEST =
        0x0107, /* struct door_attest, then what the device says (may be empty) */
    DOOR_ATTESTED =
        0x0108, /* struct door_attested, then what the cloud asks (may be empty) */

    /* store -> keys */
    DOOR_EPOCH_KEY = 0x0201, /* kid (20), epoch (32) */
    DOOR_DOWN_KEY = 0x0202,  /* kid (20) */
    DOOR_KEY = 0x0203,       /* u8 found, key (32, zero unless found) */
    DOOR_TOMBSTONE = 0x0204, /* device (16); one way, answered by DOOR_DONE */
    DOOR_FIRST_BATCH =
        0x0205, /* kid (20): the generation is in use: wipe the invitation; DOOR_DONE */

    DOOR_RENEW =
        0x0206, /* M1 of the next generation, exactly 134 bytes; DOOR_ENROLLED */

    DOOR_ATTEST_KEY = 0x0207, /* kid (20): by which key its TPM attests */
    DOOR_ATTEST_KEY_IS =
        0x0208, /* u8 found, name (34), point (65); zero unless found */
    DOOR_ENROL_SAID =
        0x0209, /* keys -> store, no answer: struct door_enrol_said: what came of an enrolment */

    /* enrol -> keys */
    DOOR_ENROL = 0x0301,    /* M1, exactly 134 bytes, or E1 */
    DOOR_ENROLLED = 0x0302, /* u8 ok, then M2 or E2 (empty unless ok) */

    /* command line -> keys, admin socket */
    DOOR_INVITE = 0x0401,  /* struct door_invite */
    DOOR_INVITED = 0x0402, /* struct door_invited */
    DOOR_ENROL_OPEN =
        0x0403, /* from enrol too; empty; DOOR_DONE: u8 1 if an invitation is open */

    DOOR_DONE = 0x0501, /* u8: enum status (of ENROL_OPEN: 1 or 0) */

    /* view -> store; every one but SIGN_IN carries the person's session token (32) first */
    DOOR_SIGN_IN = 0x0601, /* u8 name_len, name, u8 password_len, password */
    DOOR_SIGNED_IN =
        0x0602, /* u8 status, token (32, zero unless OK), u32 retry_after_s */
    DOOR_SIGN_OUT = 0x0603, /* token; DOOR_DONE */
    DOOR_DEVICES = 0x0604,  /* token, u32 from: page of at most 64; DOOR_DEVICE_LIST */
    DOOR_DEVICE_LIST =
        0x0605, /* u8 status, u64 now_utc_ms, u16 count, u8 more, door_device each */
    DOOR_TREND =
        0x0606, /* token, device, u64 from_utc_ms, u64 to_utc_ms, u16 points 1..600 */
    DOOR_TREND_POINTS =
        0x0607, /* u8 status, u16 count, door_point each, oldest first */
    DOOR_GAPS =
        0x0608, /* token, device, u64 from, u64 to; DOOR_GAP_LIST: at most 256 */
    DOOR_GAP_LIST =
        0x0609, /* u8 status, u16 count, { u64 from_ms, u64 to_ms, u32 lost } each */

    /* command line -> store, admin socket */
    DOOR_DEVICE_NEW = 0x0701,  /* u8 label_len, label; DOOR_DEVICE_MADE */
    DOOR_DEVICE_MADE = 0x0702, /* u8 status, kid (20) */
    DOOR_DEVICE_DROP =
        0x0728, /* device that was made and whose bundle nobody has; DOOR_DONE */
    DOOR_DEVICE_END =
        0x0713, /* device; DOOR_DONE: its next answer tells it to give up its keys */
    DOOR_RECEIPT = 0x0714,      /* device; DOOR_TEXT: JSON */
    DOOR_PINS_PUBLISH = 0x0712, /* a signed pin set, whole; DOOR_DONE */
    DOOR_PINS = 0x0726,         /* empty; DOOR_PINS_ARE */
    DOOR_PINS_ARE = 0x0727,     /* the set that is published, whole; empty: none */
    DOOR_DEVICE_RENEW =
        0x070c, /* device; DOOR_DONE: its next answer asks for new keys */
    DOOR_DEVICE_CLEAR = 0x0723, /* device; DOOR_DONE: it is no clone: serve it again */
    DOOR_DEVICE_REVOKE =
        0x0703, /* device; DOOR_DONE after the row is committed and gates were told */
    DOOR_USER_ADD =
        0x0704, /* u8 name_len, name, u8 password_len, password; DOOR_DONE */
    DOOR_USER_REMOVE =
        0x0724, /* u8 name_len, name; DOOR_DONE after the sessions are ended */
    DOOR_LIST_USERS = 0x0725, /* u64 cursor; DOOR_TEXT */
    DOOR_STATUS = 0x0705,     /* empty; DOOR_TEXT: JSON */
    DOOR_LIST_DEVICES =
        0x0706, /* u64 cursor; DOOR_TEXT: JSON lines, then the next cursor */
    DOOR_LIST_BATCHES = 0x0707, /* u64 cursor, device or zero (16); DOOR_TEXT */
    DOOR_LIST_EVENTS = 0x0708,  /* u64 cursor; DOOR_TEXT */
    DOOR_CONTENT =
        0x0709, /* device or zero (16); DOOR_TEXT: {"readings":R,"content":"<hex>"}: by a query, sorted by measured time */
    DOOR_CONFIG_SET =
        0x070a, /* device (16), u8 batch_s, u8 ward_len, ward, u8 zone_len, zone; DOOR_DONE */
    DOOR_LIST_LOGS = 0x070b,    /* u64 cursor, device or zero (16); DOOR_TEXT */
    DOOR_RELEASE_ADD = 0x070d,  /* a signed-release; DOOR_DONE */
    DOOR_RELEASE_ROLL = 0x070e, /* u64 release, u8 percent, u8 stopped; DOOR_DONE */
    DOOR_CLASS_END = 0x0729,    /* u8 product_len, product; DOOR_CLASS_ENDED */
    DOOR_CLASS_ENDED =
        0x072a, /* u8 status, u16 reason, u64 release, device (16), u64 releases, u64 classes */
    DOOR_BUNDLE_PUT =
        0x0721, /* struct door_bundle, then the piece, in their order; DOOR_DONE */
    DOOR_BUNDLE_KEEP = 0x0722,   /* a signed-release, whose bundle was put; DOOR_DONE */
    DOOR_LIST_RELEASES = 0x0710, /* u64 cursor; DOOR_TEXT */
    DOOR_LIST_OFFERS = 0x0711,   /* u64 cursor; DOOR_TEXT */
    DOOR_TICKET_SEND = 0x0715,   /* a signed-ticket; DOOR_DONE */
    DOOR_TEXT = 0x070f,          /* u8 status, u64 next_cursor (0: end), text */
};

enum {
    DOOR_LABEL = 64,   /* of a device, a ward, a time zone: bytes of printable UTF-8 */
    DOOR_NAME = 64,    /* of a person */
    DOOR_PAGE = 64,    /* devices in one DOOR_DEVICE_LIST */
    DOOR_POINTS = 600, /* in one DOOR_TREND_POINTS */
    DOOR_GAP_COUNT = 256, /* in one DOOR_GAP_LIST */
    DOOR_TEXT_MAX = LIMIT_TALK_BODY - 9,
};

struct door_ingest {
    uint32_t ticket;
    struct device_id peer; /* of the verified client certificate */
    struct device_id path; /* of the request's path, after gate's own check */
    struct nonce nonce;
    uint64_t connection; /* gate's own number of it, from 1 */
    uint64_t
        gate; /* not on the wire: store's own number of the gate, put in by store */
};

struct door_attest { /* what a device says for its connection */
    uint32_t ticket;
    struct device_id peer, path;
    uint64_t connection;
    struct digest channel; /* TLS exporter of it */
};

struct door_attested {
    uint32_t ticket;
    uint16_t http_status; /* 200 with a question, 204, 400, 403, 503 */
};

struct door_attest_key {
    bool found;
    uint8_t name[ATTEST_NAME_LEN];
    uint8_t point[P256_PUBLIC_LEN];
};

struct door_enrol_said {
    enum reason reason;
    bool refused;    /* who asked was; else only its evidence, or nothing, was */
    bool has_device; /* its M1 opened under the invitation of this device */
    struct device_id device;
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

struct door_piece {
    uint32_t ticket;
    struct device_id peer; /* of the verified client certificate */
    struct digest bundle;
    uint32_t number; /* below LIMIT_PIECES */
};

struct door_bundle {
    uint32_t number; /* of the piece; 0 begins anew */
};

struct door_invite {
    struct kid kid;
    uint64_t expires_utc_s;
};

struct door_invited {
    bool ok;
    struct key secret; /* goes into the bundle and nowhere else */
    struct x25519_public s;
    /* certificate authorities and server name as keys holds them: read from keys' public files */
};

struct door_device {
    struct device_id device;
    char label[DOOR_LABEL + 1];
    uint8_t state; /* enum device_state of cloud/store */
    bool has_spo2, has_pulse, has_utc;
    uint16_t spo2_permille, pulse_decibpm;
    uint8_t quality;
    uint16_t status;
    uint64_t measured_utc_ms; /* of the newest reading, from measured time */
    uint8_t clock;
    uint64_t
        last_answer_utc_ms; /* when this device last got a sealed answer; 0: never */
    uint64_t readings, lost;
    bool test_data, clone_suspected;
    bool keys_in_software; /* as it says itself */
};

struct door_point {
    uint64_t utc_ms;
    bool has_spo2, has_pulse;
    uint16_t spo2_min, spo2_max; /* permille, within this point's span */
    uint16_t pulse_min, pulse_max;
    bool gap_before;
};

struct door_epoch {
    struct kid kid;
    struct epoch epoch;
};

struct door_key {
    bool found;
    struct key key; /* zero unless found */
};

struct door_m1 {
    uint8_t b[ENROL_M1_LEN];
};

struct door_enrolled {
    bool ok;
    struct bytes m2; /* empty unless ok */
};

struct session_token {
    uint8_t b[32];
};

struct
    door_sign_in { /* DOOR_SIGN_IN and DOOR_USER_ADD; NUL-ended here; wipe after use */
    char name[DOOR_NAME + 1];
    char password[LIMIT_PASSWORD + 1];
};

struct door_user_remove {
    char name[DOOR_NAME + 1];
};

struct door_signed_in {
    enum status status;
    struct session_token token; /* zero unless OK */
    uint32_t retry_after_s;
};

struct door_devices {
    struct session_token token;
    uint32_t from;
};

struct door_device_list {
    enum status status; /* REFUSED: no such session; then nothing else is set */
    uint64_t now_utc_ms;
    uint16_t count;
    bool more;
    struct door_device devices[DOOR_PAGE];
};

struct door_span { /* DOOR_TREND and, with points 0 and not on the wire, DOOR_GAPS */
    struct session_token token;
    struct device_id device;
    uint64_t from_utc_ms, to_utc_ms; /* from <= to */
    uint16_t points;                 /* DOOR_TREND: 1..600 */
};

struct door_trend_points {
    enum status status;
    uint16_t count;
    struct door_point points[DOOR_POINTS];
};

struct door_gap {
    uint64_t from_ms, to_ms;
    uint32_t lost;
};

struct door_gap_list {
    enum status status;
    uint16_t count;
    struct door_gap gaps[DOOR_GAP_COUNT];
};

struct door_device_new {
    char label[DOOR_LABEL + 1];
};

struct door_device_made {
    enum status status;
    struct kid kid;
};

struct door_list { /* DOOR_LIST_DEVICES, _EVENTS, _USERS, _BATCHES, _LOGS */
    uint64_t cursor;
    struct device_id device; /* batches and logs only; zero: of all */
};

struct door_release_roll {
    uint64_t release; /* as `release list` numbers them */
    uint8_t percent;  /* 0..100 of the devices of its class */
    bool stopped;
};

struct door_class_end {
    char product[WORD_MAX + 1];
};

struct door_class_ended {
    enum status status;
    enum reason reason;      /* what came of it */
    uint64_t release;        /* REASON_RELEASE_ROLLING: which; else 0 */
    struct device_id device; /* _IN_USE, _OFFERED: which; else zero */
    uint64_t releases;       /* OK: so many were the class's, */
    uint64_t classes;        /* OK: and so many classes are left */
};

struct door_config_set {
    struct device_id device;
    uint8_t batch_s; /* 10..60 */
    char ward[DOOR_LABEL + 1];
    char time_zone[DOOR_LABEL + 1];
};

struct door_text {
    enum status status;
    uint64_t next_cursor; /* 0: end */
    struct bytes text;    /* at most DOOR_TEXT_MAX */
};

/* What one end may hear from the other: the table for talk_recv(). */
enum door_end {
    STORE_FROM_GATE,
    GATE_FROM_STORE,
    KEYS_FROM_STORE,
    STORE_FROM_KEYS,
    KEYS_FROM_ENROL,
    ENROL_FROM_KEYS,
    KEYS_FROM_ADMIN,
    ADMIN_FROM_KEYS,
    STORE_FROM_VIEW,
    VIEW_FROM_STORE,
    STORE_FROM_ADMIN,
    ADMIN_FROM_STORE,
    DOOR_ENDS
};
const struct talk_door *doors_heard(enum door_end end, size_t *count);

/*
 * door_X_build: the body of door X into `out`; the view of what was written. A value outside its
 * range, or too little room (LIMIT_TALK_BODY is always enough), is the caller's mistake (assert).
 *
 * door_X_parse: MALFORMED unless `in` is exactly what door_X_build makes of some value; *out is
 * written only on OK. Views in *out borrow from in.
 */
struct bytes door_ingest_build(
    const struct door_ingest *v, struct bytes envelope, struct room out);
MUST_USE enum status door_ingest_parse(
    struct bytes in, struct door_ingest *out, struct bytes *envelope);
struct bytes door_ingested_build(
    const struct door_ingested *v, struct bytes answer, struct room out);
MUST_USE enum status door_ingested_parse(
    struct bytes in, struct door_ingested *out, struct bytes *answer);
struct bytes door_attest_build(
    const struct door_attest *v, struct bytes said, struct room out);
MUST_USE enum status door_attest_parse(
    struct bytes in, struct door_attest *out, struct bytes *said);
struct bytes door_attested_build(
    const struct door_attested *v, struct bytes asked, struct room out);
MUST_USE enum status door_attested_parse(
    struct bytes in, struct door_attested *out, struct bytes *asked);

/* The piece is LIMIT_PIECE bytes, the last one 1 or more. */
struct bytes door_bundle_build(
    const struct door_bundle *v, struct bytes piece, struct room out);
MUST_USE enum status door_bundle_parse(
    struct bytes in, struct door_bundle *out, struct bytes *piece);

#define DOOR_BODY(name, type)                                                \
    struct bytes door_##name##_build(const struct type *v, struct room out); \
    MUST_USE enum status door_##name##_parse(struct bytes in, struct type *out)

DOOR_BODY(gate_event, door_gate_event);
DOOR_BODY(admit, door_admit);
DOOR_BODY(admitted, door_admitted);
DOOR_BODY(piece, door_piece);
DOOR_BODY(device_id,
    device_id); /* CLOSE_DEVICE, TOMBSTONE, DEVICE_REVOKE, DEVICE_RENEW, DEVICE_END, CONTENT, RECEIPT */
DOOR_BODY(epoch, door_epoch);           /* EPOCH_KEY */
DOOR_BODY(kid, kid);                    /* DOWN_KEY, FIRST_BATCH, ATTEST_KEY */
DOOR_BODY(attest_key, door_attest_key); /* ATTEST_KEY_IS */
DOOR_BODY(enrol_said, door_enrol_said);
DOOR_BODY(key, door_key);
DOOR_BODY(m1, door_m1); /* RENEW */
DOOR_BODY(enrolled, door_enrolled);
DOOR_BODY(invite, door_invite);
DOOR_BODY(invited, door_invited);
DOOR_BODY(sign_in, door_sign_in); /* SIGN_IN, USER_ADD */
DOOR_BODY(user_remove, door_user_remove);
DOOR_BODY(signed_in, door_signed_in);
DOOR_BODY(token, session_token); /* SIGN_OUT */
DOOR_BODY(devices, door_devices);
DOOR_BODY(device_list, door_device_list);
DOOR_BODY(trend, door_span);
DOOR_BODY(trend_points, door_trend_points);
DOOR_BODY(gaps, door_span);
DOOR_BODY(gap_list, door_gap_list);
DOOR_BODY(device_new, door_device_new);
DOOR_BODY(device_made, door_device_made);
DOOR_BODY(list, door_list); /* LIST_DEVICES, _EVENTS, _USERS: the cursor alone */
DOOR_BODY(list_batches, door_list); /* LIST_BATCHES, LIST_LOGS: cursor, device */
DOOR_BODY(config_set, door_config_set);
DOOR_BODY(release_roll, door_release_roll);
DOOR_BODY(class_end, door_class_end);
DOOR_BODY(class_ended, door_class_ended);
DOOR_BODY(text, door_text);
#undef DOOR_BODY

struct bytes door_done_build(uint8_t value, struct room out);
MUST_USE enum status door_done_parse(struct bytes in, uint8_t *value);
