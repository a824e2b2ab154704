/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/install.h"

#include "core/update/bundle.h"
#include "core/update/read_back.h"
#include "core/update/update_limits.h"
#include "wire/event.h"

#include <assert.h>

static bool same(const struct digest *a, const struct digest *b)
{
    return ct_equal(a->b, b->b, sizeof a->b);
}

static bool fits(const struct release *r, const struct slot *slot)
{
    bool good = r->part_count == slot->part_count;

    for (size_t i = 0; good && i < r->part_count; i++)
        good = r->parts[i].len <= slot->room[i];
    return good;
}

static uint8_t check_parts(
    const struct release *r, struct bytes parts, const struct crypto *c)
{
    size_t at = 0;

    for (size_t i = 0; i < r->part_count; i++) {
        struct digest d;
        if (r->parts[i].len > parts.len - at)
            return EVENT_UPDATE_LENGTH;
        struct bytes part = {parts.at + at, r->parts[i].len};
        if (c->sha256(c->board, part, &d) != OK || !same(&d, &r->parts[i].digest))
            return EVENT_UPDATE_DIGEST;
        at += part.len;
    }
    return at == parts.len ? 0 : EVENT_UPDATE_LENGTH;
}

/* Req: HF-UPD-001 "A device shall write no byte of a release before two signatures of two keys over it have been verified." */
uint8_t install_check(const struct release *r, struct bytes bundle,
    const struct crypto *c, const struct release_key *key, const struct slot *slot)
{
    struct update_bundle b;
    struct digest d;

    if (bundle.len != r->bundle_len)
        return EVENT_UPDATE_LENGTH;
    if (c->sha256(c->board, bundle, &d) != OK || !same(&d, &r->bundle_digest))
        return EVENT_UPDATE_DIGEST;
    if (update_bundle_parse(bundle, &b) != OK)
        return EVENT_UPDATE_LENGTH;
    uint8_t why = check_parts(r, b.parts, c);
    if (why != 0)
        return why;
    if (!fits(r, slot))
        return EVENT_UPDATE_ROOM;
    return key->signed_by(key->board, b.parts, b.cms) == OK ? 0
                                                            : EVENT_UPDATE_SIGNATURE;
}

void install_begin(struct install *i, const struct release *release,
    struct bytes bundle, const struct slot *slot)
{
    *i = (struct install){.release = release, .parts = bundle, .slot = slot};
}

static enum status all_reads_back(const struct install *i)
{
    TRY(i->slot->sync(i->slot->board));
    for (uint8_t p = 0; p < i->release->part_count; p++)
        TRY(read_back(i->slot, p, &i->release->parts[p]));
    return OK;
}

enum status install_step(struct install *i)
{
    const struct slot *s = i->slot;

    if (i->part == i->release->part_count)
        return all_reads_back(i);
    uint32_t left = i->release->parts[i->part].len - i->at,
             now = left < UPDATE_CHUNK ? left : UPDATE_CHUNK;
    assert((size_t)i->before + i->at + now <= i->parts.len);
    TRY(s->write(s->board, i->part, i->at,
        (struct bytes){i->parts.at + i->before + i->at, now}));
    i->at += now;
    if (now == left) {
        i->before += i->release->parts[i->part].len;
        i->part++;
        i->at = 0;
    }
    return AGAIN;
}
