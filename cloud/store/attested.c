/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/attested.h"

#include "core/base/limits.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    bool set, asked;
    struct attest_place at;
    enum attest_state state;
    struct digest nonce;
    uint64_t until_ms; /* of the nonce */
    uint64_t used;
};

struct attested {
    uint64_t clock; /* counts uses */
    struct entry ways[ATTESTED_SETS][ATTESTED_WAYS];
};

enum status attested_new(struct attested **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : BROKEN;
}

void attested_free(struct attested *a)
{
    free(a);
}

/* Ids are drawn by store itself, so nobody chooses whom to push out. */
static struct entry *set_of(struct attested *a, const struct device_id *device)
{
    return a->ways[((uint32_t)device->b[0] << 8 | device->b[1]) % ATTESTED_SETS];
}

static bool is(const struct entry *e, const struct attest_place *at)
{
    return e->set && e->at.gate == at->gate && e->at.connection == at->connection
        && memcmp(&e->at.device, &at->device, sizeof at->device) == 0;
}

static struct entry *find(struct attested *a, const struct attest_place *at)
{
    struct entry *set = set_of(a, &at->device);

    for (int i = 0; i < ATTESTED_WAYS; i++)
        if (is(&set[i], at)) {
            set[i].used = ++a->clock;
            return &set[i];
        }
    return NULL;
}

static struct entry *claim(struct attested *a, const struct attest_place *at)
{
    struct entry *oldest = find(a, at), *set = set_of(a, &at->device);

    if (oldest)
        return oldest;
    oldest = &set[0];
    for (int i = 1; i < ATTESTED_WAYS; i++)
        if (set[i].used < oldest->used)
            oldest = &set[i];
    *oldest = (struct entry){.set = true, .at = *at, .used = ++a->clock};
    return oldest;
}

enum attest_state attested_state(struct attested *a, const struct attest_place *at)
{
    const struct entry *e = find(a, at);
    return e ? e->state : ATTEST_NONE;
}

void attested_set(
    struct attested *a, const struct attest_place *at, enum attest_state state)
{
    claim(a, at)->state = state;
}

void attested_ask(struct attested *a, const struct attest_place *at,
    const struct digest *nonce, uint64_t now_ms)
{
    struct entry *e = claim(a, at);

    e->asked = true;
    e->nonce = *nonce;
    e->until_ms = now_ms + LIMIT_ATTEST_MS;
}

bool attested_take_nonce(struct attested *a, const struct attest_place *at,
    uint64_t now_ms, struct digest *nonce)
{
    struct entry *e = find(a, at);

    if (!e || !e->asked)
        return false;
    e->asked = false;
    *nonce = e->nonce;
    return now_ms < e->until_ms;
}
