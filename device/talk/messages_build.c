/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/talk/messages.h"

#include <assert.h>
#include <string.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w)); /* the caller brings room enough */
    return written(w);
}

static void put_value(struct writer *w, struct maybe_u16 v)
{
    put_u16(w, v.set ? v.v : 0);
}

static uint8_t bit(bool set, unsigned n)
{
    return (uint8_t)(set ? 1u << n : 0u);
}

struct bytes reading_build(const struct said_reading *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u64(&w, v->number);
    put_u64(&w, v->mono_ms);
    put_u8(&w,
        bit(v->has_utc, 0) | bit(v->spo2.set, 1) | bit(v->pulse.set, 2)
            | bit(v->pi.set, 3) | bit(v->alarm, 4) | bit(v->test_data, 5));
    put_u64(&w, v->has_utc ? v->utc_ms : 0);
    put_value(&w, v->spo2);
    put_value(&w, v->pulse);
    put_value(&w, v->pi);
    put_u16(&w, v->status);
    put_u8(&w, v->quality);
    return done(&w);
}

static void put_ticket(struct writer *w, const struct view_ticket *t)
{
    uint8_t holder[32] = {0};

    memcpy(holder, t->holder, strnlen(t->holder, sizeof holder));
    put_u8(w, (uint8_t)t->state);
    put_u64(w, t->until_utc_ms);
    put_u32(w, t->code);
    put(w, BYTES_OF(holder));
}

struct bytes state_build(const struct said_state *v, struct room out)
{
    struct writer w = writer_over(out);

    put(&w, (struct bytes){v->device.b, sizeof v->device.b});
    put(&w, (struct bytes){v->epoch.b, sizeof v->epoch.b});
    put_u8(&w,
        bit(v->enrolled, 0) | bit(v->synchronised, 1) | bit(v->ended, 2)
            | bit(v->delivered, 3) | bit(v->reduced, 4) | bit(v->has_utc, 5)
            | bit(v->tpm, 6));
    put_u32(&w, v->notes);
    put_u8(&w, v->clock);
    put_u64(&w, v->has_utc ? v->utc_ms : 0);
    put_u64(&w, v->taken);
    put_u64(&w, v->readings);
    put_u64(&w, v->readings_lost);
    put_u64(&w, v->readings_held);
    put_u64(&w, v->batches_sealed);
    put_u64(&w, v->batches_acknowledged);
    put_u64(&w, v->batches_set_aside);
    put_u64(&w, v->batches_held);
    put_u64(&w, v->oldest_held_age_ms);
    put_u64(&w, v->answer_age_ms);
    put_u32(&w, v->fill_permille);
    put_u32(&w, v->config_version);
    put_u32(&w, v->lost_before);
    put(&w, (struct bytes){v->content.b, sizeof v->content.b});
    put_ticket(&w, &v->service);
    return done(&w);
}

struct bytes nonce_build(const struct nonce *nonce, struct room out)
{
    struct writer w = writer_over(out);

    put(&w, (struct bytes){nonce->b, sizeof nonce->b});
    return done(&w);
}

struct bytes offer_build(
    const struct nonce *nonce, struct bytes envelope, struct room out)
{
    struct writer w = writer_over(out);

    put(&w, (struct bytes){nonce->b, sizeof nonce->b});
    put(&w, envelope);
    return done(&w);
}

static void put_fetch(struct writer *w, const struct said_fetch *v)
{
    put(w, (struct bytes){v->bundle.b, sizeof v->bundle.b});
    put_u32(w, v->number);
}

struct bytes fetch_build(const struct said_fetch *v, struct room out)
{
    struct writer w = writer_over(out);

    put_fetch(&w, v);
    return done(&w);
}

struct bytes piece_build(
    const struct said_fetch *v, struct bytes piece, struct room out)
{
    struct writer w = writer_over(out);

    put_fetch(&w, v);
    put(&w, piece);
    return done(&w);
}

struct bytes reply_build(const struct said_reply *v, struct bytes body, struct room out)
{
    struct writer w = writer_over(out);

    put(&w, (struct bytes){v->nonce.b, sizeof v->nonce.b});
    put_u16(&w, v->http_status);
    put_u32(&w, v->retry_after_s);
    put(&w, body);
    return done(&w);
}

struct bytes point_build(const uint8_t point[P256_PUBLIC_LEN], struct room out)
{
    struct writer w = writer_over(out);

    put(&w, (struct bytes){point, P256_PUBLIC_LEN});
    return done(&w);
}

struct bytes link_build(enum link_word word, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, (uint8_t)word);
    return done(&w);
}

struct bytes code_build(uint32_t code, struct room out)
{
    struct writer w = writer_over(out);

    put_u32(&w, code);
    return done(&w);
}

struct bytes service_build(enum reason what, struct room out)
{
    struct writer w = writer_over(out);

    put_u16(&w, (uint16_t)what);
    return done(&w);
}

struct bytes word_build(uint8_t word, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, word);
    return done(&w);
}

struct bytes event_build(const struct said_event *event, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, event->code);
    if (event->has_about)
        put(&w, BYTES_OF(event->about));
    return done(&w);
}

struct bytes signs_build(uint8_t signs, struct room out)
{
    return word_build(signs, out);
}

struct bytes number_build(uint64_t number, struct room out)
{
    return utc_build(number, out);
}

struct bytes utc_build(uint64_t utc_ms, struct room out)
{
    struct writer w = writer_over(out);

    put_u64(&w, utc_ms);
    return done(&w);
}

struct bytes view_build(const struct view *v, struct room out)
{
    struct writer w = writer_over(out);
    uint8_t trust[8] = {0}, device[37] = {0};

    memcpy(trust, v->trust, strnlen(v->trust, sizeof trust));
    memcpy(device, v->device, strnlen(v->device, sizeof device - 1));
    put_u64(&w, v->mono_ms);
    put_u64(&w, v->utc_ms);
    put_u8(&w, (uint8_t)v->clock);
    put_u8(&w,
        bit(v->has_spo2, 0) | bit(v->has_pulse, 1) | bit(v->has_pi, 2)
            | bit(v->sync == VIEW_SYNCHRONISED, 3) | bit(v->test_data, 4)
            | bit(v->reduced_separation, 5));
    put_u8(&w, v->quality);
    put_u16(&w, v->spo2_permille);
    put_u16(&w, v->pulse_decibpm);
    put_u16(&w, v->pi_centipercent);
    put_u32(&w, v->value_age_ms);
    put_u16(&w, v->status);
    put_u8(&w, 0);
    put_u32(&w, v->notes);
    put_u64(&w, v->held_count);
    put_u64(&w, v->held_age_ms);
    put_u64(&w, v->lost_count);
    put(&w, BYTES_OF(trust));
    put(&w, BYTES_OF(device));
    put_ticket(&w, &v->service);
    put_u16(&w, v->pleth_count);
    for (size_t i = 0; i < VIEW_PLETH; i++)
        put_u16(&w, i < v->pleth_count ? v->pleth[i] : 0);
    return done(&w);
}
