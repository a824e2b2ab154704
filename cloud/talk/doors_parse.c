/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/doors.h"

#include "core/base/reader.h"
#include "core/base/utf8.h"

#include <string.h>

/* A reader that also remembers a value outside its range. */
struct body {
    struct reader r;
    bool bad;
};

static struct body body_over(struct bytes in)
{
    return (struct body){.r = reader_over(in)};
}

static bool body_done(const struct body *b)
{
    return reader_done(&b->r) && !b->bad;
}

static void take_fixed(struct body *b, uint8_t *out, size_t len)
{
    struct bytes got = take(&b->r, len);
    if (got.len == len)
        memcpy(out, got.at, len);
}

static uint8_t take_up_to(struct body *b, uint8_t max)
{
    uint8_t v = take_u8(&b->r);
    b->bad |= v > max;
    return v;
}

static bool take_bool(struct body *b)
{
    return take_up_to(b, 1) == 1;
}

static enum status take_status(struct body *b)
{
    uint8_t v = take_up_to(b, BROKEN);
    return v > BROKEN ? BROKEN : (enum status)v;
}

/* What goes on into the database, whose numbers have a sign. */
static uint64_t take_row_u64(struct body *b)
{
    uint64_t v = take_u64(&b->r);
    b->bad |= v > INT64_MAX;
    return v;
}

static void take_device(struct body *b, struct device_id *d)
{
    take_fixed(b, d->b, sizeof d->b);
}

static enum reason take_reason(struct body *b)
{
    uint16_t v = take_u16(&b->r);
    b->bad |= v >= REASON_COUNT;
    return v < REASON_COUNT ? (enum reason)v : (enum reason)0;
}

/* Who is not named is all zero. */
static void take_maybe_device(struct body *b, bool *has, struct device_id *d)
{
    static const struct device_id nobody;
    *has = take_bool(b);
    take_device(b, d);
    b->bad |= !*has && memcmp(d, &nobody, sizeof nobody) != 0;
}

static void take_kid(struct body *b, struct kid *k)
{
    take_device(b, &k->device);
    k->generation = take_u32(&b->r);
}

static void take_maybe(struct body *b, bool *has, uint16_t *v)
{
    *has = take_bool(b);
    *v = take_u16(&b->r);
    b->bad |= !*has && *v != 0;
}

/* u8 length, then 1..max bytes of UTF-8 without control characters. */
static void take_text(struct body *b, char *out, size_t max)
{
    size_t len = take_u8(&b->r);
    if (len < 1 || len > max) {
        b->bad = true;
        return;
    }
    struct bytes got = take(&b->r, len);
    if (!utf8_printable(got)) {
        b->bad = true;
        return;
    }
    if (got.len)
        memcpy(out, got.at, got.len);
    out[got.len] = 0;
}

/* One exit for every body: whole, in range, then and only then handed out. */
#define GIVE(b, got, out)     \
    do {                      \
        if (!body_done(&(b))) \
            return MALFORMED; \
        *(out) = (got);       \
        return OK;            \
    } while (0)

enum status door_ingest_parse(
    struct bytes in, struct door_ingest *out, struct bytes *envelope)
{
    struct body b = body_over(in);
    struct door_ingest got = {0};

    got.ticket = take_u32(&b.r);
    take_device(&b, &got.peer);
    take_device(&b, &got.path);
    take_fixed(&b, got.nonce.b, sizeof got.nonce.b);
    got.connection = take_u64(&b.r);
    struct bytes rest = take(&b.r, b.r.left.len);
    b.bad |= rest.len < 1 || rest.len > LIMIT_ENVELOPE;
    if (!body_done(&b))
        return MALFORMED;
    *out = got;
    *envelope = rest;
    return OK;
}

enum status door_attest_parse(
    struct bytes in, struct door_attest *out, struct bytes *said)
{
    struct body b = body_over(in);
    struct door_attest got = {0};

    got.ticket = take_u32(&b.r);
    take_device(&b, &got.peer);
    take_device(&b, &got.path);
    got.connection = take_u64(&b.r);
    take_fixed(&b, got.channel.b, sizeof got.channel.b);
    struct bytes rest = take(&b.r, b.r.left.len);
    b.bad |= rest.len > ATTEST_QUOTE_MAX;
    if (!body_done(&b))
        return MALFORMED;
    *out = got;
    *said = rest;
    return OK;
}

enum status door_attested_parse(
    struct bytes in, struct door_attested *out, struct bytes *asked)
{
    struct body b = body_over(in);
    struct door_attested got = {0};

    got.ticket = take_u32(&b.r);
    got.http_status = take_u16(&b.r);
    struct bytes rest = take(&b.r, b.r.left.len);
    b.bad |= got.http_status < 200 || got.http_status > 599;
    b.bad |= rest.len != 0 && rest.len != ATTEST_ASK_LEN;
    if (!body_done(&b))
        return MALFORMED;
    *out = got;
    *asked = rest;
    return OK;
}

enum status door_attest_key_parse(struct bytes in, struct door_attest_key *out)
{
    static const struct door_attest_key none;
    struct body b = body_over(in);
    struct door_attest_key got = {0};

    got.found = take_bool(&b);
    take_fixed(&b, got.name, sizeof got.name);
    take_fixed(&b, got.point, sizeof got.point);
    b.bad |= !got.found && memcmp(&got, &none, sizeof none) != 0;
    GIVE(b, got, out);
}

enum status door_ingested_parse(
    struct bytes in, struct door_ingested *out, struct bytes *answer)
{
    struct body b = body_over(in);
    struct door_ingested got = {0};

    got.ticket = take_u32(&b.r);
    got.http_status = take_u16(&b.r);
    got.retry_after_s = take_u16(&b.r);
    struct bytes rest = take(&b.r, b.r.left.len);
    b.bad |=
        got.http_status < 200 || got.http_status > 599 || rest.len > LIMIT_ENVELOPE;
    b.bad |= got.retry_after_s > LIMIT_RETRY_AFTER_MAX_S;
    if (!body_done(&b))
        return MALFORMED;
    *out = got;
    *answer = rest;
    return OK;
}

enum status door_gate_event_parse(struct bytes in, struct door_gate_event *out)
{
    struct body b = body_over(in);
    struct door_gate_event got = {0};

    got.reason = take_reason(&b);
    take_maybe_device(&b, &got.has_peer, &got.peer);
    got.request = take_u64(&b.r);
    GIVE(b, got, out);
}

enum status door_enrol_said_parse(struct bytes in, struct door_enrol_said *out)
{
    struct body b = body_over(in);
    struct door_enrol_said got = {0};

    got.reason = take_reason(&b);
    got.refused = take_bool(&b);
    take_maybe_device(&b, &got.has_device, &got.device);
    GIVE(b, got, out);
}

enum status door_admit_parse(struct bytes in, struct door_admit *out)
{
    struct body b = body_over(in);
    struct door_admit got = {0};

    got.ticket = take_u32(&b.r);
    take_device(&b, &got.peer);
    GIVE(b, got, out);
}

enum status door_admitted_parse(struct bytes in, struct door_admitted *out)
{
    struct body b = body_over(in);
    struct door_admitted got = {0};

    got.ticket = take_u32(&b.r);
    got.admitted = take_bool(&b);
    GIVE(b, got, out);
}

static uint32_t take_piece_number(struct body *b)
{
    uint32_t number = take_u32(&b->r);
    b->bad |= number >= LIMIT_PIECES;
    return number;
}

enum status door_piece_parse(struct bytes in, struct door_piece *out)
{
    struct body b = body_over(in);
    struct door_piece got = {0};

    got.ticket = take_u32(&b.r);
    take_device(&b, &got.peer);
    take_fixed(&b, got.bundle.b, sizeof got.bundle.b);
    got.number = take_piece_number(&b);
    GIVE(b, got, out);
}

enum status door_bundle_parse(
    struct bytes in, struct door_bundle *out, struct bytes *piece)
{
    struct body b = body_over(in);
    struct door_bundle got = {0};

    got.number = take_piece_number(&b);
    struct bytes rest = take(&b.r, b.r.left.len);
    b.bad |= rest.len < 1 || rest.len > LIMIT_PIECE;
    if (!body_done(&b))
        return MALFORMED;
    *out = got;
    *piece = rest;
    return OK;
}

enum status door_device_id_parse(struct bytes in, struct device_id *out)
{
    struct body b = body_over(in);
    struct device_id got = {0};

    take_device(&b, &got);
    GIVE(b, got, out);
}

enum status door_epoch_parse(struct bytes in, struct door_epoch *out)
{
    struct body b = body_over(in);
    struct door_epoch got = {0};

    take_kid(&b, &got.kid);
    take_fixed(&b, got.epoch.b, sizeof got.epoch.b);
    GIVE(b, got, out);
}

enum status door_kid_parse(struct bytes in, struct kid *out)
{
    struct body b = body_over(in);
    struct kid got = {0};

    take_kid(&b, &got);
    GIVE(b, got, out);
}

enum status door_key_parse(struct bytes in, struct door_key *out)
{
    struct body b = body_over(in);
    struct door_key got = {0};
    static const struct key none;

    got.found = take_bool(&b);
    take_fixed(&b, got.key.b, sizeof got.key.b);
    b.bad |= !got.found && !ct_equal(&got.key, &none, sizeof none);
    enum status s = body_done(&b) ? OK : MALFORMED;
    if (s == OK)
        *out = got;
    wipe(&got, sizeof got);
    return s;
}

enum status door_m1_parse(struct bytes in, struct door_m1 *out)
{
    struct body b = body_over(in);
    struct door_m1 got = {{0}};

    take_fixed(&b, got.b, sizeof got.b);
    GIVE(b, got, out);
}

enum status door_enrolled_parse(struct bytes in, struct door_enrolled *out)
{
    struct body b = body_over(in);
    struct door_enrolled got = {0};

    got.ok = take_bool(&b);
    got.m2 = take(&b.r, b.r.left.len);
    b.bad |= got.ok ? got.m2.len <= 32 || got.m2.len > ENROL_M2_MAX : got.m2.len != 0;
    GIVE(b, got, out);
}

enum status door_invite_parse(struct bytes in, struct door_invite *out)
{
    struct body b = body_over(in);
    struct door_invite got = {0};

    take_kid(&b, &got.kid);
    got.expires_utc_s = take_u64(&b.r);
    GIVE(b, got, out);
}

enum status door_invited_parse(struct bytes in, struct door_invited *out)
{
    struct body b = body_over(in);
    struct door_invited got = {0};

    got.ok = take_bool(&b);
    take_fixed(&b, got.secret.b, sizeof got.secret.b);
    take_fixed(&b, got.s.b, sizeof got.s.b);
    enum status s = body_done(&b) ? OK : MALFORMED;
    if (s == OK)
        *out = got;
    wipe(&got, sizeof got);
    return s;
}

enum status door_done_parse(struct bytes in, uint8_t *value)
{
    struct body b = body_over(in);
    uint8_t got = take_up_to(&b, BROKEN);
    GIVE(b, got, value);
}

enum status door_sign_in_parse(struct bytes in, struct door_sign_in *out)
{
    struct body b = body_over(in);
    struct door_sign_in got = {0};

    take_text(&b, got.name, DOOR_NAME);
    take_text(&b, got.password, LIMIT_PASSWORD);
    enum status s = body_done(&b) ? OK : MALFORMED;
    if (s == OK)
        *out = got;
    wipe(&got, sizeof got);
    return s;
}

enum status door_user_remove_parse(struct bytes in, struct door_user_remove *out)
{
    struct body b = body_over(in);
    struct door_user_remove got = {0};

    take_text(&b, got.name, DOOR_NAME);
    GIVE(b, got, out);
}

enum status door_signed_in_parse(struct bytes in, struct door_signed_in *out)
{
    struct body b = body_over(in);
    struct door_signed_in got = {0};
    static const struct session_token none;

    got.status = take_status(&b);
    take_fixed(&b, got.token.b, sizeof got.token.b);
    got.retry_after_s = take_u32(&b.r);
    b.bad |= got.status != OK && !ct_equal(&got.token, &none, sizeof none);
    GIVE(b, got, out);
}

enum status door_token_parse(struct bytes in, struct session_token *out)
{
    struct body b = body_over(in);
    struct session_token got = {0};

    take_fixed(&b, got.b, sizeof got.b);
    GIVE(b, got, out);
}

enum status door_devices_parse(struct bytes in, struct door_devices *out)
{
    struct body b = body_over(in);
    struct door_devices got = {0};

    take_fixed(&b, got.token.b, sizeof got.token.b);
    got.from = take_u32(&b.r);
    GIVE(b, got, out);
}

static void take_one_device(struct body *b, struct door_device *d)
{
    take_device(b, &d->device);
    take_text(b, d->label, DOOR_LABEL);
    d->state = take_u8(&b->r);
    take_maybe(b, &d->has_spo2, &d->spo2_permille);
    take_maybe(b, &d->has_pulse, &d->pulse_decibpm);
    d->quality = take_up_to(b, 100);
    d->status = take_u16(&b->r);
    d->has_utc = take_bool(b);
    d->measured_utc_ms = take_u64(&b->r);
    b->bad |= !d->has_utc && d->measured_utc_ms != 0;
    d->clock = take_up_to(b, 3);
    d->last_answer_utc_ms = take_u64(&b->r);
    d->readings = take_u64(&b->r);
    d->lost = take_u64(&b->r);
    d->test_data = take_bool(b);
    d->clone_suspected = take_bool(b);
    d->keys_in_software = take_bool(b);
}

enum status door_device_list_parse(struct bytes in, struct door_device_list *out)
{
    struct body b = body_over(in);
    struct door_device_list got = {0};

    got.status = take_status(&b);
    got.now_utc_ms = take_u64(&b.r);
    got.count = take_u16(&b.r);
    got.more = take_bool(&b);
    if (got.count > DOOR_PAGE)
        return MALFORMED;
    for (size_t i = 0; i < got.count; i++)
        take_one_device(&b, &got.devices[i]);
    GIVE(b, got, out);
}

static void take_span(struct body *b, struct door_span *v)
{
    take_fixed(b, v->token.b, sizeof v->token.b);
    take_device(b, &v->device);
    v->from_utc_ms = take_row_u64(b);
    v->to_utc_ms = take_row_u64(b);
    b->bad |= v->from_utc_ms > v->to_utc_ms;
}

enum status door_trend_parse(struct bytes in, struct door_span *out)
{
    struct body b = body_over(in);
    struct door_span got = {0};

    take_span(&b, &got);
    got.points = take_u16(&b.r);
    b.bad |= got.points < 1 || got.points > DOOR_POINTS;
    GIVE(b, got, out);
}

enum status door_trend_points_parse(struct bytes in, struct door_trend_points *out)
{
    struct body b = body_over(in);
    struct door_trend_points got = {0};

    got.status = take_status(&b);
    got.count = take_u16(&b.r);
    if (got.count > DOOR_POINTS)
        return MALFORMED;
    for (size_t i = 0; i < got.count; i++) {
        struct door_point *p = &got.points[i];
        bool spo2 = false, pulse = false;
        p->utc_ms = take_u64(&b.r);
        take_maybe(&b, &p->has_spo2, &p->spo2_min);
        take_maybe(&b, &spo2, &p->spo2_max);
        take_maybe(&b, &p->has_pulse, &p->pulse_min);
        take_maybe(&b, &pulse, &p->pulse_max);
        b.bad |= spo2 != p->has_spo2 || pulse != p->has_pulse;
        p->gap_before = take_bool(&b);
    }
    GIVE(b, got, out);
}

enum status door_gaps_parse(struct bytes in, struct door_span *out)
{
    struct body b = body_over(in);
    struct door_span got = {0};

    take_span(&b, &got);
    GIVE(b, got, out);
}

enum status door_gap_list_parse(struct bytes in, struct door_gap_list *out)
{
    struct body b = body_over(in);
    struct door_gap_list got = {0};

    got.status = take_status(&b);
    got.count = take_u16(&b.r);
    if (got.count > DOOR_GAP_COUNT)
        return MALFORMED;
    for (size_t i = 0; i < got.count; i++) {
        got.gaps[i].from_ms = take_u64(&b.r);
        got.gaps[i].to_ms = take_u64(&b.r);
        got.gaps[i].lost = take_u32(&b.r);
    }
    GIVE(b, got, out);
}

enum status door_device_new_parse(struct bytes in, struct door_device_new *out)
{
    struct body b = body_over(in);
    struct door_device_new got = {0};

    take_text(&b, got.label, DOOR_LABEL);
    GIVE(b, got, out);
}

enum status door_device_made_parse(struct bytes in, struct door_device_made *out)
{
    struct body b = body_over(in);
    struct door_device_made got = {0};

    got.status = take_status(&b);
    take_kid(&b, &got.kid);
    GIVE(b, got, out);
}

enum status door_list_parse(struct bytes in, struct door_list *out)
{
    struct body b = body_over(in);
    struct door_list got = {0};

    got.cursor = take_row_u64(&b);
    GIVE(b, got, out);
}

enum status door_list_batches_parse(struct bytes in, struct door_list *out)
{
    struct body b = body_over(in);
    struct door_list got = {0};

    got.cursor = take_row_u64(&b);
    take_device(&b, &got.device);
    GIVE(b, got, out);
}

enum status door_config_set_parse(struct bytes in, struct door_config_set *out)
{
    struct body b = body_over(in);
    struct door_config_set got = {0};

    take_device(&b, &got.device);
    got.batch_s = take_up_to(&b, 60);
    b.bad |= got.batch_s < 10;
    take_text(&b, got.ward, DOOR_LABEL);
    take_text(&b, got.time_zone, DOOR_LABEL);
    GIVE(b, got, out);
}

enum status door_release_roll_parse(struct bytes in, struct door_release_roll *out)
{
    struct body b = body_over(in);
    struct door_release_roll got = {0};

    got.release = take_row_u64(&b);
    got.percent = take_up_to(&b, 100);
    got.stopped = take_up_to(&b, 1) == 1;
    GIVE(b, got, out);
}

enum status door_class_end_parse(struct bytes in, struct door_class_end *out)
{
    struct body b = body_over(in);
    struct door_class_end got = {{0}};

    take_text(&b, got.product, WORD_MAX);
    GIVE(b, got, out);
}

enum status door_class_ended_parse(struct bytes in, struct door_class_ended *out)
{
    struct body b = body_over(in);
    struct door_class_ended got = {0};

    got.status = take_status(&b);
    got.reason = take_reason(&b);
    got.release = take_u64(&b.r);
    take_device(&b, &got.device);
    got.releases = take_u64(&b.r);
    got.classes = take_u64(&b.r);
    GIVE(b, got, out);
}

enum status door_text_parse(struct bytes in, struct door_text *out)
{
    struct body b = body_over(in);
    struct door_text got = {0};

    got.status = take_status(&b);
    got.next_cursor = take_u64(&b.r);
    got.text = take(&b.r, b.r.left.len);
    b.bad |= got.text.len > DOOR_TEXT_MAX;
    GIVE(b, got, out);
}
