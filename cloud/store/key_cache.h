/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key cache: the few keys that store holds in memory, bounded in devices and epochs.
 *
 * An epoch's key is put here only after an envelope has opened under it. Whatever is pushed out
 * is wiped. Not here: asking keys (store_keys.c).
 */
#pragma once

#include "cloud/attest/attest.h"
#include "cloud/store/clone_rule.h"
#include "core/base/status.h"
#include "wire/types.h"

enum { CACHE_SETS = 4096, CACHE_WAYS = 4 };

struct cached_epoch {
    bool set;
    struct epoch epoch;
    struct key key;
    uint64_t used;
};

struct cached_device {
    bool set;
    struct kid kid;
    uint64_t used;
    bool has_down;
    struct key down;
    bool has_attest; /* by which key its TPM attests */
    struct attest_key attest;
    struct cached_epoch epochs[LIMIT_EPOCH_KEYS];
    uint64_t quota_at_ms; /* of envelopes that opened */
    uint32_t quota_milli;
    struct clone_front front; /* of this generation */
};

struct key_cache;
MUST_USE enum status key_cache_new(struct key_cache **out);
void key_cache_free(struct key_cache *c);
struct cached_device *key_cache_find(
    struct key_cache *c, const struct kid *kid); /* or NULL */
/* Found or made by pushing out the longest unused of its set. */
struct cached_device *key_cache_claim(struct key_cache *c, const struct kid *kid);
const struct key *key_cache_epoch(
    struct key_cache *c, struct cached_device *d, const struct epoch *e);
void key_cache_keep_epoch(struct key_cache *c, struct cached_device *d,
    const struct epoch *e, const struct key *key);
void key_cache_forget(struct key_cache *c, const struct device_id *device);
