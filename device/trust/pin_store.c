/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/pin_store.h"

#include "host/authority.h"
#include "host/keyfile.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static enum status path_of(
    const struct pin_store *p, const char *file, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", p->folder, file);
    return n > 0 && n < PATH_MAX ? OK : REFUSED;
}

static struct pin_view view_of(const struct pin_set *set)
{
    struct pin_view v = {.version = set->version, .count = set->count};
    memcpy(v.pins, set->pins, sizeof v.pins);
    return v;
}

/* Req: HF-PIN-001 "A pin set is taken only if it is signed, later, and keeps an authority." */
static enum status judge(const struct pin_store *p, struct bytes in,
    const struct pin_view *before, struct pin_view *out, const char **why)
{
    struct signed_pins s;

    *why = "malformed";
    TRY(pins_parse(in, &s));
    *why = "signature";
    if (!pin_signed_by(p->crypto, &p->key, &s))
        return REFUSED;
    *why = "version";
    if (before != NULL && !pin_follows(before->version, s.set.version))
        return REFUSED;
    *why = "unknown";
    if (before != NULL && !pin_keeps_one(before->pins, before->count, &s.set))
        return REFUSED;
    *why = "no_authority";
    for (uint8_t i = 0; i < s.set.count; i++)
        if (!authority_may_sign(&s.set.pins[i]))
            return REFUSED;
    *why = "shared_key";
    if (!authorities_have_own_keys(&s.set))
        return REFUSED;
    *out = view_of(&s.set);
    return OK;
}

/* AGAIN: there is none. */
static enum status read_set(const struct pin_store *p, const char *file,
    const struct pin_view *before, struct pin_view *out)
{
    uint8_t b[LIMIT_PIN_SET];
    char path[PATH_MAX];
    const char *why = NULL;
    size_t len = 0;

    TRY(path_of(p, file, path));
    TRY(keyfile_read(path, p->owner, ROOM_OF(b), &len, &why));
    return judge(p, (struct bytes){b, len}, before, out, &why) == OK ? OK : DAMAGED;
}

static struct pin pin_of(const uint8_t *der, uint16_t len)
{
    struct pin pin = {.len = len};
    if (len > sizeof pin.der)
        pin.len = 0;
    memcpy(pin.der, der, pin.len);
    return pin;
}

/* What a confirmation could not settle must not be shown now and be gone tomorrow. */
static enum status settle(const struct pin_store *p)
{
    char path[PATH_MAX];

    TRY(path_of(p, "pins", path));
    return keyfile_settle(path);
}

/* Req: HF-FLASH-002 */
enum status pin_store_open(struct pin_store *p, const struct bundle *bundle)
{
    p->key = bundle->pins;
    p->trial = (struct pin_view){0};
    p->moved = p->refuses = false;
    p->in_force = (struct pin_view){.count = 2,
        .pins = {pin_of(bundle->ca_active.at, bundle->ca_active.len),
            pin_of(bundle->ca_backup.at, bundle->ca_backup.len)}};
    if (p->in_force.pins[0].len == 0 || p->in_force.pins[1].len == 0)
        return DAMAGED;
    enum status s = settle(p);
    if (s == OK)
        s = read_set(p, "pins", NULL, &p->in_force);
    if (s == OK || s == AGAIN) {
        enum status t = read_set(p, "pins.next", &p->in_force, &p->trial);
        if (t != OK)
            p->trial.version = 0; /* of an older version, or spoiled: it comes again */
        s = OK;
    }
    return s;
}

/* It comes with each answer until the cloud has a better one; an unknown digest is like no set. */
static bool was_refused(
    const struct pin_store *p, struct bytes signed_set, struct digest *digest)
{
    return p->crypto->sha256(p->crypto->board, signed_set, digest) == OK && p->refuses
        && ct_equal(p->refused.b, digest->b, sizeof digest->b);
}

enum status pin_store_take(
    struct pin_store *p, struct bytes signed_set, const char **why)
{
    struct digest digest = {0};
    struct pin_view got;
    struct signed_pins s;
    char path[PATH_MAX];

    if (pins_parse(signed_set, &s) == OK
        && (s.set.version == p->in_force.version || s.set.version == p->trial.version))
        return AGAIN;
    if (was_refused(p, signed_set, &digest))
        return AGAIN;
    enum status judged = judge(p, signed_set, &p->in_force, &got, why);
    if (judged != OK) {
        p->refuses = true;
        p->refused = digest;
        return judged;
    }
    TRY(path_of(p, "pins.next", path));
    p->trial.version = 0; /* until the file holds the set that is meant */
    p->moved = false;
    if (keyfile_write(path, p->owner, p->group, signed_set, true) != OK)
        return BROKEN;
    p->trial = got;
    return OK;
}

enum status pin_store_confirm(struct pin_store *p, uint32_t version)
{
    char from[PATH_MAX], to[PATH_MAX];

    if (version == 0 || version != p->trial.version)
        return REFUSED;
    TRY(path_of(p, "pins.next", from));
    TRY(path_of(p, "pins", to));
    p->moved = p->moved || rename(from, to) == 0;
    if (!p->moved || keyfile_settle(to) != OK)
        return BROKEN;
    p->moved = false;
    p->in_force = p->trial;
    p->trial = (struct pin_view){0};
    p->refuses = false; /* it may follow this one */
    return OK;
}
