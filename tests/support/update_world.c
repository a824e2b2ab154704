/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/update_world.h"

#include "core/base/sha256.h"
#include "wire/event.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void bad(struct world *w, const char *why)
{
    if (w->bad == NULL)
        w->bad = why;
}

/* ---- every write is counted, and may be the one that is cut ---- */

static bool fails(const struct world *w, long op)
{
    return w->fail_at >= 0 && op >= w->fail_at && op - w->fail_at < w->fail_run;
}

/* False: this write is cut, or fails: `took` says whether it has taken effect all the same. */
static bool may_write(struct world *w)
{
    w->took = false;
    if (w->off)
        return false;
    long op = w->ops++;
    w->off = op == w->cut_at;
    if (!w->off && !fails(w, op))
        return true;
    w->mishaps++;
    w->took = w->cut_done;
    return false;
}

static enum status flash_read(void *board, uint32_t at, struct room into)
{
    struct world *w = board;
    return w->off ? BROKEN : w->sim.port.read(w->sim.port.board, at, into);
}

static bool cut_flash(struct world *w)
{
    if (w->off)
        return false;
    if (may_write(w))
        return true;
    if (w->off)
        flash_sim_cut_at(&w->sim, 0);
    else
        flash_sim_fail_at(&w->sim, 0, 1, SIM_FAIL_WRITES, (uint64_t)w->ops);
    return true;
}

static enum status flash_program(void *board, uint32_t at, struct bytes from)
{
    struct world *w = board;
    return cut_flash(w) ? w->sim.port.program(w->sim.port.board, at, from) : BROKEN;
}

static enum status flash_erase(void *board, uint32_t sector)
{
    struct world *w = board;
    return cut_flash(w) ? w->sim.port.erase(w->sim.port.board, sector) : BROKEN;
}

static enum status flash_sync(void *board)
{
    struct world *w = board;
    return cut_flash(w) ? w->sim.port.sync(w->sim.port.board) : BROKEN;
}

/* ---- boot loader ---- */

static void do_shut(struct world *w, uint8_t slot)
{
    w->loader.open[slot] = false;
    w->loader.starts[slot] = 0;
}

static enum status boot_shut(void *board, uint8_t slot)
{
    struct world *w = board;
    bool whole = may_write(w);

    if (slot == w->update.record.active)
        bad(w, "the active slot was shut");
    if (whole || w->took)
        do_shut(w, slot);
    return whole ? OK : BROKEN;
}

static bool holds(const struct world *w, uint8_t slot, const struct world_image *image)
{
    const struct release *r = &image->release;

    return memcmp(w->slots[slot].part[0], image->bundle, r->parts[0].len) == 0
        && memcmp(
               w->slots[slot].part[1], image->bundle + r->parts[0].len, r->parts[1].len)
        == 0;
}

static const struct world_image *image_in(const struct world *w, uint8_t slot)
{
    for (size_t i = 0; i < WORLD_IMAGES; i++)
        if (holds(w, slot, &w->images[i]))
            return &w->images[i];
    return NULL;
}

static enum status boot_trial(void *board, uint8_t slot, uint8_t starts)
{
    struct world *w = board;
    bool whole = may_write(w);

    if (slot == w->boot.running || w->patient)
        bad(w, "a trial of what runs, or while somebody is measured");
    if (image_in(w, slot) == NULL)
        bad(w, "a trial of what does not read back");
    if (whole || w->took) {
        w->loader.open[slot] = false;
        w->loader.starts[slot] = starts;
        w->trials++;
    }
    return whole ? OK : BROKEN;
}

static enum status boot_open(void *board, uint8_t slot)
{
    struct world *w = board;
    bool whole = may_write(w);

    if (whole || w->took) {
        w->loader.open[slot] = true;
        w->loader.starts[slot] = 0;
        w->loader.preferred = slot;
    }
    return whole ? OK : BROKEN;
}

static void boot_restart(void *board)
{
    struct world *w = board;
    uint8_t other = (uint8_t)(1 - w->update.record.active);

    if (w->off)
        return;
    w->restarted = true;
    if (w->patient)
        bad(w, "a restart while somebody is measured");
    if (w->update.record.state == UPDATE_REVERTED
        && (w->loader.open[other] || w->loader.starts[other] > 0))
        bad(w, "returned, and the new slot may still start");
}

/* What may start, in the order of the loader; a start on trial is taken off first. */
static bool load(struct world *w, uint8_t *slot)
{
    for (uint8_t s = 0; s < BOOT_SLOTS; s++)
        while (w->loader.starts[s] > 0) {
            w->loader.starts[s]--;
            *slot = s;
            const struct world_image *image = image_in(w, s);
            if (image != NULL && image->kind != IMAGE_HANGS
                && image->release.security_version >= w->counter)
                return true;
        }
    for (unsigned i = 0; i < BOOT_SLOTS; i++) {
        uint8_t s = (uint8_t)((w->loader.preferred + i) % BOOT_SLOTS);
        const struct world_image *image = image_in(w, s);
        *slot = s;
        if (w->loader.open[s] && image != NULL
            && image->release.security_version >= w->counter)
            return true;
    }
    return false;
}

/* ---- counter ---- */

static enum status counter_read(void *board, uint64_t *value)
{
    struct world *w = board;

    if (w->off)
        return BROKEN;
    *value = w->counter;
    return OK;
}

static enum status counter_raise(void *board)
{
    struct world *w = board;
    bool whole = may_write(w);

    if (!w->healthy_seen[w->running - w->images])
        bad(w, "the counter was raised for what never was healthy");
    if (!w->loader.open[w->boot.running])
        bad(w, "the counter was raised before the release is what starts");
    if (whole || w->took)
        w->counter++;
    if (w->counter > w->running->release.security_version)
        bad(w, "the counter is above what runs");
    return whole ? OK : BROKEN;
}

/* ---- slot ---- */

static enum status slot_write(void *board, uint8_t part, uint32_t at, struct bytes from)
{
    struct world *w = board;
    uint8_t slot = (uint8_t)(1 - w->boot.running);
    bool whole = may_write(w);
    size_t len = whole ? from.len : w->took ? from.len / 2 : 0;

    if (slot != 1 - w->update.record.active)
        bad(w, "the active slot is written");
    if (w->loader.open[slot] || w->loader.starts[slot] > 0)
        bad(w, "a slot that may start is written");
    memcpy(w->slots[slot].part[part] + at, from.at, len);
    if (w->bad_block && len > 100)
        w->slots[slot].part[part][at + 100] ^= 1;
    return whole ? OK : BROKEN;
}

static enum status slot_sync(void *board)
{
    return may_write(board) ? OK : BROKEN;
}

static void sha256(struct bytes in, struct digest *out)
{
    struct sha256 s;
    sha256_start(&s);
    sha256_more(&s, in);
    sha256_peek(&s, out);
}

static enum status slot_digest(
    void *board, uint8_t part, uint32_t len, struct digest *out)
{
    struct world *w = board;

    if (w->off)
        return BROKEN;
    sha256((struct bytes){w->slots[1 - w->boot.running].part[part], len}, out);
    return OK;
}

/* ---- toys in the place of signatures ---- */

static enum status toy_sha256(void *board, struct bytes in, struct digest *out)
{
    (void)board;
    sha256(in, out);
    return OK;
}

static void toy_sign(
    const char *key, struct bytes message, uint8_t out[WORLD_SIGNATURE])
{
    struct sha256 s;
    struct digest d;

    sha256_start(&s);
    sha256_more(&s, (struct bytes){(const uint8_t *)key, strlen(key)});
    sha256_more(&s, message);
    sha256_peek(&s, &d);
    memcpy(out, d.b, WORLD_SIGNATURE);
}

static enum status toy_verify(void *board, const struct ed25519_public *pub,
    struct bytes message, const struct signature *signature)
{
    struct signature want = {{0}};

    (void)board;
    (void)pub;
    toy_sign("second", message, want.b);
    return memcmp(&want, signature, sizeof want) == 0 ? OK : REFUSED;
}

static enum status toy_release_key(void *board, struct bytes parts, struct bytes cms)
{
    uint8_t want[WORLD_SIGNATURE];

    (void)board;
    toy_sign("release", parts, want);
    return cms.len == sizeof want && memcmp(want, cms.at, cms.len) == 0 ? OK : REFUSED;
}

/* ---- images ---- */

void world_sign(struct world_image *image)
{
    struct release *r = &image->release;
    uint8_t payload[SIGN1_PAYLOAD_MAX], to_sign[SIGN1_TO_SIGN_MAX];
    struct signature s = {{0}};

    struct bytes p = release_payload_build(r, ROOM_OF(payload));
    toy_sign("second", release_to_sign(p, ROOM_OF(to_sign)), s.b);
    image->statement_len = release_build(p, &s, ROOM_OF(image->statement)).len;
}

static void make(struct world_image *image, size_t n, enum world_image_kind kind,
    struct release_version version, uint32_t security_version)
{
    struct release *r = &image->release;
    uint8_t *end = image->bundle + WORLD_ROOT + WORLD_BOOT;

    memset(image, 0, sizeof *image);
    image->kind = kind;
    for (size_t i = 0; i < WORLD_ROOT + WORLD_BOOT; i++)
        image->bundle[i] = (uint8_t)(i * 7 + i / 251 + n * 31 + 1);
    toy_sign("release", (struct bytes){image->bundle, WORLD_ROOT + WORLD_BOOT}, end);
    memset(end + WORLD_SIGNATURE, 0, 8);
    end[WORLD_SIGNATURE + 7] = WORLD_SIGNATURE;
    (void)snprintf(r->product, sizeof r->product, "holdfast-oximeter");
    r->version = version;
    r->security_version = security_version;
    r->build.b[0] = (uint8_t)(n + 1);
    r->part_count = 2;
    r->parts[0].len = WORLD_ROOT;
    r->parts[1].len = WORLD_BOOT;
    sha256((struct bytes){image->bundle, WORLD_ROOT}, &r->parts[0].digest);
    sha256((struct bytes){image->bundle + WORLD_ROOT, WORLD_BOOT}, &r->parts[1].digest);
    r->bundle_len = WORLD_BUNDLE;
    sha256(BYTES_OF(image->bundle), &r->bundle_digest);
    world_sign(image);
}

void world_images(struct world_image images[WORLD_IMAGES])
{
    make(&images[0], 0, IMAGE_GOOD, (struct release_version){1, 0, 0}, 5);
    make(&images[1], 1, IMAGE_GOOD, (struct release_version){1, 1, 0}, 7);
    make(&images[2], 2, IMAGE_GOOD, (struct release_version){1, 2, 0}, 7);
    make(&images[3], 3, IMAGE_HANGS, (struct release_version){1, 3, 0}, 8);
    make(&images[4], 4, IMAGE_NO_ANSWER, (struct release_version){1, 3, 1}, 8);
}

/* ---- life ---- */

static void hear(void *ctx, uint8_t event, const struct digest *bundle)
{
    struct world *w = ctx;
    if (w->event_count == WORLD_EVENTS)
        return;
    w->abouts[w->event_count] = bundle ? *bundle : (struct digest){{0}};
    w->events[w->event_count++] = event;
}

static void wire_up(struct world *w)
{
    w->flash = w->sim.port;
    w->flash.board = w;
    w->flash.read = flash_read;
    w->flash.program = flash_program;
    w->flash.erase = flash_erase;
    w->flash.sync = flash_sync;
    w->boot = (struct boot){
        w, w->boot.running, boot_shut, boot_trial, boot_open, boot_restart};
    w->counter_port = (struct counter){w, counter_read, counter_raise};
    w->slot = (struct slot){
        w, 2, {WORLD_ROOT, WORLD_ROOT}, slot_write, slot_sync, slot_digest};
    w->crypto =
        (struct crypto){.board = w, .sha256 = toy_sha256, .ed25519_verify = toy_verify};
    w->key = (struct release_key){w, toy_release_key};
}

void world_init(
    struct world *w, const struct world_image images[WORLD_IMAGES], uint64_t seed)
{
    memset(w, 0, sizeof *w);
    flash_sim_init(&w->sim, 2, seed);
    w->images = images;
    w->cut_at = w->fail_at = -1;
    w->counter = 5;
    w->loader.open[0] = true;
    memcpy(w->slots[0].part[0], images[0].bundle, WORLD_ROOT);
    memcpy(w->slots[0].part[1], images[0].bundle + WORLD_ROOT, WORLD_BOOT);
    w->healthy_seen[0] = true;
    wire_up(w);
}

void world_copy(struct world *to, const struct world *from)
{
    memcpy(to, from, sizeof *to);
    flash_sim_copy(&to->sim, &from->sim);
    wire_up(to);
}

static enum status open_anew(void *flash)
{
    struct world *w = flash;

    flash_sim_reopen(&w->sim);
    return slots_open(&w->record, &w->flash, 0);
}

static void open_update(struct world *w)
{
    struct update_self self = {.version = w->running->release.version,
        .security_version = w->running->release.security_version,
        .build = w->running->release.build};
    if (w->running->kind == IMAGE_OTHER)
        self.build.b[0] ^= 0x80;
    memcpy(self.product, w->running->release.product, sizeof self.product);
    struct update_ports ports = {.slots = &w->record,
        .flash = w,
        .open_anew = open_anew,
        .boot = &w->boot,
        .counter = &w->counter_port,
        .crypto = &w->crypto};

    w->opened_ms = w->now_ms;
    w->no_update = open_anew(w) != OK;
    if (w->no_update)
        return; /* it measures all the same */
    enum status s =
        update_open(&w->update, &ports, &self, (struct update_ear){w, hear}, w->now_ms);
    if (s == DAMAGED)
        bad(w, "the record is damaged");
}

bool world_start(struct world *w)
{
    uint8_t slot = 0;

    w->restarted = false;
    w->installing = false;
    w->starts++;
    if (!load(w, &slot)) {
        bad(w, "nothing starts");
        return false;
    }
    w->boot.running = slot;
    w->running = image_in(w, slot);
    open_update(w);
    return true;
}

static void signs(struct world *w)
{
    enum world_image_kind k = w->running->kind;

    if (k == IMAGE_GOOD)
        w->healthy_seen[w->running - w->images] = true;
    if (k != IMAGE_NO_MEASURE)
        update_sign_seen(&w->update, UPDATE_MEASURES);
    update_sign_seen(&w->update, UPDATE_SENSOR);
    if (k != IMAGE_NO_ANSWER)
        update_sign_seen(&w->update, UPDATE_ANSWERED);
}

static void work(struct world *w)
{
    struct update *u = &w->update;
    enum update_action want = update_want(u);
    struct bytes bundle = {0};

    if (w->offered != NULL)
        bundle = BYTES_OF(w->offered->bundle);
    if (want == UPDATE_DO_CHECK) {
        update_done(u,
            install_check(&u->record.release, bundle, &w->crypto, &w->key, &w->slot));
        w->installing = false;
        return;
    }
    if (want != UPDATE_DO_WRITE)
        return;
    if (!w->installing)
        install_begin(&w->install, &u->record.release, bundle, &w->slot);
    w->installing = true;
    enum status s = install_step(&w->install);
    if (s != AGAIN) {
        w->installing = false;
        update_done(u, s == OK ? 0 : EVENT_UPDATE_SLOT);
    }
}

void world_run(struct world *w, unsigned steps)
{
    for (unsigned i = 0; i < steps && !w->off && !w->restarted; i++) {
        w->now_ms += WORLD_STEP_MS;
        if (w->no_update && w->now_ms - w->opened_ms >= UPDATE_FAULT_MAX_MS)
            open_update(w);
        if (w->no_update)
            continue;
        signs(w);
        if (!w->off && !w->restarted)
            work(w);
        if (!w->off && !w->restarted)
            update_tick(&w->update, w->now_ms, !w->patient);
    }
}

enum status world_offer(struct world *w, const struct world_image *image)
{
    if (w->off || w->restarted || w->no_update)
        return BROKEN;
    enum status s = update_offer(
        &w->update, (struct bytes){image->statement, image->statement_len}, false);
    if (s == OK)
        w->offered = image;
    return s;
}

void world_power(struct world *w, size_t form)
{
    flash_sim_power_cycle_form(&w->sim, form);
    w->cut_at = w->fail_at = -1;
    w->off = false;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

uint64_t world_hash(const struct world *w)
{
    uint64_t h = mix(flash_sim_hash(&w->sim), w->counter);

    h = mix(h,
        (uint64_t)w->loader.preferred << 32 | (uint64_t)w->loader.open[0] << 24
            | (uint64_t)w->loader.open[1] << 16 | (uint64_t)w->loader.starts[0] << 8
            | w->loader.starts[1]);
    for (size_t s = 0; s < BOOT_SLOTS; s++)
        for (size_t p = 0; p < SLOT_PARTS; p++) {
            struct digest d;
            sha256((struct bytes){w->slots[s].part[p], WORLD_ROOT}, &d);
            for (size_t i = 0; i < 8; i++)
                h = mix(h, d.b[i]);
        }
    return h;
}

unsigned world_told(const struct world *w, uint8_t event)
{
    unsigned n = 0;

    for (unsigned i = 0; i < w->event_count; i++)
        n += w->events[i] == event;
    return n;
}
