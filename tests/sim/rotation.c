/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/rotation.h"

#include "host/authority.h"
#include "host/sign_key.h"
#include "tests/sim/world.h"
#include "tests/support/pki.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof((struct rotation *)0)->told / sizeof(uint32_t) == DEVICES, "each");

/* Made once for the program: nothing that happens hangs on their bytes. */
static struct offline {
    struct pki_key authorities[ROTATION_AUTHORITIES], strangers[2];
    struct sign_key *key, *stolen;
    size_t len[ROTATION_SETS + 1]; /* of the set of each version, once it was signed */
    uint8_t sets[ROTATION_SETS + 1][LIMIT_PIN_SET];
} offline;

static struct sign_key *new_key(void)
{
    char folder[] = "/tmp/holdfast-sim-XXXXXX", path[64], pub[72];
    const char *why = NULL;
    struct sign_key *k = NULL;
    char *made = mkdtemp(folder);

    assert(made != NULL);
    (void)snprintf(path, sizeof path, "%s/key", folder);
    (void)snprintf(pub, sizeof pub, "%s.pub", path);
    enum status s = sign_key_make(path, &why);
    if (s == OK)
        s = sign_key_open_private(path, &k, &why);
    assert(s == OK);
    (void)unlink(path);
    (void)unlink(pub);
    (void)rmdir(folder);
    return k;
}

static void make_offline(void)
{
    char name[24];

    if (offline.key != NULL)
        return;
    offline.key = new_key();
    offline.stolen = new_key();
    for (uint32_t i = 0; i < ROTATION_AUTHORITIES; i++) {
        (void)snprintf(name, sizeof name, "authority %u", i);
        pki_authority(&offline.authorities[i], name);
    }
    pki_authority(&offline.strangers[0], "stranger");
    pki_authority(&offline.strangers[1], "stranger too");
}

/* In the place of host/authority.c, which would take a quarter of the time to read the same few certificates: each is an authority, with
 * a key of its own. */
bool authority_may_sign(const struct pin *pin)
{
    return pin->len > 0;
}

bool authorities_have_own_keys(const struct pin_set *set)
{
    return set->count > 0;
}

/* ---- the sets: three authorities and two by turns, a window that moves on ---- */

struct window {
    uint32_t first, count;
};

static struct window window_of(uint32_t version)
{
    if (version == 0)
        return (struct window){0, 2}; /* the bundle's */
    if (version % 2)
        return (struct window){version - 1, 3};
    return (struct window){version, 2};
}

static bool has(uint32_t version, uint32_t authority)
{
    struct window v = window_of(version);
    return authority >= v.first && authority < v.first + v.count;
}

static bool share(uint32_t a, uint32_t b)
{
    struct window v = window_of(a);

    for (uint32_t i = 0; i < v.count; i++)
        if (has(b, v.first + i))
            return true;
    return false;
}

static struct pin pin_of(const struct pki_key *k)
{
    struct pin p = {.len = (uint16_t)k->cert_len};

    assert(k->cert_len <= sizeof p.der);
    memcpy(p.der, k->cert_der, k->cert_len);
    return p;
}

static struct pin_set set_of(uint32_t version)
{
    struct window v = window_of(version);
    struct pin_set s = {.version = version, .count = (uint8_t)v.count};

    for (uint32_t i = 0; i < v.count; i++)
        s.pins[i] = pin_of(&offline.authorities[v.first + i]);
    return s;
}

static struct bytes signed_by(
    const struct sign_key *key, const struct pin_set *s, struct room out)
{
    static uint8_t payload[PINS_PAYLOAD_MAX], tbs[PINS_SIGNED_BYTES_MAX];
    struct signature sig;
    struct bytes p = pins_payload_build(s, ROOM_OF(payload));

    sign_key_sign(key, pins_signed_bytes(p, ROOM_OF(tbs)), sig.b);
    return pins_build(p, &sig, out);
}

static struct bytes published_set(uint32_t version)
{
    struct pin_set s = set_of(version);
    size_t *len = &offline.len[version];

    if (*len == 0)
        *len = signed_by(offline.key, &s, ROOM_OF(offline.sets[version])).len;
    return (struct bytes){offline.sets[version], *len};
}

/* ---- the administrator, and what the store hands out ---- */

static bool keeps_all(
    const struct world *w, bool (*rule)(uint32_t, uint32_t), uint32_t x)
{
    for (uint8_t d = 0; d < DEVICES; d++)
        for (uint32_t v = w->rotation.told[d]; v <= w->rotation.published; v++)
            if (!w->actor[d]->life.ended && !rule(v, x))
                return false;
    return true;
}

static void publish(struct world *w)
{
    struct rotation *r = &w->rotation;

    if (r->made == ROTATION_SETS || !keeps_all(w, share, r->made + 1))
        return;
    for (uint8_t d = 0; d < DEVICES; d++)
        if (!w->actor[d]->life.ended && r->told[d] < r->made)
            w->reached[REACHED_PINS_SLEPT]++;
    r->published = ++r->made;
}

/* A new start of the server: who is connected is so no longer. */
static void begin_to_serve(struct world *w, uint32_t authority)
{
    w->rotation.serves = authority;
    w->reached[REACHED_PINS_SERVER]++;
    for (uint8_t d = 0; d < DEVICES; d++)
        world_later(w, 0, AT_GONE, d, w->actor[d]->connection, NULL);
}

static void serve_by_next(struct world *w)
{
    for (uint32_t i = w->rotation.serves + 1; i < ROTATION_AUTHORITIES; i++)
        if (keeps_all(w, has, i)) {
            begin_to_serve(w, i);
            return;
        }
}

void pins_minute(struct world *w)
{
    struct rotation *r = &w->rotation;

    if (!w->store_up)
        return;
    r->published = r->made; /* the file is still there after a restore */
    if (w->healed && !has(r->made, r->serves))
        serve_by_next(w); /* what was begun is ended */
    if (w->healed || !draw_one_in(&w->pin_draw, w->h.rotate))
        return;
    if (draw_below(&w->pin_draw, 2) == 0)
        publish(w);
    else
        serve_by_next(w);
}

void pins_restore(struct world *w)
{
    w->rotation.published = w->rotation.kept;
}

/* Of an administrator whose hand slips, or of a store that has fallen without the key. */
static struct bytes lie(struct world *w, struct room out)
{
    uint32_t made = w->rotation.made;
    struct pin_set s = set_of(made > 0 ? made : 1);

    w->reached[REACHED_PINS_LIED]++;
    switch (draw_below(&w->pin_draw, made > 0 ? 4 : 3)) {
    case 0: s.version = made + 1; return signed_by(offline.stolen, &s, out);
    case 1: {
        struct bytes b = signed_by(offline.key, &s, out);
        out.at[draw_below(&w->pin_draw, (uint32_t)b.len)] ^= 1;
        return b;
    }
    case 2: /* signed, later, and none of it is known */
        s = (struct pin_set){.version = made + 1, .count = 2};
        s.pins[0] = pin_of(&offline.strangers[0]);
        s.pins[1] = pin_of(&offline.strangers[1]);
        return signed_by(offline.key, &s, out);
    default: /* one from before, with an authority that was taken out */
        return published_set(1 + draw_below(&w->pin_draw, made));
    }
}

struct bytes pins_offer(struct world *w, uint8_t device)
{
    static uint8_t room[LIMIT_PIN_SET];
    const struct rotation *r = &w->rotation;

    if (!w->healed && draw_one_in(&w->pin_draw, w->h.pin_lie))
        return lie(w, ROOM_OF(room));
    if (r->published <= r->told[device])
        return (struct bytes){0};
    return published_set(r->published);
}

/* ---- a device ---- */

static bool anchors(const struct pin_view *v, uint32_t authority)
{
    const struct pki_key *k = &offline.authorities[authority];

    for (uint8_t i = 0; i < v->count; i++)
        if (v->pins[i].len == k->cert_len
            && memcmp(v->pins[i].der, k->cert_der, k->cert_len) == 0)
            return true;
    return false;
}

/* It is the true set of its version, and no other. */
static bool is_true(const struct world *w, const struct pin_view *v)
{
    if (v->version > w->rotation.made || v->count != window_of(v->version).count)
        return false;
    for (uint32_t i = 0; i < v->count; i++)
        if (!anchors(v, window_of(v->version).first + i))
            return false;
    return true;
}

static void watch(struct actor *a)
{
    struct world *w = a->world;
    struct pins_held *p = &a->pins;

    if (!is_true(w, &p->store.in_force)
        || (p->store.trial.version > 0 && !is_true(w, &p->store.trial)))
        world_violated(
            w, "a set that nobody signed for it", a->number, p->store.in_force.version);
    if (p->store.in_force.version < p->confirmed
        || (p->store.trial.version > 0
            && p->store.trial.version <= p->store.in_force.version))
        world_violated(
            w, "an older set came back", a->number, p->store.in_force.version);
    if (!anchors(&p->store.in_force, w->rotation.serves))
        world_violated(w, "locked out: the set in force has not the server's authority",
            a->number, p->store.in_force.version);
    if (p->store.in_force.version != p->confirmed
        && p->store.in_force.version != p->seen_to_serve)
        world_violated(w, "a set came in force that was not seen to serve", a->number,
            p->store.in_force.version);
    p->confirmed = p->store.in_force.version;
}

void pins_init(struct actor *a)
{
    struct pins_held *p = &a->pins;

    make_offline();
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/holdfast-sim-XXXXXX");
    char *made = mkdtemp(p->folder);
    assert(made != NULL);
}

void pins_free(struct actor *a)
{
    static const char *const files[] = {"pins", "pins.next"};
    char path[96];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", a->pins.folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(a->pins.folder);
}

void pins_booted(struct actor *a)
{
    static struct bundle b;
    struct pins_held *p = &a->pins;
    const struct pki_key *k = offline.authorities;

    memcpy(b.ca_active.at, k[0].cert_der, k[0].cert_len);
    memcpy(b.ca_backup.at, k[1].cert_der, k[1].cert_len);
    b.ca_active.len = (uint16_t)k[0].cert_len;
    b.ca_backup.len = (uint16_t)k[1].cert_len;
    sign_key_public(offline.key, b.pins.b);
    p->store = (struct pin_store){.folder = p->folder,
        .owner = geteuid(),
        .group = getegid(),
        .crypto = a->st.crypto};
    p->on_trial = 0;
    p->trial_failed = false;
    if (pin_store_open(&p->store, &b) != OK)
        world_violated(a->world, "the set in force is damaged", a->number, 0);
    watch(a);
    outbox_pins(&a->st.outbox, p->store.in_force.version);
}

bool pins_handshake(struct actor *a)
{
    struct pins_held *p = &a->pins;

    p->on_trial = p->trial_failed ? 0 : p->store.trial.version;
    p->trial_failed = false;
    if (anchors(p->on_trial > 0 ? &p->store.trial : &p->store.in_force,
            a->world->rotation.serves)) {
        p->seen_to_serve = p->on_trial;
        return true;
    }
    p->trial_failed = p->on_trial > 0;
    a->world->reached[REACHED_PINS_TRIAL_FAILED] += p->trial_failed;
    return false;
}

void pins_given(struct actor *a, struct bytes set)
{
    assert(set.len <= sizeof a->pins.given);
    memcpy(a->pins.given, set.at, set.len);
    a->pins.given_len = set.len;
}

static void take_given(struct actor *a)
{
    struct pins_held *p = &a->pins;
    struct bytes set = {p->given, p->given_len};
    const char *why = NULL;

    p->given_len = 0;
    uint32_t before = p->store.trial.version;
    enum status s = pin_store_take(&p->store, set, &why);
    if (s == OK && before > 0)
        a->world->reached[REACHED_PINS_OVERTAKEN]++;
    if (s == REFUSED || s == MALFORMED)
        a->world->reached[REACHED_PINS_REFUSED]++;
    watch(a);
    if (s == OK)
        (void)life_power_goes(a);
}

/* Courier confirms with the answer that told the time, or not yet: a later one will. */
static bool is_told_late(struct world *w)
{
    return !w->healed && draw_below(&w->pin_draw, 3) == 0;
}

static void confirm(struct actor *a)
{
    struct pins_held *p = &a->pins;
    uint32_t on_trial = p->store.trial.version;

    if (life_power_goes(a))
        return;
    enum status s = pin_store_confirm(&p->store, p->on_trial);
    watch(a);
    if (s != OK && p->on_trial == on_trial)
        world_violated(
            a->world, "a set that serves does not come in force", a->number, on_trial);
    p->on_trial = 0;
    a->world->reached[REACHED_PINS_IN_FORCE] += s == OK;
    if (life_power_goes(a))
        return;
    outbox_pins(&a->st.outbox, p->store.in_force.version);
}

void pins_counted(struct actor *a)
{
    struct pins_held *p = &a->pins;

    if (p->on_trial > 0 && !is_told_late(a->world))
        confirm(a);
    if (a->alive && p->given_len > 0)
        take_given(a);
}

void pins_watch_end(struct world *w)
{
    for (uint8_t d = 0; d < DEVICES; d++) {
        const struct actor *a = w->actor[d];
        if (a->life.ended)
            continue;
        /* On trial it may stay: a connection that holds is not made anew for it. */
        const struct pin_store *p = &a->pins.store;
        if (p->in_force.version != w->rotation.made
            && p->trial.version != w->rotation.made)
            world_violated(w, "a published set never arrived", d, p->in_force.version);
        if (w->rotation.told[d] != p->in_force.version)
            world_violated(
                w, "nobody can see which set is in force", d, w->rotation.told[d]);
    }
}
