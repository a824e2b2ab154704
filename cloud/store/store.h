/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Store: what the parts of this process share: database, keys in memory, time, log.
 *
 * Everything here runs on one thread; the worker (worker.h) touches none of it.
 */
#pragma once

#include "cloud/attest/attest.h"
#include "cloud/store/attested.h"
#include "cloud/store/db.h"
#include "cloud/store/key_cache.h"
#include "core/base/reason.h"
#include "core/port/crypto.h"
#include "core/port/entropy.h"
#include "host/log.h"
#include "wire/service_log.h"
#include "wire/types.h"

struct store_clock {
    void *board;
    uint64_t (*utc_ms)(void *board);
    uint64_t (*mono_ms)(void *board);
};

struct newest_release { /* of its class */
    uint64_t id, percent;
    bool stopped;
    struct digest digest, bundle; /* of the statement; as it states */
    char product[WORD_MAX + 1];
    uint8_t class_mark[EVENT_ABOUT_LEN]; /* as a device of the class says it */
    size_t len;
    uint8_t statement[LIMIT_RELEASE];
};

struct newest_releases { /* releases.h */
    bool loaded;
    size_t count;
    struct newest_release of[LIMIT_CLASSES];
};

struct store {
    struct db db;
    struct key_cache *cache;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct store_clock clock;
    struct log *log;
    bool require_tpm; /* store nothing that came by a connection that is not attested */
    struct attest_policy boots; /* what may have run, where require_tpm */
    struct attested *attested;
    bool stop_clones; /* a suspected clone is served no more until a person says so */
    uint32_t device_rate;  /* batches that one device may send in a second */
    bool reduced;          /* all roles share one user */
    uint32_t pins_version; /* published; 0: none */
    size_t pins_len;
    uint8_t pins[LIMIT_PIN_SET];
    struct newest_releases newest;
    struct batch batch;             /* scratch of ingest and look */
    struct service_log service_log; /* likewise */
    uint8_t plain[LIMIT_ENVELOPE];
};

static inline uint64_t store_utc_ms(const struct store *s)
{
    return s->clock.utc_ms(s->clock.board);
}

static inline uint64_t store_mono_ms(const struct store *s)
{
    return s->clock.mono_ms(s->clock.board);
}
