/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal of the keys: M1 rides in batches, M2 in answers, and a new epoch begins under new keys. */
#include "core/outbox/outbox_inside.h"
#include "wire/receipt.h"

#include <assert.h>
#include <string.h>

void outbox_renew(struct outbox *o, const uint8_t *m1)
{
    o->renews = m1 != NULL;
    if (m1 != NULL)
        memcpy(o->m1, m1, sizeof o->m1);
    else
        memset(o->m1, 0, sizeof o->m1);
}

void outbox_pins(struct outbox *o, uint32_t version)
{
    o->pins_version = version;
}

static bool at_rest(const struct outbox *o)
{
    return o->rows.batches[ROW_HELD] + o->rows.batches[ROW_SENT] == 0;
}

enum status outbox_rest(struct outbox *o)
{
    if (!at_rest(o))
        return AGAIN;
    if (o->flash_broken)
        return BROKEN;
    o->marks = 0;
    enum status s = journal_sync(o->ports.journal);
    if (s != OK)
        outbox_flash_fault(o);
    return s;
}

/* As at a start, but that the clock is known, and that what is open stays open. */
enum status outbox_change_keys(struct outbox *o, const struct outbox_identity *identity)
{
    uint32_t undeclared = o->lost - o->lost_told;

    assert(at_rest(o));
    TRY(sealer_init(&o->sealer, o->ports.crypto, o->ports.entropy, &identity->cloud,
        &identity->kid, &identity->k_up));
    o->kid = identity->kid;
    o->k_down = identity->k_down;
    o->seq = 0;
    o->lost = undeclared;
    o->lost_told = 0;
    o->memory.start_count++;
    o->memory.losing_count = 0;
    o->open.start_count = o->memory.start_count;
    outbox_renew(o, NULL);
    return outbox_remember(o) == OK ? OK : BROKEN;
}

enum status outbox_receipt(
    struct outbox *o, const struct end_order *order, struct room envelope, size_t *len)
{
    struct outbox_state st;
    struct digest digest;
    uint8_t plain[RECEIPT_MAX];

    if (o->flash_broken)
        return BROKEN; /* what is held is not known */
    outbox_state(o, &st);
    struct receipt r = {.order = *order,
        .readings =
            st.readings_held > UINT32_MAX ? UINT32_MAX : (uint32_t)st.readings_held,
        .mono_ms = outbox_now(o),
        .has_utc = st.has_utc,
        .utc_ms = st.has_utc ? st.utc_ms : 0};
    return seal_receipt(&o->sealer, o->ports.crypto, receipt_build(&r, ROOM_OF(plain)),
        envelope, len, &digest);
}
