/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/key_cache.h"

#include "core/seal/kid.h"

#include <stdlib.h>
#include <string.h>

struct key_cache {
    uint64_t clock; /* counts uses */
    struct cached_device ways[CACHE_SETS][CACHE_WAYS];
};

enum status key_cache_new(struct key_cache **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : BROKEN;
}

void key_cache_free(struct key_cache *c)
{
    if (!c)
        return;
    wipe(c, sizeof *c);
    free(c);
}

/* Ids are drawn by store itself, so nobody chooses whom to push out. */
static struct cached_device *set_of(struct key_cache *c, const struct device_id *device)
{
    return c->ways[((uint32_t)device->b[0] << 8 | device->b[1]) % CACHE_SETS];
}

static bool is(const struct cached_device *d, const struct kid *kid)
{
    return d->set && kid_equal(&d->kid, kid);
}

struct cached_device *key_cache_find(struct key_cache *c, const struct kid *kid)
{
    struct cached_device *set = set_of(c, &kid->device);
    for (int i = 0; i < CACHE_WAYS; i++)
        if (is(&set[i], kid)) {
            set[i].used = ++c->clock;
            return &set[i];
        }
    return NULL;
}

struct cached_device *key_cache_claim(struct key_cache *c, const struct kid *kid)
{
    struct cached_device *oldest = key_cache_find(c, kid);
    if (oldest)
        return oldest;
    struct cached_device *set = set_of(c, &kid->device);
    oldest = &set[0];
    for (int i = 1; i < CACHE_WAYS; i++)
        if (set[i].used < oldest->used)
            oldest = &set[i];
    wipe(oldest, sizeof *oldest);
    oldest->set = true;
    oldest->kid = *kid;
    oldest->used = ++c->clock;
    return oldest;
}

const struct key *key_cache_epoch(
    struct key_cache *c, struct cached_device *d, const struct epoch *e)
{
    for (int i = 0; i < LIMIT_EPOCH_KEYS; i++)
        if (d->epochs[i].set && memcmp(&d->epochs[i].epoch, e, sizeof *e) == 0) {
            d->epochs[i].used = ++c->clock;
            return &d->epochs[i].key;
        }
    return NULL;
}

void key_cache_keep_epoch(struct key_cache *c, struct cached_device *d,
    const struct epoch *e, const struct key *key)
{
    struct cached_epoch *oldest = &d->epochs[0];
    if (key_cache_epoch(c, d, e))
        return;
    for (int i = 1; i < LIMIT_EPOCH_KEYS; i++)
        if (d->epochs[i].used < oldest->used)
            oldest = &d->epochs[i];
    wipe(oldest, sizeof *oldest);
    *oldest = (struct cached_epoch){
        .set = true, .epoch = *e, .key = *key, .used = ++c->clock};
}

void key_cache_forget(struct key_cache *c, const struct device_id *device)
{
    struct cached_device *set = set_of(c, device);
    for (int i = 0; i < CACHE_WAYS; i++)
        if (memcmp(&set[i].kid.device, device, sizeof *device) == 0)
            wipe(&set[i], sizeof set[i]);
}
