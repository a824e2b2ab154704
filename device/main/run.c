/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/run.h"

#include "core/signal/calibration_default.h"
#include "device/agent/agent.h"
#include "device/board/board_clock.h"
#include "device/board/tally.h"
#include "device/keeper/keeper.h"
#include "device/main/enrol.h"
#include "device/main/measure.h"
#include "device/main/screen_role.h"
#include "device/main/settings.h"
#include "device/main/watcher.h"
#include "device/main/words_json.h"
#include "device/net/courier.h"
#include "device/sensor/any.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "device/update/self.h"
#include "device/update/updater.h"
#include "host/crypto.h"
#include "host/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXTS = 20, TEXT = 24, LAST_FRAME_MS = 550, MIB = 1024 * 1024, BATCH_S = 60 };

/* --- places --- */

/* Each part of the path that is not there is made, open to look through. */
static bool make_path(const char *path)
{
    char part[PLACE_MAX];

    for (size_t i = 1; path[i] != '\0'; i++) {
        if (path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool make_folder(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
    if (!make_path(path) || (mkdir(path, mode) != 0 && errno != EEXIST))
        return false;
    if (chmod(path, mode) != 0)
        return false;
    return geteuid() != 0 || chown(path, uid, gid) == 0;
}

enum status make_places(const struct role_env *env)
{
    static const struct {
        enum place place;
        enum device_role role;
        mode_t mode;
    } folders[] = {
        {PLACE_AGENT, ROLE_AGENT, 0700},
        {PLACE_AGENT_DOORS, ROLE_AGENT, 0711},
        {PLACE_KEEPER, ROLE_KEEPER, 0700},
        {PLACE_COURIER, ROLE_COURIER, 0700},
        {PLACE_UPDATER, ROLE_UPDATER, 0700},
        {PLACE_KEEPER_DOORS, ROLE_KEEPER, 0711},
        {PLACE_COURIER_DOORS, ROLE_COURIER, 0711},
        {PLACE_SCREEN_DOORS, ROLE_SCREEN, 0711},
    };

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[PLACE_MAX];
        enum device_role r = folders[i].role;
        TRY(place_of(env->root, folders[i].place, path));
        if (!make_folder(path, folders[i].mode, env->uids[r], env->gids[r]))
            return BROKEN;
    }
    return OK;
}

/* --- a role --- */

static void env_of(const struct cli_args *a, struct log *log, struct role_env *env)
{
    *env = (struct role_env){.root = cli_word(a, "root", "/"),
        .image = cli_word(a, "image", cli_word(a, "root", "/")),
        .log = log,
        .start_ms = (uint64_t)cli_number(a, "start-ms", 0),
        .start_utc_ms = (uint64_t)cli_number(a, "start-utc-ms", 0),
        .speed = (uint32_t)cli_number(a, "speed", 1),
        .security_version = (uint32_t)cli_number(a, "security-version", 0),
        .product = cli_word(a, "product", NULL),
        .tpm = cli_given(a, "tpm"),
        .attest = cli_given(a, "attest"),
        .button = cli_word(a, "button", NULL),
        .config_fault = cli_given(a, "config-fault"),
        .self_test = cli_given(a, "role-self-test"),
        .journal_bytes = (uint32_t)cli_number(a, "journal-mib", 16) * MIB,
        .batches = (uint32_t)cli_number(a, "batches", 0)};
    memcpy(env->algorithm, calibration_default.id, sizeof env->algorithm);
}

int run_role(const struct cli_args *a)
{
    const char *name = cli_word(a, "role", "");
    struct log log;
    struct role_env env;
    struct measure_plan plan = {.sensor = cli_word(a, "sensor", "sim:normal"),
        .seed = (uint64_t)cli_number(a, "seed", 1),
        .length_samples = (uint64_t)cli_number(a, "length-samples", 0),
        .first_utc_ms = (uint64_t)cli_number(a, "first-utc-ms", 0)};

    log_open(&log, STDERR_FILENO, name, cli_given(a, "log-json"));
    env_of(a, &log, &env);
    if (strcmp(name, "enrol") == 0)
        return enrol_carrier_main();
    if (role_users(&env) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "no user for a role",
            "the users of packaging/sysusers.d (script/setup)");
    if (strcmp(name, "agent") == 0)
        return agent_main(&env, cli_word(a, "tpm", ""));
    if (strcmp(name, "updater") == 0)
        return updater_main(&env,
            &(struct updater_slots){
                {cli_word(a, "slot-a", ""), cli_word(a, "slot-b", "")},
                cli_word(a, "boot-folder", "")});
    if (strcmp(name, "keeper") == 0)
        return keeper_main(&env);
    if (strcmp(name, "courier") == 0)
        return courier_main(&env);
    if (strcmp(name, "screen") == 0)
        return screen_main(&env, cli_word(a, "screen", "none"));
    if (strcmp(name, "measure") == 0)
        return measure_main(&env, &plan);
    return cli_error(EXIT_USAGE, NULL, 0, "--role", "a role of the device");
}

/* --- the supervisor --- */

struct run {
    const struct cli_args *args;
    struct log log;
    struct role_env env;
    struct settings settings;
    const char *sensor, *screen;
    uint64_t length_samples, first_utc_ms;
    bool once, done;
    bool no_releases; /* an image holds its version against a TPM, or takes none */
    uint64_t done_ms;
    struct watcher watcher;
    struct tally *measured, *kept;
    char product[WORD_MAX + 1]; /* "": the image says none */
    char texts[TEXTS][TEXT];
    size_t text_count;
};

static const char *text(struct run *r, uint64_t n)
{
    char *t = r->texts[r->text_count++];
    snprintf(t, TEXT, "%llu", (unsigned long long)n);
    return t;
}

static void spec_of(struct run *r, enum device_role role, struct role_spec *s)
{
    size_t n = 0;
    const struct {
        const char *name, *value;
    } pairs[] = {
        {"--root", r->env.root},
        {"--image", role == ROLE_UPDATER ? r->env.image : NULL},
        {"--security-version",
            role == ROLE_AGENT ? text(r, r->env.security_version) : NULL},
        {"--product", role == ROLE_KEEPER && r->product[0] != '\0' ? r->product : NULL},
        {"--start-ms", text(r, r->env.start_ms)},
        {"--speed", text(r, r->env.speed)},
        {"--journal-mib",
            role == ROLE_KEEPER ? text(r, (uint64_t)r->settings.journal_mib) : NULL},
        {"--batches",
            (role == ROLE_KEEPER || role == ROLE_MEASURE) && r->env.batches > 0
                ? text(r, r->env.batches)
                : NULL},
        {"--tpm", r->env.tpm ? r->settings.tpm : NULL},
        {"--button",
            role == ROLE_KEEPER && r->settings.button[0] != '\0' ? r->settings.button
                                                                 : NULL},
        {"--slot-a", role == ROLE_UPDATER ? r->settings.slot_a : NULL},
        {"--slot-b", role == ROLE_UPDATER ? r->settings.slot_b : NULL},
        {"--boot-folder", role == ROLE_UPDATER ? r->settings.boot_folder : NULL},
        {"--screen", role == ROLE_SCREEN ? r->screen : NULL},
        {"--sensor", role == ROLE_MEASURE ? r->sensor : NULL},
        {"--seed", role == ROLE_MEASURE ? cli_word(r->args, "seed", "1") : NULL},
        {"--length-samples", role == ROLE_MEASURE ? text(r, r->length_samples) : NULL},
        {"--first-utc-ms", role == ROLE_MEASURE ? text(r, r->first_utc_ms) : NULL},
    };
    const struct {
        const char *name;
        bool given;
    } flags[] = {
        {"--log-json", r->log.json},
        {"--config-fault", r->env.config_fault},
        {"--attest", role == ROLE_COURIER && r->env.attest},
        {"--role-self-test", r->env.self_test},
    };

    *s = (struct role_spec){.name = role_name(role),
        .beat_ms = role == ROLE_MEASURE ? 2000 : 0,
        .end_with = role == ROLE_UPDATER, /* it ends itself only for a restart */
        .keep_stdout = role == ROLE_SCREEN};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].value != NULL) {
            s->args[n++] = pairs[i].name;
            s->args[n++] = pairs[i].value;
        }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flags[i].given)
            s->args[n++] = flags[i].name;
}

/* --- the recording: opened here, read by a process that is locked down as measure is --- */

/* A line has two bytes at least and comes at most a minute after the one before. */
static const uint64_t longest_samples = LIMIT_CSV_FILE / 2 * UINT64_C(60) * SENSOR_HZ;

static int wrong_sensor(const char *spec, const struct conf_error *err)
{
    char file[512];

    snprintf(file, sizeof file, "%s%s",
        strncmp(spec, "replay:", 7) == 0 ? "" : "--sensor ",
        strncmp(spec, "replay:", 7) == 0 ? spec + 7 : spec);
    return cli_error(EXIT_USAGE, file, err->line, err->what, err->expected);
}

/* In the child. Says how long the recording is, or what is wrong with it. */
static void look_and_tell(const struct run *r, struct sensor_any *any, int fd)
{
    const struct confine_plan plan = {
        .role = "measure", .user = role_user(ROLE_MEASURE)};
    struct conf_error err = {0};
    const char *what = NULL;
    uint8_t room[8];

    if (confine_enter(&plan, &what) != OK)
        _exit(cli_error(EXIT_ENVIRONMENT, NULL, 0, "the recording cannot be looked at",
            "a kernel with Landlock and seccomp"));
    if (sensor_look(any, &err) != OK)
        _exit(wrong_sensor(r->sensor, &err));
    struct bytes said = number_build(any->port->length_samples, ROOM_OF(room));
    _exit(
        write(fd, said.at, said.len) == (ssize_t)said.len ? EXIT_DONE : EXIT_INTERNAL);
}

static int hear_length(struct run *r, int fd, pid_t child)
{
    uint8_t said[8 + 1];
    ssize_t n = read(fd, said, sizeof said);
    int state = 0;

    if (waitpid(child, &state, 0) != child || !WIFEXITED(state))
        return cli_error(EXIT_INTERNAL, NULL, 0,
            "who looked at the recording was ended", "an exit of its own");
    if (WEXITSTATUS(state) != EXIT_DONE)
        return WEXITSTATUS(state);
    bool good = n >= 0
        && number_parse((struct bytes){said, (size_t)n}, &r->length_samples) == OK
        && r->length_samples <= longest_samples;
    return good ? EXIT_DONE : EXIT_INTERNAL;
}

/* Everything that can be wrong is found before anything is started or made. */
static int check_sensor(struct run *r)
{
    static struct sensor_any any;
    struct conf_error err = {0};
    int ends[2];

    if (sensor_open(r->sensor, 1, &any, &err) != OK)
        return wrong_sensor(r->sensor, &err);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return EXIT_INTERNAL;
    pid_t pid = fork();
    if (pid == 0)
        look_and_tell(r, &any, ends[1]);
    close(ends[1]);
    int code = pid < 0 ? EXIT_INTERNAL : hear_length(r, ends[0], pid);
    close(ends[0]);
    sensor_close(&any);
    return code;
}

/* An image that says nothing has no class, version 0, and a counter that does not rise. */
static void read_self(struct run *r)
{
    char path[PLACE_MAX];
    struct update_self self;
    struct conf_error err;

    if (place_of(r->env.image, PLACE_RELEASE, path) != OK
        || self_read(path, &self, &err) != OK)
        return;
    r->env.security_version = self.security_version;
    memcpy(r->product, self.product, sizeof r->product);
}

static void take_word(
    const struct cli_args *a, const char *option, char into[SETTINGS_PATH])
{
    const char *word = cli_word(a, option, into);

    if (word != into)
        (void)snprintf(into, SETTINGS_PATH, "%s", word);
}

static int read_settings(struct run *r)
{
    char path[PLACE_MAX];
    struct conf_error err = {0};

    if (place_of(r->env.root, PLACE_CONF, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    if (settings_read(path, &r->settings, &err) != OK) {
        /* measure goes on with what is built in, and shows CONFIG; nothing is sent */
        cli_error(EXIT_USAGE, path, err.line, err.what, err.expected);
        LOG(&r->log, LOG_FAULT, REASON_CONFIG_REFUSED, F_NUM("line", err.line));
        r->env.config_fault = true;
    }
    /* The image knows its partitions; what lies on the writable one does not name others. */
    take_word(r->args, "slot-a", r->settings.slot_a);
    take_word(r->args, "slot-b", r->settings.slot_b);
    take_word(r->args, "boot-folder", r->settings.boot_folder);
    r->env.tpm = settings_tpm(&r->settings);
    read_self(r);
    r->no_releases = cli_given(r->args, "image") && !r->env.tpm;
    if (r->no_releases)
        LOG(&r->log, LOG_FAULT, REASON_UPDATE_OFF, F_WORD("what", "trust"));
    r->env.attest = r->env.tpm && r->settings.attest;
    r->sensor = cli_word(r->args, "sensor", r->settings.sensor);
    r->screen = cli_word(r->args, "screen", r->settings.screen);
    if (!screen_spec_good(r->screen))
        return cli_error(EXIT_USAGE, NULL, 0, "--screen",
            "terminal, png:DIR, framebuffer:DEVICE or none");
    return EXIT_DONE;
}

/* D9: readings of a replay are stamped so that the last one is of the moment it ends. */
static void plan_time(struct run *r)
{
    const struct cli_args *a = r->args;
    struct timespec t;
    uint64_t length_ms = r->length_samples * 10;

    clock_gettime(CLOCK_REALTIME, &t);
    r->env.start_ms = board_clock_now_ms();
    r->env.start_utc_ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
    if (cli_given(a, "for-recorded")) {
        uint64_t wanted = (uint64_t)cli_number(a, "for-recorded", 0) * 100;
        if (r->length_samples == 0 || wanted < r->length_samples)
            r->length_samples = wanted;
        length_ms = r->length_samples * 10;
    } else if (length_ms == 0 && r->env.speed > 1) {
        length_ms = r->env.batches > 0
            ? (uint64_t)r->env.batches * BATCH_S * 1000
            : (uint64_t)cli_number(a, "for", 0) * 1000 * r->env.speed;
    }
    if (length_ms > 0)
        r->first_utc_ms = r->env.start_utc_ms + length_ms / r->env.speed - length_ms;
}

static bool keep_running(void *ctx)
{
    struct run *r = ctx;
    uint64_t now = board_clock_now_ms();

    if (watcher_look(&r->watcher) == OK && r->once && !r->done) {
        const struct said_state *s = &r->watcher.state;
        bool never = s->ended
            && (s->notes
                   & (VIEW_NOT_ENROLLED | VIEW_KEY_FAULT | VIEW_CONFIG
                       | VIEW_DECOMMISSIONED))
                != 0;
        r->done = s->delivered || never;
        r->done_ms = now;
    }
    return !r->done || now - r->done_ms < LAST_FRAME_MS;
}

static int verdict(const struct run *r)
{
    const struct said_state *s = &r->watcher.state;

    if (!r->once)
        return EXIT_DONE;
    bool good = r->done && s->delivered && s->batches_acknowledged >= s->batches_sealed
        && s->readings_lost == 0 && !r->kept->lost && r->kept->batches > 0;
    return good ? EXIT_DONE : EXIT_NO;
}

static bool runs(const struct run *r, enum device_role role)
{
    if (role == ROLE_AGENT)
        return r->env.tpm && !r->env.config_fault;
    return role != ROLE_UPDATER
        || (settings_slots(&r->settings) && !r->env.config_fault && !r->no_releases);
}

static int serve(struct run *r)
{
    struct role_spec specs[DEVICE_ROLES];
    struct supervisor *s = NULL;
    size_t count = 0;

    size_t updater = DEVICE_ROLES;
    for (int i = 0; i < DEVICE_ROLES; i++) {
        if (!runs(r, (enum device_role)i))
            continue;
        if (i == ROLE_UPDATER)
            updater = count;
        spec_of(r, (enum device_role)i, &specs[count++]);
    }
    LOG(&r->log, LOG_INFO, REASON_TRUST_KIND, F_WORD("trust", role_trust(&r->env)));
    enum status st = supervise_start(&s, specs, count, &r->log);
    if (st != OK)
        return EXIT_ENVIRONMENT;
    st = supervise_run(
        s, (uint64_t)cli_number(r->args, "for", 0) * 1000, keep_running, r);
    enum status fresh = watcher_ask(&r->watcher, 500);
    if (fresh == AGAIN)
        fresh = watcher_ask(&r->watcher, 500);
    if (fresh != OK)
        LOG(&r->log, LOG_WARN, REASON_ROLE_SILENT, F_WORD("name", "keeper"));
    bool restart = updater < count && supervise_state(s, updater)->pid == 0
        && supervise_state(s, updater)->last_exit == EXIT_DONE;
    supervise_end(s);
    print_state(r->watcher.has_state ? &r->watcher.state : NULL, &r->measured->next,
        cli_given(r->args, "json"));
    watcher_close(&r->watcher);
    if (st != OK)
        return EXIT_INTERNAL;
    return restart ? EXIT_RESTART : verdict(r);
}

static enum status make_tally(struct run *r)
{
    char path[PLACE_MAX];

    TRY(place_of(r->env.root, PLACE_SETTLED, path));
    TRY(tally_create(
        path, r->env.uids[ROLE_KEEPER], r->env.gids[ROLE_KEEPER], &r->kept));
    TRY(host_entropy_port()->fill(
        NULL, (struct room){(uint8_t *)&r->kept->run, sizeof r->kept->run}));
    r->kept->watchdog = cli_given(r->args, "watchdog");
    if (r->kept->watchdog)
        LOG(&r->log, LOG_WARN, REASON_DEVICE_WATCHDOG, F_NUM("n", 1));
    TRY(place_of(r->env.root, PLACE_TALLY, path));
    return tally_create(
        path, r->env.uids[ROLE_MEASURE], r->env.gids[ROLE_MEASURE], &r->measured);
}

int run_device(const struct cli_args *a)
{
    static struct run r;

    r.args = a;
    r.once = cli_given(a, "once");
    log_open(&r.log, STDERR_FILENO, "none", cli_given(a, "log-json"));
    env_of(a, &r.log, &r.env);
    int code = read_settings(&r);
    if (code == EXIT_DONE && role_users(&r.env) != OK)
        code = cli_error(EXIT_ENVIRONMENT, NULL, 0, "no user for a role",
            "the users of packaging/sysusers.d (script/setup)");
    if (code == EXIT_DONE)
        code = check_sensor(&r);
    if (code != EXIT_DONE)
        return code;
    if (make_places(&r.env) != OK || make_tally(&r) != OK
        || watcher_init(&r.watcher, r.env.root) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0,
            "folders below --root cannot be made", "a folder that this user may write");
    plan_time(&r);
    return serve(&r);
}
