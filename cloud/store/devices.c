/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/devices.h"

#include "cloud/store/device_state.h"
#include "cloud/store/events.h"
#include "host/authority.h"
#include "wire/pins.h"

#include <string.h>

static enum status changed_one(struct store *s, sqlite3_stmt *q)
{
    TRY(db_run(q));
    return sqlite3_changes(s->db.handle) == 1 ? OK : REFUSED;
}

enum status device_new(struct store *s, const char *label, struct kid *out)
{
    struct kid kid = {.generation = 1};

    TRY(s->entropy->fill(s->entropy->board, ROOM_OF(kid.device.b)));
    kid.device.b[6] = (uint8_t)((kid.device.b[6] & 0x0f) | 0x40); /* UUIDv4 */
    kid.device.b[8] = (uint8_t)((kid.device.b[8] & 0x3f) | 0x80);
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_ADD);
    db_bind_blob(q, 1, kid.device.b, DEVICE_ID_LEN);
    db_bind_text(q, 2, label);
    db_bind_u64(q, 3, DEVICE_INVITED);
    db_bind_u64(q, 4, kid.generation);
    db_bind_u64(q, 5, store_utc_ms(s));
    TRY(db_run(q));
    TRY(event_add(s, LOG_INFO, REASON_DEVICE_ADDED, &kid.device, NULL));
    *out = kid;
    return OK;
}

enum status device_drop(struct store *s, const struct device_id *device)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_DROP);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    TRY(changed_one(s, q));
    return event_add(s, LOG_WARN, REASON_DEVICE_DROPPED, device, NULL);
}

static enum status state_of(
    struct store *s, const struct device_id *device, enum device_state *state)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    enum status st = db_row(q);
    if (st != OK)
        return st == AGAIN ? REFUSED : st;
    *state = (enum device_state)db_u64(q, 1);
    db_done(q);
    return OK;
}

/* Req: HF-STORE-006 "Revocation shall be committed before it is answered, and for ever." */
enum status device_revoke(struct store *s, const struct device_id *device)
{
    enum device_state state;

    TRY(state_of(s, device, &state));
    if (state == DEVICE_REVOKED)
        return REFUSED;
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_STATE);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    db_bind_u64(q, 2, DEVICE_REVOKED);
    TRY(changed_one(s, q));
    return event_add(s, LOG_INFO, REASON_DEVICE_REVOKED, device, NULL);
}

enum status device_renew(struct store *s, const struct device_id *device)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_WANT);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    TRY(changed_one(s, q));
    return event_add(s, LOG_INFO, REASON_RENEW_ASKED, device, NULL);
}

enum status device_renewed(
    struct store *s, const struct kid *next, const struct door_enrolled *answer)
{
    if (!answer->ok)
        return event_add(s, LOG_REFUSE, REASON_RENEW_REFUSED, &next->device, NULL);
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_M2);
    db_bind_blob(q, 1, next->device.b, DEVICE_ID_LEN);
    db_bind_u64(q, 2, next->generation);
    db_bind_blob(q, 3, answer->m2.at, answer->m2.len);
    db_bind_u64(q, 4, store_utc_ms(s));
    TRY(db_run(q));
    if (sqlite3_changes(s->db.handle) == 0)
        return OK;
    return event_add(s, LOG_INFO, REASON_RENEW_AGREED, &next->device, NULL);
}

enum status device_end(struct store *s, const struct device_id *device)
{
    struct end_order order;

    TRY(s->entropy->fill(s->entropy->board, ROOM_OF(order.b)));
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_END);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    db_bind_blob(q, 2, order.b, sizeof order.b);
    db_bind_u64(q, 3, store_utc_ms(s));
    TRY(changed_one(s, q));
    return event_add(s, LOG_INFO, REASON_DEVICE_ENDING, device, NULL);
}

enum status device_clear(struct store *s, const struct device_id *device)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_CLEAR);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    TRY(changed_one(s, q));
    key_cache_forget(s->cache, device); /* with what was seen of its runs */
    return event_add(s, LOG_INFO, REASON_CLONE_CLEARED, device, NULL);
}

enum status device_configure(struct store *s, const struct door_config_set *ask)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_CONFIG);
    db_bind_blob(q, 1, ask->device.b, DEVICE_ID_LEN);
    db_bind_u64(q, 2, ask->batch_s);
    db_bind_text(q, 3, ask->ward);
    db_bind_text(q, 4, ask->time_zone);
    return changed_one(s, q);
}

enum status device_admit(struct store *s, const struct device_id *device)
{
    enum device_state state;

    TRY(state_of(s, device, &state));
    return device_may_send(state) ? OK : REFUSED;
}

enum status device_note_attest(struct store *s, const struct device_id *device,
    const char *word, const uint32_t *version)
{
    sqlite3_stmt *q = db_use(&s->db, DB_DEVICE_ATTEST);

    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    db_bind_text(q, 2, word);
    if (version)
        db_bind_u64(q, 3, *version);
    db_bind_u64(q, 4, store_utc_ms(s));
    return db_run(q);
}

static enum status hold_pins(struct store *s, struct bytes signed_set)
{
    struct signed_pins p;

    TRY(pins_parse(signed_set, &p));
    s->pins_version = p.set.version;
    s->pins_len = signed_set.len;
    memcpy(s->pins, signed_set.at, signed_set.len);
    return OK;
}

enum status pins_load(struct store *s)
{
    sqlite3_stmt *q = db_use(&s->db, DB_PINS);
    enum status st = db_row(q);
    size_t len = st == OK ? (size_t)sqlite3_column_bytes(q, 0) : 0;
    if (st == OK && len > 0)
        st = hold_pins(s, (struct bytes){sqlite3_column_blob(q, 0), len});
    db_done(q);
    return st;
}

static bool are_authorities(const struct pin_set *set)
{
    for (uint8_t i = 0; i < set->count; i++)
        if (!authority_may_sign(&set->pins[i]))
            return false;
    return authorities_have_own_keys(set);
}

enum status pins_publish(struct store *s, struct bytes signed_set)
{
    struct signed_pins p;

    if (pins_parse(signed_set, &p) != OK || p.set.version <= s->pins_version
        || !are_authorities(&p.set))
        return REFUSED;
    sqlite3_stmt *q = db_use(&s->db, DB_PINS_SET);
    db_bind_blob(q, 1, signed_set.at, signed_set.len);
    TRY(db_run(q));
    TRY(event_add(s, LOG_INFO, REASON_PINS_PUBLISHED, NULL, NULL));
    return hold_pins(s, signed_set);
}

enum status device_told(struct store *s, const struct device_id *device, bool grave)
{
    sqlite3_stmt *q =
        db_use(&s->db, grave ? DB_DEVICE_TOLD_GRAVE : DB_DEVICE_TOLD_FIRST);
    db_bind_blob(q, 1, device->b, DEVICE_ID_LEN);
    return db_run(q);
}
