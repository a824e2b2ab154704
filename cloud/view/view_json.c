/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/view/view_json.h"

#include "core/base/hex.h"
#include "core/base/json.h"

static void number(struct json *j, const char *key, bool has, uint64_t v)
{
    json_key(j, key);
    if (has)
        json_u64(j, v);
    else
        json_null(j);
}

static void truth(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

static const char *state_word(uint8_t state)
{
    static const char *const words[] = {
        "unknown", "invited", "active", "suspended", "revoked"};
    return words[state < 5 ? state : 0];
}

static void put_device(struct json *j, const struct door_device *d)
{
    char id[UUID_TEXT];

    json_object(j);
    uuid_of(d->device.b, id);
    json_key(j, "id");
    json_str(j, id);
    json_key(j, "label");
    json_str(j, d->label);
    json_key(j, "state");
    json_str(j, state_word(d->state));
    number(j, "spo2_permille", d->has_spo2, d->spo2_permille);
    number(j, "pulse_decibpm", d->has_pulse, d->pulse_decibpm);
    number(j, "quality", true, d->quality);
    number(j, "status", true, d->status);
    number(j, "measured_utc_ms", d->has_utc, d->measured_utc_ms);
    number(j, "clock", true, d->clock);
    number(j, "last_answer_utc_ms", d->last_answer_utc_ms > 0, d->last_answer_utc_ms);
    number(j, "readings", true, d->readings);
    number(j, "lost", true, d->lost);
    truth(j, "test_data", d->test_data);
    truth(j, "clone_suspected", d->clone_suspected);
    truth(j, "keys_in_software", d->keys_in_software);
    json_object_end(j);
}

static struct bytes done(const struct json *j)
{
    return json_done(j) ? written(&j->w) : (struct bytes){0};
}

struct bytes view_devices_json(const struct door_device_list *l, struct room out)
{
    struct json j = json_over(out);

    json_object(&j);
    number(&j, "now_utc_ms", true, l->now_utc_ms);
    truth(&j, "more", l->more);
    json_key(&j, "devices");
    json_array(&j);
    for (uint16_t i = 0; i < l->count; i++)
        put_device(&j, &l->devices[i]);
    json_array_end(&j);
    json_object_end(&j);
    return done(&j);
}

struct bytes view_trend_json(const struct door_trend_points *t, struct room out)
{
    struct json j = json_over(out);

    json_object(&j);
    json_key(&j, "points");
    json_array(&j);
    for (uint16_t i = 0; i < t->count; i++) {
        const struct door_point *p = &t->points[i];
        json_object(&j);
        number(&j, "t", true, p->utc_ms);
        number(&j, "spo2_min", p->has_spo2, p->spo2_min);
        number(&j, "spo2_max", p->has_spo2, p->spo2_max);
        number(&j, "pulse_min", p->has_pulse, p->pulse_min);
        number(&j, "pulse_max", p->has_pulse, p->pulse_max);
        truth(&j, "gap", p->gap_before);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    return done(&j);
}

struct bytes view_gaps_json(const struct door_gap_list *g, struct room out)
{
    struct json j = json_over(out);

    json_object(&j);
    json_key(&j, "gaps");
    json_array(&j);
    for (uint16_t i = 0; i < g->count; i++) {
        json_object(&j);
        number(&j, "from_ms", true, g->gaps[i].from_ms);
        number(&j, "to_ms", true, g->gaps[i].to_ms);
        number(&j, "lost", true, g->gaps[i].lost);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    return done(&j);
}
