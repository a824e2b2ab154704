/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/words_json.h"

#include "core/base/hex.h"
#include "core/base/json.h"

#include <stdio.h>

static const struct {
    enum view_note note;
    const char *word;
} note_words[] = {
    {VIEW_DECOMMISSIONED, "decommissioned"},
    {VIEW_CONFIG, "config"},
    {VIEW_KEY_FAULT, "key_fault"},
    {VIEW_STORE_FAULT, "store_fault"},
    {VIEW_STORE_FULL, "store_full"},
    {VIEW_NOT_TRUSTED, "not_trusted"},
    {VIEW_NOT_ACCEPTED, "not_accepted"},
    {VIEW_NOT_ENROLLED, "not_enrolled"},
    {VIEW_STORE_80, "store_80"},
    {VIEW_NO_NETWORK, "no_network"},
};

enum { NOTE_WORDS = sizeof note_words / sizeof note_words[0] };

static const char *clock_word(uint8_t clock)
{
    static const char *const words[] = {
        "unset", "free-running", "synchronised", "stepped"};
    return clock < 4 ? words[clock] : "unset";
}

static void number(struct json *j, const char *key, uint64_t value)
{
    json_key(j, key);
    json_u64(j, value);
}

static void truth(struct json *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}

static void who(struct json *j, const struct said_state *s)
{
    char id[UUID_TEXT];

    json_key(j, "device");
    uuid_of(s->device.b, id);
    if (s->enrolled)
        json_str(j, id);
    else
        json_null(j);
    json_key(j, "epoch");
    if (s->enrolled)
        json_hex(j, BYTES_OF(s->epoch.b));
    else
        json_null(j);
}

static void counts(struct json *j, const struct said_state *s)
{
    number(j, "readings", s->readings);
    number(j, "readings_held", s->readings_held);
    number(j, "readings_lost", s->readings_lost);
    number(j, "oldest_held_age_ms", s->oldest_held_age_ms);
    number(j, "answer_age_ms", s->answer_age_ms);
    number(j, "batches_sealed", s->batches_sealed);
    number(j, "batches_acknowledged", s->batches_acknowledged);
    number(j, "batches_set_aside", s->batches_set_aside);
    number(j, "batches_held", s->batches_held);
    number(j, "fill_permille", s->fill_permille);
    number(j, "config_version", s->config_version);
}

static void notes(struct json *j, const struct said_state *s)
{
    json_key(j, "notes");
    json_array(j);
    for (int i = 0; i < NOTE_WORDS; i++)
        if ((s->notes & (uint32_t)note_words[i].note) != 0)
            json_str(j, note_words[i].word);
    json_array_end(j);
}

static const char *trust_word(const struct said_state *s)
{
    return s->tpm ? "tpm" : "software";
}

static void service(struct json *j, const struct view_ticket *t)
{
    json_key(j, "service");
    if (t->state == VIEW_NO_SERVICE) {
        json_null(j);
        return;
    }
    json_object(j);
    json_key(j, "state");
    json_str(j,
        t->state == VIEW_SERVICE_OPEN        ? "open"
            : t->state == VIEW_SERVICE_PRESS ? "press"
                                             : "asks");
    json_key(j, "holder");
    json_str(j, t->holder);
    number(j, "until_utc_ms", t->until_utc_ms);
    json_object_end(j);
}

static void print_json(
    const struct said_state *s, const uint64_t *measured, bool running)
{
    uint8_t text[4096];
    struct json j = json_over(ROOM_OF(text));

    json_object(&j);
    truth(&j, "running", running);
    who(&j, s);
    truth(&j, "synchronised", s->synchronised);
    notes(&j, s);
    counts(&j, s);
    if (measured != NULL)
        number(&j, "measured", *measured);
    json_key(&j, "clock");
    json_str(&j, clock_word(s->clock));
    json_key(&j, "utc_ms");
    if (s->has_utc)
        json_u64(&j, s->utc_ms);
    else
        json_null(&j);
    truth(&j, "ended", s->ended);
    truth(&j, "delivered", s->delivered);
    json_key(&j, "separation");
    json_str(&j, s->reduced ? "reduced" : "full");
    json_key(&j, "trust");
    json_str(&j, trust_word(s));
    service(&j, &s->service);
    json_key(&j, "content");
    json_hex(&j, BYTES_OF(s->content.b));
    json_object_end(&j);
    if (json_done(&j))
        printf("%.*s\n", (int)j.w.len, (const char *)text);
}

static void print_text(const struct said_state *s, bool running)
{
    char id[UUID_TEXT];

    if (!running) {
        printf("not running\n");
        return;
    }
    uuid_of(s->device.b, id);
    printf("%s, device %s, separation %s, trust %s\n",
        s->synchronised ? "SYNCHRONISED" : "NOT SYNCHRONISED",
        s->enrolled ? id : "none", s->reduced ? "reduced" : "full", trust_word(s));
    printf("readings %llu, held %llu (oldest %llu s), lost %llu\n",
        (unsigned long long)s->readings, (unsigned long long)s->readings_held,
        (unsigned long long)s->oldest_held_age_ms / 1000,
        (unsigned long long)s->readings_lost);
    printf("batches sealed %llu, acknowledged %llu, set aside %llu, held %llu\n",
        (unsigned long long)s->batches_sealed,
        (unsigned long long)s->batches_acknowledged,
        (unsigned long long)s->batches_set_aside, (unsigned long long)s->batches_held);
    if (s->service.state == VIEW_SERVICE_OPEN)
        printf("SERVICE ticket of %s is in force\n", s->service.holder);
    char content[2 * sizeof s->content.b + 1];
    hex_of(BYTES_OF(s->content.b), (struct room){(uint8_t *)content, sizeof content});
    printf("content sha256 %s\n", content);
    for (int i = 0; i < NOTE_WORDS; i++)
        if ((s->notes & (uint32_t)note_words[i].note) != 0)
            printf("note %s\n", note_words[i].word);
}

void print_state(const struct said_state *state, const uint64_t *measured, bool json)
{
    const struct said_state none = {0};

    if (json)
        print_json(state != NULL ? state : &none, measured, state != NULL);
    else
        print_text(state != NULL ? state : &none, state != NULL);
}
