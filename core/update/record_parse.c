/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include "core/base/reader.h"
#include "core/port/boot.h"
#include "core/update/update_limits.h"

#include <string.h>

static void take_into(struct reader *r, uint8_t *out, size_t len)
{
    struct bytes b = take(r, len);
    if (b.len == len)
        memcpy(out, b.at, len);
}

static void take_release(struct reader *r, struct release *out)
{
    take_into(r, (uint8_t *)out->product, sizeof out->product);
    out->version.major = take_u16(r);
    out->version.minor = take_u16(r);
    out->version.patch = take_u16(r);
    out->security_version = take_u32(r);
    take_into(r, out->build.b, sizeof out->build.b);
    out->bundle_len = take_u32(r);
    take_into(r, out->bundle_digest.b, sizeof out->bundle_digest.b);
    out->part_count = take_u8(r);
    for (size_t i = 0; i < RELEASE_PARTS; i++) {
        out->parts[i].len = take_u32(r);
        take_into(r, out->parts[i].digest.b, sizeof out->parts[i].digest.b);
    }
}

static bool zero(const void *p, size_t len)
{
    const uint8_t *b = p;
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++)
        any |= b[i];
    return any == 0;
}

/* What follows its name, and the parts that are not there, are zero: one record, one form. */
static bool release_holds(const struct release *r)
{
    size_t name = strnlen(r->product, sizeof r->product);

    if (name == sizeof r->product || !release_rules_hold(r)
        || !zero(r->product + name, sizeof r->product - name))
        return false;
    for (size_t i = r->part_count; i < RELEASE_PARTS; i++)
        if (!zero(&r->parts[i], sizeof r->parts[i]))
            return false;
    return true;
}

static bool holds(const struct update_record *r)
{
    bool good = r->active < BOOT_SLOTS && r->boots <= UPDATE_BOOTS
        && (r->has_release ? release_holds(&r->release)
                           : zero(&r->release, sizeof r->release))
        && (r->has_release || !update_busy(r->state));

    for (size_t i = 0; good && i < UPDATE_REMEMBERED; i++)
        good = r->tried[i].tries <= LIMIT_UPDATE_TRIES
            && (r->tried[i].tries > 0
                || zero(&r->tried[i].bundle, sizeof r->tried[i].bundle));
    return good;
}

enum status update_record_parse(struct bytes in, struct update_record *out)
{
    struct reader r = reader_over(in);
    struct update_record got;

    memset(&got, 0, sizeof got);
    uint8_t version = take_u8(&r), state = take_u8(&r);
    got.active = take_u8(&r);
    got.boots = take_u8(&r);
    got.why = take_u8(&r);
    uint8_t untold = take_u8(&r), by_hand = take_u8(&r), has = take_u8(&r);
    take_release(&r, &got.release);
    for (size_t i = 0; i < UPDATE_REMEMBERED; i++) {
        take_into(&r, got.tried[i].bundle.b, sizeof got.tried[i].bundle.b);
        got.tried[i].tries = take_u8(&r);
    }
    if (!reader_done(&r) || version != 1 || state >= UPDATE_STATES || untold > 1
        || by_hand > 1 || has > 1)
        return MALFORMED;
    got.state = (enum update_state)state;
    got.untold = untold == 1;
    got.by_hand = by_hand == 1;
    got.has_release = has == 1;
    if (!holds(&got))
        return MALFORMED;
    *out = got;
    return OK;
}
