/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/measure.h"

#include "core/base/hex.h"
#include "core/signal/calibration_default.h"
#include "core/signal/known.h"
#include "core/signal/pleth.h"
#include "core/signal/signal.h"
#include "device/board/board_clock.h"
#include "device/board/tally.h"
#include "device/main/held.h"
#include "device/sensor/any.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "host/cli.h"
#include "host/supervise.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    STEP_MS = 10, /* between looks at the clock */
    BURST = 4000, /* samples taken before others are heard */
    BEAT_MS = 250,
    FRAME_MS = 100,
    KNOCK_MS = 50,
    KNOCK_MAX_MS = 2000,
    SILENT_MS = 2000, /* without keeper's word this long the screen says CONFIG */
    LATE_EVERY_MS = 5000,
    OLD_MS = 30000, /* a value older than this is no value */
};

struct peer { /* one of our sockets to another role */
    const char *path;
    enum device_role role;
    int fd; /* -1: not connected */
    uint64_t due_ms, delay_ms;
};

struct measure {
    struct role_env *env;
    const struct measure_plan *plan;
    struct log *log;
    struct loop *loop;
    struct role_lock lock;
    struct board_clock clock;
    struct sensor_any any;
    const struct sensor *sensor;
    bool computes; /* the signal chain gives known answers */
    struct signal signal;
    struct held held;

    struct tally *tally;
    uint64_t begin_ms; /* accelerated clock at this process's first sample */
    uint64_t sample;   /* next */
    bool over, end_said,
        caught_up; /* caught_up: what was due before the start is done */
    uint64_t over_ms, over_real_ms; /* accelerated and not: when it was over */
    uint64_t worst_late_ms, late_due_ms, beat_due_ms, frame_due_ms;

    struct peer keeper, screen;
    struct said_state state; /* what keeper said last */
    uint64_t state_ms;
    bool has_state;

    struct vital vital; /* with each value's own age: */
    bool has_vital;
    uint64_t vital_ms;      /* when the last second ended, accelerated */
    uint64_t value_ms;      /* when the last value was made */
    float wave[VIEW_PLETH]; /* ring: the last seconds of the pleth */
    uint32_t wave_count, wave_at;

    char keeper_path[PLACE_MAX], screen_path[PLACE_MAX];
    uint8_t talk[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    uint8_t body[VIEW_LEN];
};

static uint64_t mono(const struct measure *m)
{
    return m->clock.port.mono_ms(m->clock.port.board);
}

/* --- peers: connect without waiting, again and again --- */

static void leave(struct measure *m, struct peer *p)
{
    if (p->fd < 0)
        return;
    loop_forget(m->loop, p->fd);
    close(p->fd);
    p->fd = -1;
    p->due_ms = board_clock_now_ms() + p->delay_ms;
}

static bool knock(struct measure *m, struct peer *p, loop_fd_fn *fn)
{
    uint64_t now = board_clock_now_ms();
    int fd = -1;

    if (p->fd >= 0 || now < p->due_ms)
        return false;
    enum status s = talk_connect_to(p->path, m->env->uids[p->role], &fd);
    if (s == OK && loop_watch(m->loop, fd, EPOLLIN, fn, m) != OK) {
        close(fd);
        s = BROKEN;
    }
    if (s != OK) {
        p->due_ms = now + p->delay_ms;
        p->delay_ms = p->delay_ms * 2 > KNOCK_MAX_MS ? KNOCK_MAX_MS : p->delay_ms * 2;
        return false;
    }
    p->fd = fd;
    p->delay_ms = KNOCK_MS;
    return true;
}

/* Accelerated clock at which the next sample is due. */
static uint64_t sample_ms(const struct measure *m)
{
    return m->begin_ms + m->sample * 1000 / SENSOR_HZ;
}

/* --- keeper --- */

static bool tell_keeper(struct measure *m, enum message what, struct bytes body)
{
    enum status s = talk_send(m->keeper.fd, (uint16_t)what, body);
    if (s == BROKEN)
        leave(m, &m->keeper);
    return s == OK;
}

static void hand_over(struct measure *m)
{
    uint8_t b[READING_LEN];

    if (m->keeper.fd < 0)
        return;
    for (const struct said_reading *r; (r = held_peek(&m->held)) != NULL;) {
        if (m->keeper.fd < 0
            || !tell_keeper(m, SAY_READING, reading_build(r, ROOM_OF(b))))
            return;
        held_said(&m->held);
    }
    if (m->over && !m->end_said && m->keeper.fd >= 0)
        m->end_said = tell_keeper(m, SAY_END, number_build(m->held.next, ROOM_OF(b)));
}

static void stop_measuring(struct measure *m)
{
    if (!m->over) {
        m->over_ms = sample_ms(m);
        m->over_real_ms = board_clock_now_ms();
    }
    m->over = true;
    m->tally->over = 1;
    hand_over(m);
}

static enum status take_from_keeper(struct measure *m, uint16_t what, struct bytes body)
{
    uint64_t below = 0;

    if (what == SAY_KEPT) {
        TRY(number_parse(body, &below));
        TRY(held_forget(&m->held, below));
        if (below > m->tally->settled)
            m->tally->settled = below;
        return OK;
    }
    /* Only a run that was asked for so many batches ends by keeper's word. */
    if (what == SAY_STOP && m->env->batches == 0)
        return REFUSED;
    if (what == SAY_STOP) {
        stop_measuring(m);
        return OK;
    }
    TRY(state_parse(body, &m->state));
    m->has_state = true;
    m->state_ms = board_clock_now_ms();
    return OK;
}

static void on_keeper(void *ctx, int fd, uint32_t events)
{
    struct measure *m = ctx;
    size_t doors = 0;
    const struct talk_door *table = messages_heard(MEASURE_OF_KEEPER, &doors);

    (void)events;
    for (int i = 0; i < 16 && m->keeper.fd == fd; i++) {
        uint16_t what = 0;
        struct bytes body;
        enum status s = talk_recv(fd, table, doors, ROOM_OF(m->talk), &what, &body);
        if (s == OK)
            s = take_from_keeper(m, what, body);
        if (s == AGAIN)
            break;
        if (s == MALFORMED || s == REFUSED)
            LOG(m->log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("from", "keeper"));
        if (s != OK)
            leave(m, &m->keeper);
    }
}

static void find_keeper(struct measure *m)
{
    uint8_t b[8];

    if (!knock(m, &m->keeper, on_keeper))
        return;
    m->end_said = false;
    held_say_again(&m->held);
    if (tell_keeper(m, SAY_HELLO, number_build(m->tally->settled, ROOM_OF(b))))
        hand_over(m);
}

/* --- screen --- */

/* The screen has nothing to say: what comes means that it is gone, or lost. */
static void on_screen(void *ctx, int fd, uint32_t events)
{
    struct measure *m = ctx;
    (void)fd;
    (void)events;
    leave(m, &m->screen);
}

static void fill_pleth(const struct measure *m, struct view *v)
{
    float wave[VIEW_PLETH];

    v->pleth_count = (uint16_t)m->wave_count;
    for (uint32_t i = 0; i < m->wave_count; i++)
        wave[i] = m->wave[(m->wave_at + VIEW_PLETH - m->wave_count + i) % VIEW_PLETH];
    pleth_scale(wave, v->pleth_count, v->pleth);
}

static void fill_keeper(const struct measure *m, struct view *v)
{
    bool silent = !m->has_state || board_clock_now_ms() - m->state_ms > SILENT_MS;
    const struct said_state *s = &m->state;

    v->notes =
        (silent ? VIEW_CONFIG : s->notes) | (m->env->config_fault ? VIEW_CONFIG : 0u);
    v->sync = !silent && s->synchronised ? VIEW_SYNCHRONISED : VIEW_NOT_SYNCHRONISED;
    if (!m->has_state)
        return;
    v->clock = (enum clock_state)s->clock;
    v->utc_ms = s->has_utc ? s->utc_ms : 0;
    v->held_count = s->readings_held;
    v->held_age_ms = s->oldest_held_age_ms;
    v->lost_count = s->readings_lost;
    if (!silent)
        v->service = s->service;
    if (s->enrolled)
        uuid_of(s->device.b, v->device);
}

static void fill_vital(const struct measure *m, struct view *v)
{
    /* When a recording is over, time is no longer sped up for what a person sees. */
    uint64_t now =
        m->over ? m->over_ms + board_clock_now_ms() - m->over_real_ms : mono(m);
    uint64_t age = now - m->value_ms;

    v->status = m->vital.status;
    v->quality = m->has_vital ? m->vital.quality : 0;
    v->value_age_ms = m->value_ms == 0 || age > UINT32_MAX ? UINT32_MAX : (uint32_t)age;
    if (v->value_age_ms >= OLD_MS)
        return;
    v->has_spo2 = m->vital.has_spo2;
    v->has_pulse = m->vital.has_pulse;
    v->has_pi = m->vital.has_pi;
    v->spo2_permille = v->has_spo2 ? m->vital.spo2_permille : 0;
    v->pulse_decibpm = v->has_pulse ? m->vital.pulse_decibpm : 0;
    v->pi_centipercent = v->has_pi ? m->vital.pi_centipercent : 0;
}

static void show(struct measure *m)
{
    struct view v = {
        .mono_ms = mono(m),
        .test_data = m->sensor->test_data,
        .reduced_separation = m->env->reduced,
    };
    (void)snprintf(v.trust, sizeof v.trust, "%s", role_trust(m->env));

    if (m->screen.fd < 0)
        return;
    fill_vital(m, &v);
    fill_keeper(m, &v);
    fill_pleth(m, &v);
    enum status s = talk_send(m->screen.fd, SAY_VIEW, view_build(&v, ROOM_OF(m->body)));
    if (s == BROKEN)
        leave(m, &m->screen);
}

/* --- samples --- */

static struct maybe_u16 value(bool has, uint16_t v)
{
    return (struct maybe_u16){has, has ? v : 0};
}

static void reading(struct measure *m, const struct vital *v)
{
    uint64_t first = m->plan->first_utc_ms;
    uint64_t at = sample_ms(m);
    struct said_reading r = {.mono_ms = at,
        .has_utc = first != 0,
        .utc_ms = first != 0 ? first + (at - m->env->start_ms) : 0,
        .spo2 = value(v->has_spo2, v->spo2_permille),
        .pulse = value(v->has_pulse, v->pulse_decibpm),
        .pi = value(v->has_pi, v->pi_centipercent),
        .status = v->status,
        .quality = v->quality,
        .test_data = m->sensor->test_data};

    held_add(&m->held, r);
    m->tally->next = m->held.next;
    m->vital = *v;
    m->has_vital = true;
    m->vital_ms = at;
    if (v->has_spo2 || v->has_pulse)
        m->value_ms = at;
}

static void take(struct measure *m, const struct sample *in)
{
    struct vital v;

    m->sample++;
    if (signal_take(&m->signal, in, &v)) {
        if (!m->computes)
            signal_withhold(&v);
        reading(m, &v);
    }
    m->wave[m->wave_at] = signal_wave(&m->signal);
    m->wave_at = (m->wave_at + 1) % VIEW_PLETH;
    m->wave_count += m->wave_count < VIEW_PLETH ? 1 : 0;
}

static void note_late(struct measure *m)
{
    uint64_t late = (mono(m) - sample_ms(m)) / m->env->speed;
    if (m->caught_up && late > m->worst_late_ms)
        m->worst_late_ms = late;
}

/* Every sample whose time has come. */
static void take_due(struct measure *m)
{
    uint64_t length = m->plan->length_samples;

    for (int i = 0; i < BURST && !m->over && sample_ms(m) <= mono(m); i++) {
        struct sample s;
        note_late(m);
        enum status st = m->sensor->next(m->sensor->board, &s);
        if (st == AGAIN)
            break;
        if (st != OK || (length != 0 && m->sample >= length)) {
            stop_measuring(m);
            break;
        }
        take(m, &s);
    }
    m->caught_up = m->caught_up || sample_ms(m) > mono(m);
}

static void say_late(struct measure *m, uint64_t now)
{
    if (now < m->late_due_ms && !(m->over && m->worst_late_ms > 0))
        return;
    m->late_due_ms = now + LATE_EVERY_MS;
    LOG(m->log, LOG_INFO, REASON_MEASURE_LATE, F_NUM("n", m->worst_late_ms),
        F_NUM("samples", m->sample));
    if (m->log->dropped == 0) /* else nobody was told: the next line says it */
        m->worst_late_ms = 0;
}

static void step(void *ctx)
{
    struct measure *m = ctx;
    uint64_t now = board_clock_now_ms();

    take_due(m);
    find_keeper(m);
    hand_over(m);
    (void)knock(m, &m->screen, on_screen);
    if (now >= m->beat_due_ms) {
        m->beat_due_ms = now + BEAT_MS;
        role_beat();
    }
    if (now >= m->frame_due_ms) {
        m->frame_due_ms = now + FRAME_MS;
        show(m);
    }
    say_late(m, now);
    if (loop_after(m->loop, STEP_MS, step, m) != OK)
        loop_stop(m->loop);
}

/* --- start --- */

/* Memory stays where it is; without the right to as much, as much as there is. */
static void stay_in_memory(void)
{
    struct rlimit most;
    int all = MCL_CURRENT;

    if (getrlimit(RLIMIT_MEMLOCK, &most) == 0 && most.rlim_cur == RLIM_INFINITY)
        all |= MCL_FUTURE;
    (void)mlockall(all);
}

/* A recording that was interrupted goes on where time is now, not where it stopped. */
static void catch_up(struct measure *m)
{
    uint64_t now = mono(m);
    uint64_t skip = (now - m->env->start_ms) * SENSOR_HZ / 1000;
    struct sample s;

    m->begin_ms = m->env->start_ms;
    if (m->any.kind
        != SENSOR_IS_REPLAY) { /* an invented finger has no place to go back to */
        m->begin_ms += skip * 1000 / SENSOR_HZ;
        return;
    }
    /* Started late by less than a breath is no interruption: nothing of a recording is lost. */
    if (now - m->env->start_ms < (uint64_t)KNOCK_MAX_MS * m->env->speed)
        return;
    while (m->sample < skip && m->sensor->next(m->sensor->board, &s) == OK)
        m->sample++;
}

static enum status told(
    const struct measure *m, enum status s, const struct conf_error *err)
{
    if (s != OK)
        cli_error(EXIT_USAGE, m->plan->sensor, err->line, err->what, err->expected);
    return s;
}

static enum status open_sensor(struct measure *m)
{
    struct conf_error err = {0};

    return told(m, sensor_open(m->plan->sensor, m->plan->seed, &m->any, &err), &err);
}

/* Once this process is locked down: a recording is bytes from outside. */
static enum status look_at_sensor(struct measure *m)
{
    struct conf_error err = {0};

    TRY(told(m, sensor_look(&m->any, &err), &err));
    m->sensor = m->any.port;
    return OK;
}

static enum status open_tally(struct measure *m)
{
    char path[PLACE_MAX];

    TRY(place_of(m->env->root, PLACE_TALLY, path));
    return tally_open(path, &m->tally);
}

int measure_main(struct role_env *env, const struct measure_plan *plan)
{
    static struct measure m;
    const struct confine_plan confine = {
        .role = "measure", .user = role_user(ROLE_MEASURE), .rights = CONFINE_UNIX};

    m.env = env;
    m.plan = plan;
    m.log = env->log;
    if (place_of(env->root, PLACE_DOOR_MEASURE, m.keeper_path) != OK
        || place_of(env->root, PLACE_DOOR_VIEW, m.screen_path) != OK
        || loop_new(&m.loop) != OK)
        return EXIT_ENVIRONMENT;
    m.keeper = (struct peer){m.keeper_path, ROLE_KEEPER, -1, 0, KNOCK_MS};
    m.screen = (struct peer){m.screen_path, ROLE_SCREEN, -1, 0, KNOCK_MS};
    board_clock_init(&m.clock, env->start_ms, env->speed);
    if (open_tally(&m) != OK)
        return EXIT_ENVIRONMENT;
    held_init(&m.held, m.tally->next);
    if (open_sensor(&m) != OK)
        return EXIT_USAGE;
    m.computes = signal_known(&m.signal, KNOWN_SPO2_PERMILLE, KNOWN_PULSE_DECIBPM);
    if (!m.computes)
        LOG(m.log, LOG_FAULT, REASON_SIGNAL_WRONG, F_NUM("n", 1));
    signal_init(&m.signal, &calibration_default);
    stay_in_memory();
    if (role_confine(&m.lock, env, m.loop, ROLE_MEASURE, &confine) != OK)
        return EXIT_ENVIRONMENT;
    if (look_at_sensor(&m) != OK)
        return EXIT_USAGE;
    catch_up(&m);
    if (role_ready(&(struct role_ready){{0}}) != OK)
        return EXIT_ENVIRONMENT;
    m.late_due_ms = board_clock_now_ms() + LATE_EVERY_MS;
    step(&m);
    return loop_run(m.loop) == OK ? EXIT_DONE : EXIT_INTERNAL;
}
