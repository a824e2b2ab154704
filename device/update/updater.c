/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/updater.h"

#include "core/update/update.h"
#include "device/board/board_clock.h"
#include "device/board/flash_file.h"
#include "device/talk/hear.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "device/update/boot_files.h"
#include "device/update/bring.h"
#include "device/update/counter_agent.h"
#include "device/update/counter_file.h"
#include "device/update/release_cms.h"
#include "device/update/self.h"
#include "device/update/slot_files.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/sign_key.h"
#include "host/supervise.h"
#include "wire/event.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TICK_MS = 50,
    PIECES = 64,           /* written before anyone else is heard */
    LOOK_MS = 1000,        /* for a statement that a person has put */
    KEEPER_AGAIN_MS = 500, /* between knocks */
    RECORD_SECTORS = 4,    /* two of the record, two of the counter */
    AUTHORITY_ROOM = 16384,
    UNTOLD = 32,
    SETTLED_MS = 2000, /* after our start */
};

struct updater {
    struct role_env *env;
    struct log *log;
    struct loop *loop;
    struct role_lock lock;
    struct board_clock clock;
    struct host_crypto *crypto;
    struct release_cms *cms;
    struct flash_file file;
    struct slots record;
    struct counter_file counter;
    struct counter_agent tpm_counter; /* where a TPM holds it */
    struct boot_files boot;
    struct slot_files slot;
    struct update update;
    struct install install;
    bool installing, on; /* on: everything that an update needs is there */

    struct bytes bundle; /* mapped; len 0: not */
    char statement_path[PLACE_MAX], bundle_path[PLACE_MAX], keeper_path[PLACE_MAX];
    uint64_t began_ms, look_due_ms, knock_due_ms;
    int keeper_fd;                    /* -1: not connected */
    struct said_event untold[UNTOLD]; /* until keeper is there */
    size_t untold_count;
    bool quiet;
    enum update_state said;
    struct bring bring;    /* fetches the bundle of an offer of the cloud */
    struct digest offered; /* by the cloud, the last that was looked at */
    uint8_t talk[TALK_DATAGRAM];
};

static uint64_t mono(const struct updater *u)
{
    return u->clock.port.mono_ms(u->clock.port.board);
}

/* ---- keeper's door ---- */

static void lose_keeper(struct updater *u)
{
    if (u->keeper_fd < 0)
        return;
    loop_forget(u->loop, u->keeper_fd);
    close(u->keeper_fd);
    u->keeper_fd = -1;
}

static void tell_keeper(struct updater *u, enum message what, struct bytes body)
{
    if (u->keeper_fd >= 0 && talk_send(u->keeper_fd, (uint16_t)what, body) != OK)
        lose_keeper(u);
}

static void tell_untold(struct updater *u)
{
    uint8_t body[1 + EVENT_ABOUT_LEN];

    for (size_t i = 0; i < u->untold_count; i++)
        tell_keeper(u, SAY_UPDATE_EVENT, event_build(&u->untold[i], ROOM_OF(body)));
    u->untold_count = 0;
}

static void tell_state(struct updater *u)
{
    uint8_t state = (uint8_t)u->update.record.state;
    tell_keeper(u, SAY_UPDATE_STATE, (struct bytes){&state, 1});
}

static enum log_level level_of(uint8_t event)
{
    if (event == EVENT_UPDATE_RECORD)
        return LOG_FAULT;
    return event == EVENT_UPDATE_TRIAL || event == EVENT_UPDATE_CONFIRMED ? LOG_INFO
                                                                          : LOG_REFUSE;
}

/* An event of core/update: into the log, and up with the next batch. */
static void hear(void *ctx, uint8_t event, const struct digest *bundle)
{
    struct updater *u = ctx;
    struct said_event said = {.code = event, .has_about = bundle != NULL};
    enum reason reason = REASON_UPDATE;

    (void)event_of_update(event, &reason);
    LOG(u->log, level_of(event), reason, F_NUM("event", event));
    if (bundle != NULL)
        memcpy(said.about, bundle->b, sizeof said.about);
    if (u->untold_count < UNTOLD)
        u->untold[u->untold_count++] = said;
    if (u->keeper_fd >= 0)
        tell_untold(u);
}

static void unmap(struct updater *u)
{
    union {
        const uint8_t *at;
        void *map;
    } b = {.at = u->bundle.at};

    if (u->bundle.len > 0)
        (void)munmap(b.map, u->bundle.len);
    u->bundle = (struct bytes){0};
    u->installing = false;
}

static void offer(struct updater *u, struct bytes statement, bool by_hand)
{
    enum status s = update_offer(&u->update, statement, by_hand);

    if (s == OK)
        unmap(u);
    else if ((s == AGAIN || s == BROKEN) && by_hand)
        LOG(u->log, LOG_WARN, REASON_UPDATE,
            F_WORD("state", s == AGAIN ? "busy" : "fault"));
}

static_assert((unsigned)SIGN_MEASURES == UPDATE_MEASURES
        && (unsigned)SIGN_SENSOR == UPDATE_SENSOR
        && (unsigned)SIGN_ANSWERED == UPDATE_ANSWERED,
    "signs are told bit by bit");

/* Said with each answer; looked at once, unless nothing was under way that it could disturb. */
static void offer_of_cloud(struct updater *u, struct bytes statement)
{
    const struct crypto *c = host_crypto_port(u->crypto);
    struct digest d;

    if (statement.len == 0) {
        update_withdraw(&u->update);
        memset(&u->offered, 0, sizeof u->offered);
        return;
    }
    if (u->update.broken) { /* it is looked at afterwards */
        memset(&u->offered, 0, sizeof u->offered);
        return;
    }
    if (update_busy(u->update.record.state) || c->sha256(c->board, statement, &d) != OK
        || ct_equal(d.b, u->offered.b, sizeof d.b))
        return;
    u->offered = d;
    offer(u, statement, false);
}

static enum status take_from_keeper(struct updater *u, uint16_t what, struct bytes body)
{
    uint8_t signs = 0;

    if (!u->on)
        return OK;
    if (what == SAY_RELEASE) {
        offer_of_cloud(u, body);
        return OK;
    }
    TRY(signs_parse(body, &signs));
    u->quiet = (signs & SIGN_QUIET) != 0;
    for (unsigned s = UPDATE_MEASURES; s <= UPDATE_ANSWERED; s <<= 1)
        if ((signs & s) != 0)
            update_sign_seen(&u->update, (enum update_sign)s);
    return OK;
}

static void on_keeper(void *ctx, int fd, uint32_t events)
{
    struct updater *u = ctx;
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    enum status s = hear_one(fd, UPDATER_OF_KEEPER, ROOM_OF(u->talk), &what, &body);
    if (s == OK)
        s = take_from_keeper(u, what, body);
    if (hear_ends(s, u->log, "keeper"))
        lose_keeper(u);
}

static void find_keeper(struct updater *u)
{
    int fd = -1;
    uint64_t now = board_clock_now_ms();

    if (u->keeper_fd >= 0 || now < u->knock_due_ms)
        return;
    u->knock_due_ms = now + KEEPER_AGAIN_MS;
    if (talk_connect_to(u->keeper_path, u->env->uids[ROLE_KEEPER], &fd) != OK)
        return;
    if (loop_watch(u->loop, fd, EPOLLIN, on_keeper, u) != OK) {
        close(fd);
        return;
    }
    u->keeper_fd = fd;
    tell_state(u);
    tell_untold(u);
}

/* ---- files that a person has put, or that came in pieces ---- */

static size_t read_small(const char *path, struct room into)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, into.at, into.cap);

    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : (size_t)n;
}

/* Put whole by a rename; taken once. */
static void look_for_statement(struct updater *u)
{
    uint8_t statement[LIMIT_RELEASE + 1];
    uint64_t now = board_clock_now_ms();

    if (now < u->look_due_ms)
        return;
    u->look_due_ms = now + LOOK_MS;
    size_t len = read_small(u->statement_path, ROOM_OF(statement));
    if (len == 0)
        return;
    (void)unlink(u->statement_path);
    offer(u, (struct bytes){statement, len}, true);
    /* Its bundle may have stood in the way of the cloud's: that one is looked at anew. */
    memset(&u->offered, 0, sizeof u->offered);
}

/* AGAIN: it is not there (yet). */
static enum status map_bundle(struct updater *u)
{
    struct stat st;
    int fd = open(u->bundle_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return AGAIN;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0
        && st.st_size <= LIMIT_UPDATE_BUNDLE;
    void *at = good ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                    : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED)
        return REFUSED;
    u->bundle = (struct bytes){at, (size_t)st.st_size};
    return OK;
}

/* ---- the two long actions ---- */

static void check(struct updater *u)
{
    enum status s = map_bundle(u);

    if (s == AGAIN) {
        if (!u->update.record.by_hand)
            bring_want(&u->bring, &u->update.record.release);
        return;
    }
    uint8_t why = s != OK
        ? EVENT_UPDATE_LENGTH
        : install_check(&u->update.record.release, u->bundle,
            host_crypto_port(u->crypto), release_cms_port(u->cms), &u->slot.port);
    if (why != 0)
        unmap(u);
    if (why == EVENT_UPDATE_DIGEST && bring_wrong(&u->bring))
        return;
    update_done(&u->update, why);
}

static void write_on(struct updater *u)
{
    enum status s = AGAIN;

    if (!u->installing)
        install_begin(&u->install, &u->update.record.release, u->bundle, &u->slot.port);
    u->installing = true;
    for (int i = 0; i < PIECES && s == AGAIN; i++)
        s = install_step(&u->install);
    if (s == AGAIN)
        return;
    unmap(u);
    update_done(&u->update, s == OK ? 0 : EVENT_UPDATE_SLOT);
}

static void work(struct updater *u)
{
    enum update_action want = update_want(&u->update);

    if (want == UPDATE_DO_CHECK)
        check(u);
    else if (want == UPDATE_DO_WRITE)
        write_on(u);
    else if (u->bundle.len > 0 && !u->update.broken) /* else its step still needs it */
        unmap(u);
    if (!u->update.broken && update_want(&u->update) != UPDATE_DO_CHECK)
        bring_stop(&u->bring);
}

/* Whatever became of it, its bundle is of no use any more. */
static void say_state(struct updater *u)
{
    enum update_state s = u->update.record.state;

    if (s == u->said)
        return;
    LOG(u->log, LOG_INFO, REASON_UPDATE, F_WORD("state", update_state_name(s)));
    if (!update_busy(s) && update_busy(u->said))
        (void)unlink(u->bundle_path);
    u->said = s;
    tell_state(u);
}

static void tick(void *ctx)
{
    struct updater *u = ctx;

    find_keeper(u);
    if (u->on) {
        look_for_statement(u);
        work(u);
        update_tick(&u->update, mono(u), u->quiet);
        say_state(u);
    }
    /* Not before every role is up: who starts us would take it for a start that failed. */
    bool up = board_clock_now_ms() - u->began_ms >= SETTLED_MS;
    if ((u->boot.wanted && up) || loop_after(u->loop, TICK_MS, tick, u) != OK)
        loop_stop(u->loop);
}

/* ---- start ---- */

/* One line for what is missing: this device takes no release, and measures. */
static void off(struct updater *u, const char *what)
{
    LOG(u->log, LOG_FAULT, REASON_UPDATE_OFF, F_WORD("what", what));
}

static bool open_keys(struct updater *u, struct ed25519_public *second)
{
    static uint8_t pem[AUTHORITY_ROOM];
    char path[PLACE_MAX];
    const char *why = NULL;
    struct sign_key *key = NULL;

    if (place_of(u->env->image, PLACE_SECOND_KEY, path) != OK
        || sign_key_open_public(path, &key, &why) != OK)
        return false;
    sign_key_public(key, second->b);
    sign_key_free(key);
    if (place_of(u->env->image, PLACE_RELEASE_CA, path) != OK)
        return false;
    size_t len = read_small(path, ROOM_OF(pem));
    return len > 0 && len < sizeof pem
        && release_cms_new((struct bytes){pem, len}, &u->cms) == OK;
}

static bool open_slot(struct updater *u, const struct updater_slots *slots)
{
    char path[PLACE_MAX];
    uint8_t running = 0;

    if (place_of(u->env->image, PLACE_CMDLINE, path) != OK
        || self_slot(path, &running) != OK)
        return false;
    int folder = open(slots->boot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int root = open(slots->root[1 - running], O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    boot_files_init(&u->boot, folder, running);
    return folder >= 0 && root >= 0
        && slot_files_adopt(&u->slot, root, &u->boot, (uint8_t)(1 - running)) == OK;
}

static enum status open_sectors(struct updater *u)
{
    TRY(slots_open(&u->record, &u->file.port, 0));
    return counter_file_open(&u->counter, &u->file.port, 2);
}

static enum status open_anew(void *flash)
{
    struct updater *u = flash;

    TRY(flash_file_settle(&u->file));
    return open_sectors(u);
}

static bool open_record(struct updater *u)
{
    char path[PLACE_MAX];

    return place_of(u->env->root, PLACE_UPDATE_RECORD, path) == OK
        && flash_file_open(&u->file, path, RECORD_SECTORS * FLASH_FILE_SECTOR) == OK
        && open_sectors(u) == OK
        && counter_agent_init(&u->tpm_counter, u->env->root, u->env->uids[ROLE_AGENT])
        == OK;
}

static const char no_record[] = "record";

/* What needs the rights of who started us. */
static const char *open_before(struct updater *u, const struct updater_slots *slots,
    struct update_self *self, struct ed25519_public *second)
{
    char path[PLACE_MAX];
    struct conf_error err;

    if (place_of(u->env->image, PLACE_RELEASE, path) != OK
        || self_read(path, self, &err) != OK)
        return "release";
    if (!open_keys(u, second))
        return "keys";
    if (!open_slot(u, slots))
        return "slot";
    return open_record(u) ? NULL : no_record;
}

/* What it does first may be a rename of boot images: as our own user. */
static void begin(struct updater *u, const struct update_self *self,
    const struct ed25519_public *second)
{
    struct update_ports ports = {.slots = &u->record,
        .flash = u,
        .open_anew = open_anew,
        .boot = &u->boot.port,
        .counter = u->env->tpm ? &u->tpm_counter.port : &u->counter.port,
        .crypto = host_crypto_port(u->crypto),
        .second = *second};
    enum status s =
        update_open(&u->update, &ports, self, (struct update_ear){u, hear}, mono(u));
    if (s == DAMAGED)
        off(u, "old record");
}

static enum status confine(struct updater *u, const struct updater_slots *slots)
{
    char folder[PLACE_MAX], doors[PLACE_MAX], pieces[PLACE_MAX], agent[PLACE_MAX];
    const struct confine_path paths[] = {{folder, CONFINE_READ | CONFINE_WRITE},
        {doors, CONFINE_SOCKET}, {pieces, CONFINE_SOCKET}, {agent, CONFINE_SOCKET},
        {slots->boot, CONFINE_READ | CONFINE_WRITE}};
    const struct confine_plan plan = {.role = "updater",
        .user = role_user(ROLE_UPDATER),
        .paths = paths,
        .path_count = u->boot.folder >= 0 ? 5 : 4,
        .rights = CONFINE_UNIX | CONFINE_FILES};

    TRY(place_of(u->env->root, PLACE_UPDATER, folder));
    TRY(place_of(u->env->root, PLACE_KEEPER_DOORS, doors));
    TRY(place_of(u->env->root, PLACE_COURIER_DOORS, pieces));
    TRY(place_of(u->env->root, PLACE_AGENT_DOORS, agent));
    return role_confine(&u->lock, u->env, u->loop, ROLE_UPDATER, &plan);
}

static enum status places(struct updater *u)
{
    TRY(place_of(u->env->root, PLACE_STATEMENT, u->statement_path));
    TRY(place_of(u->env->root, PLACE_BUNDLE, u->bundle_path));
    return place_of(u->env->root, PLACE_DOOR_UPDATER, u->keeper_path);
}

int updater_main(struct role_env *env, const struct updater_slots *slots)
{
    static struct updater u;
    struct update_self self;
    struct ed25519_public second;

    u = (struct updater){
        .env = env, .log = env->log, .keeper_fd = -1, .boot = {.folder = -1}};
    board_clock_init(&u.clock, env->start_ms, env->speed);
    if (loop_new(&u.loop) != OK || host_crypto_new(&u.crypto) != OK)
        return EXIT_INTERNAL;
    if (places(&u) != OK || bring_init(&u.bring, env, u.loop, u.talk) != OK)
        return EXIT_ENVIRONMENT;
    const char *missing = open_before(&u, slots, &self, &second);
    if (confine(&u, slots) != OK)
        return EXIT_ENVIRONMENT;
    u.on = missing == NULL;
    if (u.on)
        begin(&u, &self, &second);
    else
        off(&u, missing);
    if (role_ready(&(struct role_ready){{0}}) != OK)
        return EXIT_INTERNAL;
    u.began_ms = board_clock_now_ms();
    if (missing == no_record)
        hear(&u, EVENT_UPDATE_RECORD, NULL);
    /* Only who starts us can open the record: this role ends, and is started anew. The device goes on. */
    if (loop_after(u.loop, 0, tick, &u) != OK
        || (missing == no_record
            && loop_stop_after(u.loop, UPDATE_FAULT_MAX_MS / env->speed) != OK))
        return EXIT_INTERNAL;
    enum status s = loop_run(u.loop);
    return s == OK && u.boot.wanted ? EXIT_DONE : EXIT_INTERNAL;
}
