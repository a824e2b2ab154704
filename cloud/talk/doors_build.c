/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/doors.h"

#include "core/base/writer.h"

#include <assert.h>
#include <string.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w));
    return written(w);
}

static void put_bool(struct writer *w, bool v)
{
    put_u8(w, v ? 1 : 0);
}

static void put_fixed(struct writer *w, const uint8_t *at, size_t len)
{
    put(w, (struct bytes){at, len});
}

static void put_text(struct writer *w, const char *text, size_t max)
{
    size_t len = strlen(text);
    assert(len >= 1 && len <= max);
    put_u8(w, (uint8_t)len);
    put_fixed(w, (const uint8_t *)text, len);
}

static void put_status(struct writer *w, enum status s)
{
    put_u8(w, (uint8_t)s);
}

static void put_device(struct writer *w, const struct device_id *d)
{
    put_fixed(w, d->b, sizeof d->b);
}

static void put_maybe_device(struct writer *w, bool has, const struct device_id *d)
{
    static const struct device_id nobody;
    put_bool(w, has);
    put_device(w, has ? d : &nobody);
}

static void put_kid(struct writer *w, const struct kid *k)
{
    put_device(w, &k->device);
    put_u32(w, k->generation);
}

static void put_maybe(struct writer *w, bool has, uint16_t v)
{
    put_bool(w, has);
    put_u16(w, has ? v : 0);
}

struct bytes door_ingest_build(
    const struct door_ingest *v, struct bytes envelope, struct room out)
{
    struct writer w = writer_over(out);
    assert(envelope.len >= 1 && envelope.len <= LIMIT_ENVELOPE);
    put_u32(&w, v->ticket);
    put_device(&w, &v->peer);
    put_device(&w, &v->path);
    put_fixed(&w, v->nonce.b, sizeof v->nonce.b);
    put_u64(&w, v->connection);
    put(&w, envelope);
    return done(&w);
}

struct bytes door_attest_build(
    const struct door_attest *v, struct bytes said, struct room out)
{
    struct writer w = writer_over(out);
    assert(said.len <= ATTEST_QUOTE_MAX);
    put_u32(&w, v->ticket);
    put_device(&w, &v->peer);
    put_device(&w, &v->path);
    put_u64(&w, v->connection);
    put_fixed(&w, v->channel.b, sizeof v->channel.b);
    put(&w, said);
    return done(&w);
}

struct bytes door_attested_build(
    const struct door_attested *v, struct bytes asked, struct room out)
{
    struct writer w = writer_over(out);
    assert(asked.len == 0 || asked.len == ATTEST_ASK_LEN);
    put_u32(&w, v->ticket);
    put_u16(&w, v->http_status);
    put(&w, asked);
    return done(&w);
}

struct bytes door_attest_key_build(const struct door_attest_key *v, struct room out)
{
    static const struct door_attest_key none;
    const struct door_attest_key *is = v->found ? v : &none;
    struct writer w = writer_over(out);
    put_bool(&w, v->found);
    put_fixed(&w, is->name, sizeof is->name);
    put_fixed(&w, is->point, sizeof is->point);
    return done(&w);
}

struct bytes door_ingested_build(
    const struct door_ingested *v, struct bytes answer, struct room out)
{
    struct writer w = writer_over(out);
    assert(answer.len <= LIMIT_ENVELOPE);
    put_u32(&w, v->ticket);
    put_u16(&w, v->http_status);
    put_u16(&w, v->retry_after_s);
    put(&w, answer);
    return done(&w);
}

struct bytes door_gate_event_build(const struct door_gate_event *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u16(&w, (uint16_t)v->reason);
    put_maybe_device(&w, v->has_peer, &v->peer);
    put_u64(&w, v->request);
    return done(&w);
}

struct bytes door_enrol_said_build(const struct door_enrol_said *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u16(&w, (uint16_t)v->reason);
    put_bool(&w, v->refused);
    put_maybe_device(&w, v->has_device, &v->device);
    return done(&w);
}

struct bytes door_admit_build(const struct door_admit *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u32(&w, v->ticket);
    put_device(&w, &v->peer);
    return done(&w);
}

struct bytes door_admitted_build(const struct door_admitted *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u32(&w, v->ticket);
    put_bool(&w, v->admitted);
    return done(&w);
}

struct bytes door_piece_build(const struct door_piece *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->number < LIMIT_PIECES);
    put_u32(&w, v->ticket);
    put_device(&w, &v->peer);
    put_fixed(&w, v->bundle.b, sizeof v->bundle.b);
    put_u32(&w, v->number);
    return done(&w);
}

struct bytes door_bundle_build(
    const struct door_bundle *v, struct bytes piece, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->number < LIMIT_PIECES && piece.len >= 1 && piece.len <= LIMIT_PIECE);
    put_u32(&w, v->number);
    put(&w, piece);
    return done(&w);
}

struct bytes door_device_id_build(const struct device_id *v, struct room out)
{
    struct writer w = writer_over(out);
    put_device(&w, v);
    return done(&w);
}

struct bytes door_epoch_build(const struct door_epoch *v, struct room out)
{
    struct writer w = writer_over(out);
    put_kid(&w, &v->kid);
    put_fixed(&w, v->epoch.b, sizeof v->epoch.b);
    return done(&w);
}

struct bytes door_kid_build(const struct kid *v, struct room out)
{
    struct writer w = writer_over(out);
    put_kid(&w, v);
    return done(&w);
}

struct bytes door_key_build(const struct door_key *v, struct room out)
{
    struct writer w = writer_over(out);
    static const struct key none;
    put_bool(&w, v->found);
    put_fixed(&w, v->found ? v->key.b : none.b, sizeof none.b);
    return done(&w);
}

struct bytes door_m1_build(const struct door_m1 *v, struct room out)
{
    struct writer w = writer_over(out);
    put_fixed(&w, v->b, sizeof v->b);
    return done(&w);
}

struct bytes door_enrolled_build(const struct door_enrolled *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->ok ? v->m2.len > 32 && v->m2.len <= ENROL_M2_MAX : v->m2.len == 0);
    put_bool(&w, v->ok);
    put(&w, v->m2);
    return done(&w);
}

struct bytes door_invite_build(const struct door_invite *v, struct room out)
{
    struct writer w = writer_over(out);
    put_kid(&w, &v->kid);
    put_u64(&w, v->expires_utc_s);
    return done(&w);
}

struct bytes door_invited_build(const struct door_invited *v, struct room out)
{
    struct writer w = writer_over(out);
    put_bool(&w, v->ok);
    put_fixed(&w, v->secret.b, sizeof v->secret.b);
    put_fixed(&w, v->s.b, sizeof v->s.b);
    return done(&w);
}

struct bytes door_done_build(uint8_t value, struct room out)
{
    struct writer w = writer_over(out);
    put_u8(&w, value);
    return done(&w);
}

struct bytes door_sign_in_build(const struct door_sign_in *v, struct room out)
{
    struct writer w = writer_over(out);
    put_text(&w, v->name, DOOR_NAME);
    put_text(&w, v->password, LIMIT_PASSWORD);
    return done(&w);
}

struct bytes door_user_remove_build(const struct door_user_remove *v, struct room out)
{
    struct writer w = writer_over(out);
    put_text(&w, v->name, DOOR_NAME);
    return done(&w);
}

struct bytes door_signed_in_build(const struct door_signed_in *v, struct room out)
{
    struct writer w = writer_over(out);
    static const struct session_token none;
    put_status(&w, v->status);
    put_fixed(&w, v->status == OK ? v->token.b : none.b, sizeof none.b);
    put_u32(&w, v->retry_after_s);
    return done(&w);
}

struct bytes door_token_build(const struct session_token *v, struct room out)
{
    struct writer w = writer_over(out);
    put_fixed(&w, v->b, sizeof v->b);
    return done(&w);
}

struct bytes door_devices_build(const struct door_devices *v, struct room out)
{
    struct writer w = writer_over(out);
    put_fixed(&w, v->token.b, sizeof v->token.b);
    put_u32(&w, v->from);
    return done(&w);
}

static void put_one_device(struct writer *w, const struct door_device *d)
{
    put_device(w, &d->device);
    put_text(w, d->label, DOOR_LABEL);
    put_u8(w, d->state);
    put_maybe(w, d->has_spo2, d->spo2_permille);
    put_maybe(w, d->has_pulse, d->pulse_decibpm);
    put_u8(w, d->quality);
    put_u16(w, d->status);
    put_bool(w, d->has_utc);
    put_u64(w, d->has_utc ? d->measured_utc_ms : 0);
    put_u8(w, d->clock);
    put_u64(w, d->last_answer_utc_ms);
    put_u64(w, d->readings);
    put_u64(w, d->lost);
    put_bool(w, d->test_data);
    put_bool(w, d->clone_suspected);
    put_bool(w, d->keys_in_software);
}

struct bytes door_device_list_build(const struct door_device_list *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->count <= DOOR_PAGE);
    put_status(&w, v->status);
    put_u64(&w, v->now_utc_ms);
    put_u16(&w, v->count);
    put_bool(&w, v->more);
    for (size_t i = 0; i < v->count; i++)
        put_one_device(&w, &v->devices[i]);
    return done(&w);
}

static void put_span(struct writer *w, const struct door_span *v)
{
    put_fixed(w, v->token.b, sizeof v->token.b);
    put_device(w, &v->device);
    put_u64(w, v->from_utc_ms);
    put_u64(w, v->to_utc_ms);
}

struct bytes door_trend_build(const struct door_span *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->points >= 1 && v->points <= DOOR_POINTS);
    put_span(&w, v);
    put_u16(&w, v->points);
    return done(&w);
}

struct bytes door_trend_points_build(const struct door_trend_points *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->count <= DOOR_POINTS);
    put_status(&w, v->status);
    put_u16(&w, v->count);
    for (size_t i = 0; i < v->count; i++) {
        const struct door_point *p = &v->points[i];
        put_u64(&w, p->utc_ms);
        put_maybe(&w, p->has_spo2, p->spo2_min);
        put_maybe(&w, p->has_spo2, p->spo2_max);
        put_maybe(&w, p->has_pulse, p->pulse_min);
        put_maybe(&w, p->has_pulse, p->pulse_max);
        put_bool(&w, p->gap_before);
    }
    return done(&w);
}

struct bytes door_gaps_build(const struct door_span *v, struct room out)
{
    struct writer w = writer_over(out);
    put_span(&w, v);
    return done(&w);
}

struct bytes door_gap_list_build(const struct door_gap_list *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->count <= DOOR_GAP_COUNT);
    put_status(&w, v->status);
    put_u16(&w, v->count);
    for (size_t i = 0; i < v->count; i++) {
        put_u64(&w, v->gaps[i].from_ms);
        put_u64(&w, v->gaps[i].to_ms);
        put_u32(&w, v->gaps[i].lost);
    }
    return done(&w);
}

struct bytes door_device_new_build(const struct door_device_new *v, struct room out)
{
    struct writer w = writer_over(out);
    put_text(&w, v->label, DOOR_LABEL);
    return done(&w);
}

struct bytes door_device_made_build(const struct door_device_made *v, struct room out)
{
    struct writer w = writer_over(out);
    put_status(&w, v->status);
    put_kid(&w, &v->kid);
    return done(&w);
}

struct bytes door_list_build(const struct door_list *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u64(&w, v->cursor);
    return done(&w);
}

struct bytes door_list_batches_build(const struct door_list *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u64(&w, v->cursor);
    put_device(&w, &v->device);
    return done(&w);
}

struct bytes door_config_set_build(const struct door_config_set *v, struct room out)
{
    struct writer w = writer_over(out);
    put_device(&w, &v->device);
    put_u8(&w, v->batch_s);
    put_text(&w, v->ward, DOOR_LABEL);
    put_text(&w, v->time_zone, DOOR_LABEL);
    return done(&w);
}

struct bytes door_release_roll_build(const struct door_release_roll *v, struct room out)
{
    struct writer w = writer_over(out);
    put_u64(&w, v->release);
    put_u8(&w, v->percent);
    put_u8(&w, v->stopped);
    return done(&w);
}

struct bytes door_class_end_build(const struct door_class_end *v, struct room out)
{
    struct writer w = writer_over(out);
    put_text(&w, v->product, WORD_MAX);
    return done(&w);
}

struct bytes door_class_ended_build(const struct door_class_ended *v, struct room out)
{
    struct writer w = writer_over(out);
    put_status(&w, v->status);
    put_u16(&w, (uint16_t)v->reason);
    put_u64(&w, v->release);
    put_device(&w, &v->device);
    put_u64(&w, v->releases);
    put_u64(&w, v->classes);
    return done(&w);
}

struct bytes door_text_build(const struct door_text *v, struct room out)
{
    struct writer w = writer_over(out);
    assert(v->text.len <= DOOR_TEXT_MAX);
    put_status(&w, v->status);
    put_u64(&w, v->next_cursor);
    put(&w, v->text);
    return done(&w);
}
