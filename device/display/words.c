/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/words.h"

#include <stdio.h>
#include <string.h>

enum { STALE_MS = 10000 };

static void say(char out[WORDS_LEN], const char *text)
{
    (void)snprintf(out, WORDS_LEN, "%s", text);
}

/* 1 s .. 99 s, 2 min .. 99 min, 2 h .. 99 h, then days: never more than two digits wrong. */
static void say_age(char out[WORDS_LEN], uint64_t age_ms)
{
    uint64_t s = age_ms / 1000;
    if (s < 100)
        (void)snprintf(out, WORDS_LEN, "%llu s", (unsigned long long)s);
    else if (s < 100 * 60)
        (void)snprintf(out, WORDS_LEN, "%llu min", (unsigned long long)(s / 60));
    else if (s < 100 * 3600)
        (void)snprintf(out, WORDS_LEN, "%llu h", (unsigned long long)(s / 3600));
    else
        (void)snprintf(out, WORDS_LEN, "%llu days", (unsigned long long)(s / 86400));
}

static void say_values(const struct view *v, struct words *w)
{
    say(w->spo2, "--");
    say(w->pulse, "--");
    say(w->pi, "--");
    if (v->has_spo2)
        (void)snprintf(w->spo2, WORDS_LEN, "%u", (v->spo2_permille + 5u) / 10);
    if (v->has_pulse)
        (void)snprintf(w->pulse, WORDS_LEN, "%u", (v->pulse_decibpm + 5u) / 10);
    if (v->has_pi)
        (void)snprintf(w->pi, WORDS_LEN, "%u.%u", v->pi_centipercent / 100u,
            v->pi_centipercent / 10u % 10);
    w->stale = v->value_age_ms > STALE_MS;
}

static void say_quality(const struct view *v, struct words *w)
{
    /* The first of these 150604.n bits that is set is the one a person can act on. */
    static const struct {
        unsigned bit;
        const char *text;
    } causes[] = {
        {14, "SENSOR FAULT"},
        {1, "SENSOR FAULT"},
        {0, "SENSOR NOT CONNECTED"},
        {4, "SENSOR OFF"},
        {2, "SENSOR DISPLACED"},
        {6, "searching for a pulse"},
        {8, "no pulse found"},
        {12, "signal inadequate"},
        {9, "signal erratic"},
        {5, "interference"},
        {10, "low perfusion"},
        {11, "signal poor"},
        {7, "pulse questionable"},
    };
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (v->status >> causes[i].bit & 1) {
            say(w->quality, causes[i].text);
            return;
        }
    }
    say(w->quality,
        v->quality >= 80       ? "signal good"
            : v->quality >= 50 ? "signal fair"
                               : "signal poor");
}

static void say_sync(const struct view *v, struct words *w)
{
    char age[WORDS_LEN];

    say(w->sync, v->sync == VIEW_SYNCHRONISED ? "SYNCHRONISED" : "NOT SYNCHRONISED");
    if (v->held_count == 0) {
        say(w->held,
            v->sync == VIEW_SYNCHRONISED ? "all readings sent" : "no reading held");
        return;
    }
    say_age(age, v->held_age_ms);
    (void)snprintf(w->held, WORDS_LEN, "%llu %s held, oldest %.20s",
        (unsigned long long)v->held_count, v->held_count == 1 ? "reading" : "readings",
        age);
}

static void say_note(const struct view *v, struct words *w)
{
    static const struct {
        uint32_t note;
        const char *text;
    } notes[] = {
        {VIEW_DECOMMISSIONED, "DECOMMISSIONED: keys erased"},
        {VIEW_CONFIG, "CONFIG: using built-in settings"},
        {VIEW_KEY_FAULT, "KEY FAULT: nothing is sent"},
        {VIEW_STORE_FAULT, "STORE FAULT: readings are not kept"},
        {VIEW_STORE_FULL, "STORE FULL, OLDEST LOST"},
        {VIEW_NOT_TRUSTED, "SERVER NOT TRUSTED"},
        {VIEW_NOT_ACCEPTED, "NOT ACCEPTED by the cloud"},
        {VIEW_NOT_ENROLLED, "NOT ENROLLED"},
        {VIEW_STORE_80, "STORE over 80 %"},
        {VIEW_NO_NETWORK, "no network"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        if (!(v->notes & notes[i].note))
            continue;
        if (notes[i].note == VIEW_STORE_FULL)
            (void)snprintf(w->note, WORDS_LEN, "%s %llu", notes[i].text,
                (unsigned long long)v->lost_count);
        else
            say(w->note, notes[i].text);
        return;
    }
}

static void say_clock(const struct view *v, struct words *w)
{
    uint64_t s = v->utc_ms / 1000 % 86400;
    if (v->clock == CLOCK_UNSET || v->utc_ms == 0)
        say(w->clock, "CLOCK NOT SET");
    else
        (void)snprintf(w->clock, WORDS_LEN, "%02u:%02u:%02u UTC%s",
            (unsigned)(s / 3600), (unsigned)(s / 60 % 60), (unsigned)(s % 60),
            v->clock == CLOCK_STEPPED            ? ", stepped"
                : v->clock == CLOCK_FREE_RUNNING ? ", free-running"
                                                 : "");
}

static void say_service(const struct view *v, struct words *w)
{
    const struct view_ticket *t = &v->service;
    uint64_t s = t->until_utc_ms / 1000 % 86400;

    switch (t->state) {
    case VIEW_NO_SERVICE: return;
    case VIEW_SERVICE_ASKS:
        (void)snprintf(w->service, sizeof w->service, "SERVICE? %.32s: code %06u",
            t->holder, (unsigned)t->code);
        return;
    case VIEW_SERVICE_PRESS:
        (void)snprintf(
            w->service, sizeof w->service, "SERVICE? %.32s: press button", t->holder);
        return;
    case VIEW_SERVICE_OPEN: break;
    }
    (void)snprintf(w->service, sizeof w->service, "SERVICE %.32s until %02u:%02u UTC",
        t->holder, (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
}

void words_of(const struct view *view, struct words *out)
{
    *out = (struct words){0};
    say_values(view, out);
    say_quality(view, out);
    say_sync(view, out);
    say_note(view, out);
    say_service(view, out);
    say_clock(view, out);
    (void)snprintf(out->foot, sizeof out->foot, "%.8s  trust: %.8s%s",
        view->device[0] ? view->device : "no id", view->trust[0] ? view->trust : "none",
        view->reduced_separation ? "  separation: reduced" : "");
}
