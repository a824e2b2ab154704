/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"
#include "core/base/reader.h"
#include "core/base/utf8.h"
#include "device/talk/messages.h"
#include "wire/event.h"

#include <string.h>

/* As in wire/types.h and core/port/screen.h. */
static const uint64_t time_max = (UINT64_C(1) << 53) - 1;
enum {
    SPO2_MAX = 1000,
    PULSE_MAX = 3000,
    PI_MAX = 2000,
    QUALITY_MAX = 100,
    NOTES_ALL = 0x3ff,
    CODES = 1000000
};

static bool has(uint8_t flags, unsigned n)
{
    return (flags >> n & 1u) != 0;
}

/* A value that is not set travels as zero. */
static bool value_fits(struct maybe_u16 v, uint16_t max)
{
    return v.set ? v.v <= max : v.v == 0;
}

static bool reading_fits(const struct said_reading *v)
{
    return value_fits(v->spo2, SPO2_MAX) && value_fits(v->pulse, PULSE_MAX)
        && value_fits(v->pi, PI_MAX) && v->quality <= QUALITY_MAX
        && v->mono_ms <= time_max
        && (v->has_utc ? v->utc_ms <= time_max : v->utc_ms == 0);
}

enum status reading_parse(struct bytes in, struct said_reading *out)
{
    struct reader r = reader_over(in);
    struct said_reading got = {0};

    got.number = take_u64(&r);
    got.mono_ms = take_u64(&r);
    uint8_t flags = take_u8(&r);
    got.utc_ms = take_u64(&r);
    got.spo2 = (struct maybe_u16){has(flags, 1), take_u16(&r)};
    got.pulse = (struct maybe_u16){has(flags, 2), take_u16(&r)};
    got.pi = (struct maybe_u16){has(flags, 3), take_u16(&r)};
    got.status = take_u16(&r);
    got.quality = take_u8(&r);
    got.has_utc = has(flags, 0);
    got.alarm = has(flags, 4);
    got.test_data = has(flags, 5);
    if (!reader_done(&r) || flags > 0x3f || !reading_fits(&got))
        return MALFORMED;
    *out = got;
    return OK;
}

static void take_into(struct reader *r, uint8_t *out, size_t len)
{
    struct bytes b = take(r, len);
    if (b.len == len)
        memcpy(out, b.at, len);
}

static bool all_zero(const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] != 0)
            return false;
    return true;
}

/* Text, then only zeros. */
static bool take_text(struct reader *r, char *out, size_t field)
{
    struct bytes b = take(r, field);
    if (b.len != field)
        return false;
    size_t len = strnlen((const char *)b.at, field);
    if (!all_zero(b.at + len, field - len)
        || !utf8_printable((struct bytes){b.at, len}))
        return false;
    memcpy(out, b.at, len);
    out[len] = '\0';
    return true;
}

static bool ticket_fits(const struct view_ticket *t)
{
    bool none = t->state == VIEW_NO_SERVICE, open = t->state == VIEW_SERVICE_OPEN;

    return none == (t->holder[0] == '\0') && (open || t->until_utc_ms == 0)
        && t->until_utc_ms <= time_max && t->code < CODES
        && (t->state == VIEW_SERVICE_ASKS || t->code == 0);
}

/* False: not a ticket as *_build writes it. */
static bool take_ticket(struct reader *r, struct view_ticket *out)
{
    uint8_t state = take_u8(r);
    out->until_utc_ms = take_u64(r);
    out->code = take_u32(r);
    bool text = take_text(r, out->holder, sizeof out->holder - 1);

    if (state > VIEW_SERVICE_OPEN || !text)
        return false;
    out->state = (enum view_service)state;
    return ticket_fits(out);
}

static bool state_fits(const struct said_state *v)
{
    bool named = v->enrolled
        || (all_zero(v->device.b, sizeof v->device.b)
            && all_zero(v->epoch.b, sizeof v->epoch.b));
    return named && v->notes <= NOTES_ALL && v->clock <= CLOCK_STEPPED
        && v->fill_permille <= 1000
        && (v->has_utc ? v->utc_ms <= time_max : v->utc_ms == 0);
}

enum status state_parse(struct bytes in, struct said_state *out)
{
    struct reader r = reader_over(in);
    struct said_state got = {0};

    take_into(&r, got.device.b, sizeof got.device.b);
    take_into(&r, got.epoch.b, sizeof got.epoch.b);
    uint8_t flags = take_u8(&r);
    got.notes = take_u32(&r);
    got.clock = take_u8(&r);
    got.utc_ms = take_u64(&r);
    got.taken = take_u64(&r);
    got.readings = take_u64(&r);
    got.readings_lost = take_u64(&r);
    got.readings_held = take_u64(&r);
    got.batches_sealed = take_u64(&r);
    got.batches_acknowledged = take_u64(&r);
    got.batches_set_aside = take_u64(&r);
    got.batches_held = take_u64(&r);
    got.oldest_held_age_ms = take_u64(&r);
    got.answer_age_ms = take_u64(&r);
    got.fill_permille = take_u32(&r);
    got.config_version = take_u32(&r);
    got.lost_before = take_u32(&r);
    take_into(&r, got.content.b, sizeof got.content.b);
    bool ticket = take_ticket(&r, &got.service);
    got.enrolled = has(flags, 0);
    got.synchronised = has(flags, 1);
    got.ended = has(flags, 2);
    got.delivered = has(flags, 3);
    got.reduced = has(flags, 4);
    got.has_utc = has(flags, 5);
    got.tpm = has(flags, 6);
    if (!reader_done(&r) || flags > 0x7f || !ticket || !state_fits(&got))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status nonce_parse(struct bytes in, struct nonce *out)
{
    if (in.len != sizeof out->b)
        return MALFORMED;
    memcpy(out->b, in.at, sizeof out->b);
    return OK;
}

enum status offer_parse(struct bytes in, struct nonce *nonce, struct bytes *envelope)
{
    struct reader r = reader_over(in);
    struct bytes head = take(&r, sizeof nonce->b);

    if (r.short_of || r.left.len == 0 || r.left.len > LIMIT_ENVELOPE)
        return MALFORMED;
    *envelope = r.left;
    return nonce_parse(head, nonce);
}

enum status reply_parse(struct bytes in, struct said_reply *out, struct bytes *body)
{
    struct reader r = reader_over(in);
    struct said_reply got = {0};

    take_into(&r, got.nonce.b, sizeof got.nonce.b);
    got.http_status = take_u16(&r);
    got.retry_after_s = take_u32(&r);
    if (r.short_of || got.http_status < 100 || got.http_status > 599
        || r.left.len > LIMIT_ENVELOPE)
        return MALFORMED;
    *out = got;
    *body = r.left;
    return OK;
}

static bool take_fetch(struct reader *r, struct said_fetch *out)
{
    take_into(r, out->bundle.b, sizeof out->bundle.b);
    out->number = take_u32(r);
    return !r->short_of && out->number < LIMIT_PIECES;
}

enum status fetch_parse(struct bytes in, struct said_fetch *out)
{
    struct reader r = reader_over(in);
    struct said_fetch got = {0};

    if (!take_fetch(&r, &got) || !reader_done(&r))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status piece_parse(struct bytes in, struct said_fetch *out, struct bytes *piece)
{
    struct reader r = reader_over(in);
    struct said_fetch got = {0};

    if (!take_fetch(&r, &got) || r.left.len == 0 || r.left.len > LIMIT_PIECE)
        return MALFORMED;
    *out = got;
    *piece = r.left;
    return OK;
}

enum status point_parse(struct bytes in, uint8_t out[P256_PUBLIC_LEN])
{
    if (in.len != P256_PUBLIC_LEN || in.at[0] != 4)
        return MALFORMED;
    memcpy(out, in.at, P256_PUBLIC_LEN);
    return OK;
}

enum status link_parse(struct bytes in, enum link_word *out)
{
    if (in.len != 1 || in.at[0] >= LINK_WORDS)
        return MALFORMED;
    *out = (enum link_word)in.at[0];
    return OK;
}

enum status word_parse(struct bytes in, uint8_t from, uint8_t below, uint8_t *out)
{
    if (in.len != 1 || in.at[0] < from || in.at[0] >= below)
        return MALFORMED;
    *out = in.at[0];
    return OK;
}

enum status event_parse(struct bytes in, struct said_event *out)
{
    struct reader r = reader_over(in);
    struct said_event got = {.code = take_u8(&r)};

    got.has_about = r.left.len > 0;
    if (got.has_about) {
        struct bytes about = take(&r, sizeof got.about);
        if (about.len == sizeof got.about)
            memcpy(got.about, about.at, sizeof got.about);
    }
    if (!reader_done(&r) || got.code < EVENT_UPDATE_TRIAL
        || got.code > EVENT_UPDATE_RECORD)
        return MALFORMED;
    *out = got;
    return OK;
}

enum status signs_parse(struct bytes in, uint8_t *out)
{
    return word_parse(in, 0, SIGNS_ALL + 1, out);
}

enum status number_parse(struct bytes in, uint64_t *out)
{
    struct reader r = reader_over(in);
    uint64_t number = take_u64(&r);

    if (!reader_done(&r))
        return MALFORMED;
    *out = number;
    return OK;
}

enum status code_parse(struct bytes in, uint32_t *out)
{
    struct reader r = reader_over(in);
    uint32_t code = take_u32(&r);

    if (!reader_done(&r) || code >= CODES)
        return MALFORMED;
    *out = code;
    return OK;
}

enum status service_parse(struct bytes in, enum reason *out)
{
    struct reader r = reader_over(in);
    uint16_t what = take_u16(&r);

    if (!reader_done(&r) || what >= REASON_COUNT)
        return MALFORMED;
    *out = (enum reason)what;
    return OK;
}

enum status utc_parse(struct bytes in, uint64_t *out)
{
    struct reader r = reader_over(in);
    uint64_t utc_ms = take_u64(&r);

    if (!reader_done(&r) || utc_ms > time_max)
        return MALFORMED;
    *out = utc_ms;
    return OK;
}

static bool device_text_fits(const char *text)
{
    uint8_t id[16];
    return text[0] == '\0'
        || uuid_parse((struct bytes){(const uint8_t *)text, strlen(text)}, id) == OK;
}

static bool view_fits(const struct view *v)
{
    return v->utc_ms <= time_max && v->clock <= CLOCK_STEPPED
        && v->spo2_permille <= SPO2_MAX && v->pulse_decibpm <= PULSE_MAX
        && v->pi_centipercent <= PI_MAX && v->quality <= QUALITY_MAX
        && v->notes <= NOTES_ALL && v->pleth_count <= VIEW_PLETH
        && device_text_fits(v->device);
}

enum status view_parse(struct bytes in, struct view *out)
{
    struct reader r = reader_over(in);
    struct view got = {0};
    char device[sizeof got.device + 1] = "";

    got.mono_ms = take_u64(&r);
    got.utc_ms = take_u64(&r);
    uint8_t clock = take_u8(&r);
    uint8_t flags = take_u8(&r);
    got.quality = take_u8(&r);
    got.spo2_permille = take_u16(&r);
    got.pulse_decibpm = take_u16(&r);
    got.pi_centipercent = take_u16(&r);
    got.value_age_ms = take_u32(&r);
    got.status = take_u16(&r);
    uint8_t zero = take_u8(&r);
    got.notes = take_u32(&r);
    got.held_count = take_u64(&r);
    got.held_age_ms = take_u64(&r);
    got.lost_count = take_u64(&r);
    bool texts = take_text(&r, got.trust, sizeof got.trust - 1)
        && take_text(&r, device, sizeof got.device);
    bool ticket = take_ticket(&r, &got.service);
    got.pleth_count = take_u16(&r);
    bool pleth = true;
    for (size_t i = 0; i < VIEW_PLETH; i++) {
        got.pleth[i] = take_u16(&r);
        pleth = pleth && got.pleth[i] <= (i < got.pleth_count ? 1000 : 0);
    }
    memcpy(got.device, device, sizeof got.device);
    got.has_spo2 = has(flags, 0);
    got.has_pulse = has(flags, 1);
    got.has_pi = has(flags, 2);
    got.sync = has(flags, 3) ? VIEW_SYNCHRONISED : VIEW_NOT_SYNCHRONISED;
    got.test_data = has(flags, 4);
    got.reduced_separation = has(flags, 5);
    if (!reader_done(&r) || clock > CLOCK_STEPPED || zero != 0 || flags > 0x3f || !texts
        || !ticket || !pleth)
        return MALFORMED;
    got.clock = (enum clock_state)clock;
    if (!view_fits(&got))
        return MALFORMED;
    *out = got;
    return OK;
}
