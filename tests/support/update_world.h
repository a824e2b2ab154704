/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Update world: a device in memory with two slots, a boot loader that counts starts, a counter
 * and a record on simulated flash, that can lose power at each write of any of them.
 *
 * The boot loader starts only images that are whole, as dm-verity does. Signatures are toys that
 * nobody else makes: real ones are tested where OpenSSL is (device/update). A write can also fail and
 * the device go on: in part on flash, undone or done all the same elsewhere. The world watches the
 * rules while it runs and keeps the first that was broken in `bad`.
 */
#pragma once

#include "core/update/install.h"
#include "core/update/update.h"

#include "tests/support/flash_sim.h"

enum {
    WORLD_IMAGES = 5,
    WORLD_ROOT = 9000,
    WORLD_BOOT = 5000,
    WORLD_SIGNATURE = 32,
    WORLD_BUNDLE = WORLD_ROOT + WORLD_BOOT + WORLD_SIGNATURE + 8,
    WORLD_EVENTS = 64,
    WORLD_STEP_MS = 10000,
};

enum world_image_kind {
    IMAGE_GOOD,
    IMAGE_HANGS,      /* before any of our code runs */
    IMAGE_NO_ANSWER,  /* it measures, and never gets a sealed answer */
    IMAGE_NO_MEASURE, /* it is answered, and has no reading */
    IMAGE_OTHER,      /* its build is not the one that was stated */
};

struct world_image { /* one release, as bundle, statement and slot content */
    enum world_image_kind kind;
    struct release release;
    uint8_t bundle[WORLD_BUNDLE];
    uint8_t statement[LIMIT_RELEASE];
    size_t statement_len;
};

struct world_slot {
    uint8_t part[SLOT_PARTS][WORLD_ROOT];
};

struct world {
    struct flash_sim sim;
    struct flash flash; /* the same, counted */
    struct world_slot slots[BOOT_SLOTS];
    struct {
        bool open[BOOT_SLOTS];
        uint8_t starts[BOOT_SLOTS], preferred;
    } loader;
    uint64_t counter;

    const struct world_image *images; /* WORLD_IMAGES of them */
    long ops, cut_at;                 /* writes so far; this one is cut; -1: none */
    long fail_at, fail_run; /* so many writes from this one on fail; -1: none */
    bool
        cut_done; /* the write that was cut, or failed, had taken effect all the same */
    bool took;    /* of the last write that was not whole */
    unsigned mishaps; /* writes that were cut or failed */
    bool no_update;   /* flash did not open; tried again as the updater does it */
    uint64_t opened_ms;
    bool off, restarted, patient, bad_block;
    uint64_t now_ms;
    const struct world_image *running, *offered;
    const char *bad;
    unsigned trials, starts;
    bool healthy_seen[WORLD_IMAGES];
    uint8_t events[WORLD_EVENTS];
    struct digest abouts[WORLD_EVENTS]; /* zero: of no release */
    unsigned event_count;

    struct boot boot;
    struct counter counter_port;
    struct slot slot;
    struct crypto crypto;
    struct release_key key;
    struct slots record;
    struct update update;
    struct install install;
    bool installing;
};

/* Release 0 runs (version 1.0.0, security version 5); slot 1 holds nothing whole. */
void world_images(struct world_image images[WORLD_IMAGES]);
/* As stated anew after a test has changed the release of an image, or its bundle. */
void world_sign(struct world_image *image);
void world_init(
    struct world *w, const struct world_image images[WORLD_IMAGES], uint64_t seed);
void world_copy(struct world *to, const struct world *from);
/* Power comes on: false: nothing that is whole may start. */
bool world_start(struct world *w);
/* So many steps of WORLD_STEP_MS, or until power or the start ends. */
void world_run(struct world *w, unsigned steps);
enum status world_offer(struct world *w, const struct world_image *image);
/* Power is back, in one of the forms that the cut may have. */
void world_power(struct world *w, size_t form);
uint64_t world_hash(const struct world *w);
unsigned world_told(const struct world *w, uint8_t event); /* how often */
